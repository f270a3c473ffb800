"""The shares of the classes in each split as rings, side by side."""

import pandas as pd

from core.figures.style import COLORS, color_of, figure

_PATTERN = "/"  # of the second ten colours
_ENTRIES = 2  # of the legend in a row, on a phone
_ENTRY = 21  # px


def shares_figure(splits: dict[str, dict], height: int | None = None) -> dict:
    """The shares of `shares_table`, one ring per split, from `Dataset.counts`. In a multi-label task they are shares of the labels."""
    classes = list(next(iter(splits.values()))["per_class"])
    legend = _ENTRY * -(-len(classes) // _ENTRIES)
    height = height or 190 + legend
    top = 1 - legend / (height - 20)
    made = [_ring(name, split, number, len(splits), 1 - top) for number, (name, split) in enumerate(splits.items())]
    titles = [_title(name, split, number, len(splits)) for number, (name, split) in enumerate(splits.items())]
    below = {"orientation": "h", "y": 1 - top - 0.02, "yanchor": "top", "x": 0, "traceorder": "normal"}
    return figure(made, height, legend=below, annotations=titles, margin={"l": 4, "r": 4, "t": 40, "b": 4},
                  uniformtext={"minsize": 10, "mode": "hide"})  # fmt: skip


def shares_table(splits: dict[str, dict]) -> pd.DataFrame:
    """One row per class: its images and its share, in each split."""
    columns = {}
    for name, split in splits.items():
        counts = pd.Series(split["per_class"])
        columns |= {f"{name}, images": counts, f"{name}, share": counts / max(counts.sum(), 1)}
    return pd.DataFrame(columns).rename_axis("class")


def _ring(name: str, split: dict, number: int, rings: int, bottom: float) -> dict:
    counts = split["per_class"]
    colors = [color_of(place) for place in range(len(counts))]
    patterns = ["" if place < len(COLORS) else _PATTERN for place in range(len(counts))]
    return {
        "type": "pie", "name": name, "labels": list(counts), "values": list(counts.values()), "hole": 0.5, "sort": False,
        "direction": "clockwise", "domain": {"x": [number / rings + 0.01, (number + 1) / rings - 0.01], "y": [bottom, 1]},
        "marker": {"colors": colors, "pattern": {"shape": patterns, "bgcolor": colors, "fgcolor": "white", "solidity": 0.25}},
        "textinfo": "percent", "textposition": "inside",
        "texttemplate": "%{percent:.0%}", "insidetextorientation": "horizontal",
        "hovertemplate": f"{name}, %{{label}}: %{{value:,}} (%{{percent}})<extra></extra>",
    }  # fmt: skip


def _title(name: str, split: dict, number: int, rings: int) -> dict:
    """The split and its images, above its ring."""
    return {"text": f"{name}<br>{split['images']:,}", "x": (number + 0.5) / rings, "y": 1, "xanchor": "center", "yanchor": "bottom",
            "xref": "paper", "yref": "paper", "showarrow": False}  # fmt: skip
