"""Runs by what they cost and how good they are, with the line of those that no other beats in both."""

from core.evaluation.intervals import Interval
from core.evaluation.pareto import pareto_front
from core.figures.style import QUIET, axis, color_of, figure

_MOST_NAMED = 6  # names beside more points than that would lie on each other; the hover has them


def pareto_figure(
    points: dict[str, tuple[float, Interval]], cost: str, metric: str, higher_is_better: bool = True, height: int = 380
) -> dict:
    """One mark per run, {title: (cost > 0, estimate)}, on a logarithmic axis of cost, and the Pareto front as a line of steps."""
    titles, costs = list(points), [cost for cost, _ in points.values()]
    values = [one.value for _, one in points.values()]
    front = pareto_front(costs, values, higher_is_better)
    marks = [_mark(number, title, *points[title], title in {titles[index] for index in front}, cost, len(points) <= _MOST_NAMED)
             for number, title in enumerate(titles)]  # fmt: skip
    line = {
        "type": "scatter", "mode": "lines", "name": "Pareto front", "x": [costs[index] for index in front],
        "y": [values[index] for index in front], "line": {"shape": "hv", "dash": "dot", "color": QUIET}, "hoverinfo": "skip",
    }  # fmt: skip
    return figure([line, *marks], height, xaxis=axis(cost, type="log", exponentformat="none", dtick="D2"), yaxis=axis(metric))


def _mark(number: int, title: str, cost: float, one: Interval, is_best: bool, words: str, is_named: bool) -> dict:
    told = "on the front" if is_best else "another run is at least as good and cheaper"
    return {
        "type": "scatter", "mode": "markers+text" if is_named else "markers", "name": title, "x": [cost], "y": [one.value],
        "text": [title], "textposition": "top center", "cliponaxis": False, "showlegend": not is_named,
        "marker": {"size": 12, "color": color_of(number), "symbol": "circle" if is_best else "circle-open", "line": {"width": 2}},
        "error_y": {"type": "data", "symmetric": False, "array": [one.high - one.value], "arrayminus": [one.value - one.low],
                    "color": color_of(number), "thickness": 1.5, "width": 5},
        "hovertemplate": f"{title}<br>{words} %{{x:,.4g}}<br>{one.value:.3f} ({one.low:.3f} to {one.high:.3f})<br>{told}<extra></extra>",
    }  # fmt: skip
