"""A confusion matrix whose cells can be chosen: each carries its name, and the chosen one has a frame."""

import numpy as np

from core.figures.matrix import matrix_figure
from core.figures.style import COLORS

_REACH = 48  # px of a cell that take a click
_ROOM = 64  # px that a row needs, so that its count and share fit
_FEW = 4  # classes whose cells are large enough for counts and shares


def cells_figure(counts: np.ndarray, classes: tuple[str, ...], names: list[list[str]], chosen: str) -> dict:
    """Counts int (k, k), rows actual, columns called, in the order of `classes`; `names` has the name of each cell, row by row.

    A click on a cell selects a point whose `customdata` is the cell's name.
    """
    size = len(classes)
    made = matrix_figure(counts, classes, height=90 + (_ROOM if size > _FEW else 90) * size)
    if size > _FEW:
        made["data"][0]["textfont"]["size"] = 12
    made["data"].append(_clickable(classes, names))
    made["layout"] |= {"showlegend": False, "dragmode": False, "shapes": _frame(names, chosen)}
    return made


def _clickable(classes: tuple[str, ...], names: list[list[str]]) -> dict:
    """A square over each cell that is not seen, since a heat map takes no clicks."""
    unseen = {"marker": {"opacity": 0}}
    return {
        "type": "scatter", "mode": "markers", "x": list(classes) * len(classes), "y": [one for one in classes for _ in classes],
        "customdata": [name for row in names for name in row], "marker": {"symbol": "square", "size": _REACH, "opacity": 0},
        "selected": unseen, "unselected": unseen, "hovertemplate": "actual %{y}, called %{x}<br>click to see the images<extra></extra>",
    }  # fmt: skip


def _frame(names: list[list[str]], chosen: str) -> list[dict]:
    return [
        {"type": "rect", "x0": column - 0.48, "x1": column + 0.48, "y0": row - 0.48, "y1": row + 0.48,
         "line": {"color": COLORS[1], "width": 4}}
        for row, line in enumerate(names) for column, name in enumerate(line) if name == chosen
    ]  # fmt: skip
