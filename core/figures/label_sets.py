"""Which labels come together: a heat map of pairs, and the commonest combinations as bars above a matrix of dots (UpSet).

UpSet: Lex et al. 2014, IEEE TVCG 20:1983.
"""

import numpy as np
import pandas as pd

from core.data.inspection.label_sets import Combination
from core.figures.style import COLORS, QUIET, axis, figure

NO_LABEL = "no label"
_MOST_WITH_NUMBERS = 7  # labels; the cells of more are too narrow for numbers on a phone
_SCALE = [[0, "#EAF2F8"], [1, "#2B83BF"]]
_ROW = 22  # px of a label's row
_INK = "#10212E"
_DIAGONAL = "#C3C8D0"


def cooccurrence_figure(counts: np.ndarray, labels: tuple[str, ...], height: int | None = None) -> dict:
    """The table of `cooccurrence_table` as colours: of the images with the label of the row, the share with that of the column.

    `counts` is int (L, L) with the images per label on the diagonal; these stand beside the names.
    """
    shares = _shares(counts)
    names = [f"{label} {count:,}" for label, count in zip(labels, np.diag(counts).tolist(), strict=True)]
    on = np.eye(len(labels), dtype=bool)
    bar = {"orientation": "h", "thickness": 10, "y": 1.0, "yanchor": "bottom", "x": 1, "xanchor": "right", "len": 0.6, "tickformat": ".0%",
           "nticks": 4, "ticklabelposition": "outside top", "outlinewidth": 0}  # fmt: skip
    drawn = {"type": "heatmap", "x": list(labels), "y": names, "customdata": _told(counts, shares, labels), "xgap": 1, "ygap": 1,
             "hovertemplate": "%{customdata}<extra></extra>"}  # fmt: skip
    if len(labels) <= _MOST_WITH_NUMBERS:
        drawn |= {"text": counts.tolist(), "texttemplate": "%{text:,}", "textfont": {"color": _INK}}
    pairs = drawn | {"z": _known(shares, ~on), "colorscale": _SCALE, "zmin": 0, "zmax": _highest(shares), "colorbar": bar}
    diagonal = drawn | {"z": _known(shares, on), "colorscale": [[0, _DIAGONAL], [1, _DIAGONAL]], "showscale": False}
    many = len(labels) > _MOST_WITH_NUMBERS
    columns = axis("", showgrid=False, type="category", dtick=1, **({"tickangle": -90, "tickfont": {"size": 11}} if many else {}))
    rows = axis("", autorange="reversed", showgrid=False, type="category", dtick=1)
    margin = {"l": 8, "r": 8, "t": 44, "b": 8}
    return figure([pairs, diagonal], height or 170 + _ROW * len(labels), xaxis=columns, yaxis=rows, margin=margin)


def cooccurrence_table(counts: np.ndarray, labels: tuple[str, ...]) -> pd.DataFrame:
    """Images with both labels, one row and one column per label; the diagonal tells the images with the label."""
    return pd.DataFrame(counts, index=pd.Index(labels, name="label"), columns=list(labels))


def combinations_figure(combinations: list[Combination], height: int | None = None) -> dict:
    """The table of `combinations_table`: a bar of images per combination, and below it a dot for each label that it holds.

    About 15 combinations can be read on a phone of 360 px, 30 on a page of 600 px.
    """
    rows = _rows(combinations)
    names = list(rows)
    lower = _ROW * len(names)
    height = height or 240 + lower
    cut = (lower + 8) / (height - 60)  # where the dots end, as a share of what lies between the margins
    matrix = axis("", -0.6, len(names) - 0.4, tickvals=list(range(len(names))), ticktext=names, showgrid=False, domain=[0, cut])
    matrix["range"] = matrix["range"][::-1]
    most = max((one.images for one in combinations), default=1)
    bars = axis("Images", 0, 1.4 * most, domain=[min(cut + 0.04, 0.9), 1], tickformat="~s", nticks=5)  # room for the numbers
    columns = axis("", -0.6, len(combinations) - 0.4, showticklabels=False, showgrid=False, anchor="y2")
    traces = [_bars(combinations), _dots_behind(len(combinations), len(names)), *_sticks(combinations, rows)]
    return figure(traces, height, xaxis=columns, yaxis=bars, yaxis2=matrix, showlegend=False, bargap=0.3)


