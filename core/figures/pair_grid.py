"""Every two runs as a cell: the row's metric minus the column's, and whether the images at hand can tell the two apart."""

from collections.abc import Sequence

from core.evaluation.pair import Pair
from core.figures.style import axis, figure

_BETTER, _UNSURE, _WORSE = 1.0, 0.0, -1.0
_SCALE = [[0, "#E8B48C"], [0.33, "#E8B48C"], [0.34, "#DDE1E6"], [0.66, "#DDE1E6"], [0.67, "#8CC0E0"], [1, "#8CC0E0"]]
_INK = "#10212E"
_ROW = 34  # px
_FEW = 4  # runs, up to which a cell has room for its interval


def pair_grid_figure(names: Sequence[str], pairs: Sequence[Pair], title: str, higher_is_better: bool, level: float = 0.05) -> dict:
    """`pairs` of the runs `names`, each two once.

    Differences are shown in points (hundredths). Blue: the row is better, orange: it is worse, both with Holm's p below `level`; grey:
    not resolved. What is not available is left open, and hover says why.
    """
    cells = {(one.first, one.second): _cell(one, 1, higher_is_better, level) for one in pairs}
    cells |= {(one.second, one.first): _cell(one, -1, higher_is_better, level) for one in pairs}
    few = len(names) <= _FEW
    grid = [[cells.get((row, column), (None, "", "", "")) for column in names] for row in names]
    heat = {
        "type": "heatmap", "x": list(names), "y": list(names), "zmin": -1, "zmax": 1, "showscale": False,
        "z": [[cell[0] for cell in row] for row in grid], "colorscale": _SCALE, "xgap": 3, "ygap": 3,
        "text": [[cell[1] + (f"<br>{cell[2]}" if few and cell[2] else "") for cell in row] for row in grid], "texttemplate": "%{text}",
        "textfont": {"size": 13 if few else 11, "color": _INK}, "customdata": [[cell[3] for cell in row] for row in grid],
        "hovertemplate": "%{y} minus %{x}<br>%{customdata}<extra></extra>",
    }  # fmt: skip
    rows = axis("", autorange="reversed", type="category", showgrid=False)
    across = axis(f"{title}: row minus column, in points", type="category", showgrid=False)
    return figure([heat], 110 + len(names) * (_ROW + (22 if few else 0)), xaxis=across, yaxis=rows)


def _cell(pair: Pair, sign: int, higher_is_better: bool, level: float) -> tuple[float | None, str, str, str]:
    """(z, difference, interval, hover)."""
    if pair.unavailable is not None:
        return None, "", "", f"not available: {pair.unavailable}"
    difference = 100 * sign * pair.difference
    low, high = sorted((100 * sign * pair.low, 100 * sign * pair.high))
    resolved = pair.p_holm < level
    better = (difference > 0) == higher_is_better
    z = _UNSURE if not resolved else _BETTER if better else _WORSE
    span = f"{low:.1f} to {high:.1f}"
    told = f"{difference:+.2f} points ({low:.2f} to {high:.2f})<br>{'resolved' if resolved else 'not resolved'}, Holm's p {pair.p_holm:.2g}"
    return z, f"<b>{difference:+.1f}</b>", span, f"{told}<br>{pair.images:,} images"
