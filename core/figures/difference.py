"""Two models side by side and their paired difference: does its interval hold 0?"""

from collections.abc import Mapping

from core.evaluation.intervals import Interval
from core.figures.style import QUIET, axis, color_of, figure, symbol_of


def difference_figure(values: Mapping[str, Interval], title: str, gap: Interval, height: int = 320) -> dict:
    """Each value with its interval above; below, on an axis of its own in points, the difference called `title`, beside a line at 0."""
    traces = [_dot(number, name, one, "x", "y") for number, (name, one) in enumerate(values.items())]
    points = Interval(100 * gap.value, 100 * gap.low, 100 * gap.high, gap.method)
    traces.append(_dot(len(values), title, points, "x2", "y2"))
    reach = 1.15 * max(abs(points.low), abs(points.high), 0.1)
    upright = {"automargin": True, "showgrid": False, "fixedrange": True}
    return figure(
        traces, height, showlegend=False,
        xaxis=axis("ROC AUC, 95 % interval", anchor="y"), yaxis=upright | {"domain": [0.62, 1.0], "range": [len(values) - 0.4, -0.6]},
        xaxis2=axis("Difference in points, 95 % interval", -reach, reach, anchor="y2"),
        yaxis2=upright | {"domain": [0.0, 0.26], "range": [0.7, -0.7], "anchor": "x2"}, shapes=[_zero()],
    )  # fmt: skip


def _dot(number: int, name: str, one: Interval, across: str, upright: str) -> dict:
    color = color_of(number)
    return {
        "type": "scatter", "mode": "markers", "x": [one.value], "y": [name], "xaxis": across, "yaxis": upright,
        "marker": {"size": 12, "color": color, "symbol": symbol_of(number)},
        "error_x": {"type": "data", "symmetric": False, "array": [one.high - one.value], "arrayminus": [one.value - one.low],
                    "color": color, "thickness": 2.4, "width": 7},
        "hovertemplate": f"{name}: %{{x:.3f}} ({one.low:.3f} to {one.high:.3f}), {one.method}<extra></extra>",
    }  # fmt: skip


def _zero() -> dict:
    line = {"color": QUIET, "width": 2, "dash": "dot"}
    return {"type": "line", "xref": "x2", "yref": "y2 domain", "x0": 0, "x1": 0, "y0": 0, "y1": 1, "line": line}
