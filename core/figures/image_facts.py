"""How large the images are as they came, and how bright the images of each class are."""

import numpy as np
import pandas as pd

from core.data.dataset import UNLABELLED, Dataset
from core.data.image_facts import ImageFacts
from core.figures.style import COLORS, QUIET, axis, color_of, dash_of, figure

_MOST_DOTS = 60  # sizes drawn one by one; more are gathered on a grid
_CELLS = 24  # of that grid, along the longer side
_MOST_NAMED = 3  # sizes whose images are written beside the dot
_MOST_LINES = 4  # classes drawn as curves; more as boxes
_BINS = 32  # over 0..255
_SMALLEST, _LARGEST, _LARGEST_ON_GRID = 4, 34, 18  # px of a dot


def by_class(values: np.ndarray, dataset: Dataset) -> dict[str, np.ndarray]:
    """The values (n,) of the labelled images of each class; an image with several labels stands under each."""
    labelled = dataset.splits != UNLABELLED
    if dataset.task == "binary":
        return {name: values[labelled & (dataset.y[:, 0] == number)] for number, name in enumerate(dataset.classes)}
    return {name: values[labelled & (dataset.y[:, number] == 1)] for number, name in enumerate(dataset.labels)}


def sizes_table(facts: ImageFacts) -> pd.DataFrame:
    """One row per size with its images, the commonest first."""
    sizes = pd.DataFrame({"width": facts.width, "height": facts.height})
    return sizes.value_counts(sort=True).rename("images").reset_index()


def sizes_figure(facts: ImageFacts, height: int = 360) -> dict:
    """The sizes of `sizes_table` as dots, whose area grows with the images; those on the dotted line are square."""
    sizes = sizes_table(facts)
    table = _on_a_grid(sizes)
    largest = _LARGEST if table is sizes else _LARGEST_ON_GRID
    diameter = np.clip(largest * np.sqrt(table["images"] / table["images"].max()), _SMALLEST, None)
    dots = {
        "type": "scatter", "mode": "markers", "x": table["width"].tolist(), "y": table["height"].tolist(), "showlegend": False,
        "customdata": table["images"].tolist(), "hovertemplate": "%{x} x %{y} px: %{customdata:,} images<extra></extra>",
        "marker": {"size": diameter.round(1).tolist(), "color": COLORS[0], "opacity": 0.7, "line": {"width": 0}},
    }  # fmt: skip
    if len(table) <= _MOST_NAMED:
        dots |= _names(table)
    low, high = (float(end) for end in (table[["width", "height"]].min().min(), table[["width", "height"]].max().max()))
    pad = max(0.08 * (high - low), 0.1 * high)
    ends = [max(low - pad, 0), high + pad]
    square = {"type": "scatter", "mode": "lines", "x": ends, "y": ends, "hoverinfo": "skip", "showlegend": False,
              "line": {"color": QUIET, "width": 1, "dash": "dot"}}  # fmt: skip
    return figure([square, dots], height, xaxis=axis("Width, px", *ends, nticks=6), yaxis=axis("Height, px", *ends, nticks=6))


def grey_table(values: dict[str, np.ndarray]) -> pd.DataFrame:
    """One row per class: images, and the mean, spread and percentiles of a grey level per image, 0..255."""
    shown = {name: some for name, some in values.items() if len(some)}
    rows = [(len(some), some.mean(), some.std(), *np.percentile(some, [5, 25, 50, 75, 95])) for some in shown.values()]
    columns = ["images", "mean", "standard deviation", "5 %", "25 %", "median", "75 %", "95 %"]
    return pd.DataFrame(rows, index=pd.Index(shown, name="class"), columns=columns)


def grey_figure(values: dict[str, np.ndarray], what: str = "Mean grey level", height: int | None = None) -> dict:
    """A grey level per image, by class: up to four classes as curves, the share of a class's images per bin; more as boxes.

    `values` holds (n_class,) numbers in 0..255 by class, as `by_class` gives them.
    """
    shown = {name: some for name, some in values.items() if len(some)}
    if len(shown) > _MOST_LINES:
        made = [_box(number, name, some) for number, (name, some) in enumerate(shown.items())]
        rows = axis("", autorange="reversed", type="category", showgrid=False)
        return figure(made, height or 90 + 26 * len(made), xaxis=axis(what, 0, 255), yaxis=rows, showlegend=False)
    made = [_curve(number, name, some) for number, (name, some) in enumerate(shown.items())]
    upright = axis("Images of the class", tickformat=".0%", rangemode="tozero", nticks=6)
    below = {"orientation": "h", "y": -0.42, "x": 0}
    return figure(made, height or 300, xaxis=axis(what, 0, 255), yaxis=upright, showlegend=True, legend=below)


def _names(table: pd.DataFrame) -> dict:
    """The size and its images beside each dot, towards the middle of the figure."""
    middle = (table["width"].min() + table["width"].max()) / 2
    return {
        "mode": "markers+text", "text": [f"  {one.width} x {one.height}: {one.images:,}  " for one in table.itertuples()],
        "textposition": ["middle left" if width > middle else "middle right" for width in table["width"]],
    }  # fmt: skip


def _on_a_grid(table: pd.DataFrame) -> pd.DataFrame:
    """Sizes as they are, or where there are too many to be drawn, rounded to a grid."""
    if len(table) <= _MOST_DOTS:
        return table
    sides = ["width", "height"]
    step = max(int(np.ceil((table[sides].max() - table[sides].min()).max() / _CELLS)), 1)
    rounded = table.assign(**{side: (table[side] / step).round().astype(int) * step for side in sides})
    return rounded.groupby(sides, as_index=False)["images"].sum()


def _curve(number: int, name: str, values: np.ndarray) -> dict:
    counts, edges = np.histogram(values, _BINS, (0, 256))
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": ((edges[1:] + edges[:-1]) / 2).tolist(),
        "y": (counts / len(values)).tolist(), "line": {"color": color_of(number), "dash": dash_of(number), "shape": "hvh", "width": 2.2},
        "customdata": counts.tolist(), "hovertemplate": f"{name}: %{{customdata:,}} images near %{{x:.0f}}<extra></extra>",
    }  # fmt: skip


def _box(number: int, name: str, values: np.ndarray) -> dict:
    """A box from the 5th to the 95th percentile, so that no value but these leaves the machine."""
    low, q1, median, q3, high = np.percentile(values, [5, 25, 50, 75, 95]).tolist()
    return {
        "type": "box", "orientation": "h", "name": name, "y": [name], "lowerfence": [low], "q1": [q1], "median": [median], "q3": [q3],
        "upperfence": [high], "marker": {"color": color_of(number)}, "line": {"width": 1.6}, "hoverinfo": "x+name",
    }  # fmt: skip
