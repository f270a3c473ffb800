"""PPV and NPV over the prevalence, with their intervals as bands, the prevalence of the images at hand and the one that is looked at."""

from collections.abc import Sequence
from math import log10

from core.evaluation.scorecard import Entry
from core.figures.style import QUIET, axis, color_of, dash_of, figure, pale, symbol_of

_COLORS = (0, 2)  # the second one is that of positives in other figures
_TICKS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.9)


def prevalence_figure(
    prevalences: Sequence[float], curves: dict[str, Sequence[Entry]], chosen: float, points: dict[str, Entry], own: float, height: int = 330
) -> dict:
    """A line over rising prevalences (0 < p < 1) for each name of `curves`, and its mark at the `chosen` one; a quiet line at `own`."""
    traces = []
    for place, (name, entries) in enumerate(curves.items()):
        number = _COLORS[place]
        traces += [
            _band(number, name, prevalences, entries),
            _line(number, name, prevalences, entries),
            _mark(number, chosen, points[name]),
        ]
    across = axis("Prevalence", type="log", tickvals=list(_TICKS), ticktext=[f"{100 * tick:g} %" for tick in _TICKS])
    shapes, notes = [_upright(own)], [_note(own)]
    return figure(traces, height, xaxis=across, yaxis=axis("Share of answers that are right", 0, 1.02), shapes=shapes, annotations=notes)


def _band(number: int, name: str, prevalences: Sequence[float], entries: Sequence[Entry]) -> dict:
    known = [(at, one) for at, one in zip(prevalences, entries, strict=True) if one.low is not None]
    there, back = [at for at, _ in known], [one.high for _, one in known]
    return {
        "type": "scatter", "mode": "lines", "name": f"{name}, 95 % interval", "x": there + there[::-1],
        "y": [one.low for _, one in known] + back[::-1], "fill": "toself", "fillcolor": pale(color_of(number)), "line": {"width": 0},
        "hoverinfo": "skip", "showlegend": False, "opacity": 0.5,
    }  # fmt: skip


def _line(number: int, name: str, prevalences: Sequence[float], entries: Sequence[Entry]) -> dict:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": list(prevalences), "y": [one.value for one in entries],
        "customdata": [_span(one) for one in entries], "line": {"color": color_of(number), "dash": dash_of(number), "width": 2.4},
        "hovertemplate": f"{name} %{{y:.3f}}%{{customdata}}<br>prevalence %{{x:.2%}}<extra></extra>",
    }  # fmt: skip


def _mark(number: int, chosen: float, point: Entry) -> dict:
    marker = {"color": color_of(number), "size": 13, "symbol": symbol_of(number), "line": {"color": "white", "width": 2}}
    return {
        "type": "scatter", "mode": "markers", "x": [chosen], "y": [point.value], "marker": marker, "showlegend": False,
        "hovertemplate": f"%{{y:.3f}}{_span(point)} at a prevalence of {100 * chosen:g} %<extra></extra>",
    }  # fmt: skip


def _span(one: Entry) -> str:
    return "" if one.low is None else f" ({one.low:.3f} to {one.high:.3f})"


def _upright(own: float) -> dict:
    line = {"color": QUIET, "width": 2, "dash": "dot"}
    return {"type": "line", "x0": own, "x1": own, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _note(own: float) -> dict:
    return {"x": log10(own), "y": 1.0, "yref": "paper", "yanchor": "bottom", "showarrow": False, "text": f"these images {100 * own:.3g} %"}
