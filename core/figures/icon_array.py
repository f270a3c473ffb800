"""So many people as marks, the found, missed, alarmed and left alone told apart by shape, fill and colour: a natural frequency seen.

People fill the columns from the left: missed, found, alarmed, left alone. So those who have the label stand together, and so do those
who are called positive.
"""

from core.evaluation.counts import Counts
from core.figures.style import COLORS, NEGATIVE, POSITIVE, QUIET, figure

ROWS = 25
_SIZE = 7  # px of a mark; forty stand side by side on a phone


def icon_array_figure(people: Counts, classes: tuple[str, str], height: int = 330) -> dict:
    """Whole numbers of people as marks in columns of ROWS; `classes` are what people without and with the label are called."""
    without, with_it = classes
    groups = (
        (f"{with_it}, missed", people.fn, {"symbol": "x", "color": POSITIVE}),
        (f"{with_it}, found", people.tp, {"symbol": "circle", "color": POSITIVE}),
        (f"{without}, alarmed", people.fp, {"symbol": "triangle-up", "color": COLORS[0], "line": {"color": NEGATIVE, "width": 1}}),
        (f"{without}, left alone", people.tn, {"symbol": "circle-open", "color": QUIET}),
    )
    traces, start = [], 0
    for name, count, marker in groups:
        traces.append(_marks(name, range(start, start + count), marker))
        start += count
    columns = -(-start // ROWS)
    unseen = {"visible": False, "fixedrange": True}
    across, down = unseen | {"range": [-0.7, columns - 0.3]}, unseen | {"range": [ROWS - 0.3, -0.7]}
    return figure(traces, height, xaxis=across, yaxis=down, legend={"orientation": "h", "y": -0.02, "x": 0, "itemsizing": "constant"})


def _marks(name: str, places: range, marker: dict) -> dict:
    return {
        "type": "scatter", "mode": "markers", "name": f"{len(places):,} {name}", "x": [place // ROWS for place in places],
        "y": [place % ROWS for place in places], "marker": {"size": _SIZE} | marker, "showlegend": True,
        "hovertemplate": f"{len(places):,} {name}<extra></extra>",
    }  # fmt: skip