def combinations_table(combinations: list[Combination]) -> pd.DataFrame:
    """One row per combination: its labels, how many, and the images."""
    rows = [(_name(one), len(one.labels), one.images) for one in combinations]
    return pd.DataFrame(rows, columns=["labels", "number of labels", "images"])


def labels_per_image_figure(counts: np.ndarray, height: int = 220) -> dict:
    """How many images carry 0, 1, 2, ... labels, int (most + 1,), as bars."""
    bar = {"type": "bar", "x": list(range(len(counts))), "y": counts.tolist(), "text": counts.tolist(), "texttemplate": "%{text:,}",
           "textposition": "outside", "textangle": -45, "textfont": {"size": 11}, "constraintext": "none", "cliponaxis": False,
           "marker": {"color": COLORS[0]}, "hovertemplate": "%{y:,} images with %{x} labels<extra></extra>"}  # fmt: skip
    return figure([bar], height, xaxis=axis("Labels of an image", dtick=1), yaxis=axis("Images", tickformat="~s"))


def labels_per_image_table(counts: np.ndarray) -> pd.DataFrame:
    """One row per number of labels."""
    return pd.DataFrame({"labels of an image": range(len(counts)), "images": counts})


def _shares(counts: np.ndarray) -> np.ndarray:
    """Of the images with the label of the row, the share with that of the column, float (L, L)."""
    return counts / np.maximum(np.diag(counts)[:, None], 1)


def _known(shares: np.ndarray, where: np.ndarray) -> list[list[float | None]]:
    """The shares where they are to be drawn, None elsewhere."""
    return np.where(where, shares.astype(object), None).tolist()


def _highest(shares: np.ndarray) -> float:
    """The highest share off the diagonal; a little above 0 where no two labels meet."""
    return max(float(np.where(np.eye(len(shares), dtype=bool), 0, shares).max()), 0.01)


def _told(counts: np.ndarray, shares: np.ndarray, labels: tuple[str, ...]) -> list[list[str]]:
    def told(row: int, column: int) -> str:
        if row == column:
            return f"{labels[row]}: {counts[row, row]:,} images"
        return f"{counts[row, column]:,} images with both<br>{shares[row, column]:.1%} of those with {labels[row]} have {labels[column]}"

    return [[told(row, column) for column in range(len(labels))] for row in range(len(labels))]


def _name(one: Combination) -> str:
    return " + ".join(one.labels) or NO_LABEL


def _rows(combinations: list[Combination]) -> dict[str, int]:
    """The row of each label that a combination holds: the labels in most of the images shown on top."""
    images: dict[str, int] = {}
    for one in combinations:
        for label in one.labels or (NO_LABEL,):
            images[label] = images.get(label, 0) + one.images
    return {label: row for row, label in enumerate(sorted(images, key=lambda label: -images[label]))}


def _bars(combinations: list[Combination]) -> dict:
    images = [one.images for one in combinations]
    return {
        "type": "bar", "x": list(range(len(images))), "y": images, "marker": {"color": COLORS[0]}, "text": images,
        "texttemplate": "%{text:,}", "textposition": "outside", "textangle": -90, "textfont": {"size": 10}, "constraintext": "none",
        "customdata": [_name(one) for one in combinations], "hovertemplate": "%{customdata}: %{y:,} images<extra></extra>",
    }  # fmt: skip


def _dots_behind(columns: int, rows: int) -> dict:
    return {
        "type": "scatter", "mode": "markers", "yaxis": "y2", "hoverinfo": "skip", "x": list(np.repeat(range(columns), rows).tolist()),
        "y": list(range(rows)) * columns, "marker": {"color": "rgba(128,128,128,0.25)", "size": 7},
    }  # fmt: skip


def _sticks(combinations: list[Combination], rows: dict[str, int]) -> list[dict]:
    """Per combination its dots, joined by a line."""
    return [
        {
            "type": "scatter", "mode": "lines+markers", "yaxis": "y2", "x": [column] * max(len(one.labels), 1),
            "y": sorted(rows[label] for label in one.labels or (NO_LABEL,)), "line": {"color": COLORS[0], "width": 2},
            "marker": {"color": COLORS[0] if one.labels else QUIET, "size": 9},
            "hovertemplate": f"{_name(one)}: {one.images:,} images<extra></extra>",
        }
        for column, one in enumerate(combinations)
    ]  # fmt: skip
