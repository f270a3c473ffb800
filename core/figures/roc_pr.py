"""ROC and precision-recall curves of several runs, with each run's operating point. Hover tells threshold and counts."""

from dataclasses import dataclass

import numpy as np

from core.evaluation.counts import Counts
from core.evaluation.curves import PrCurve, RocCurve
from core.evaluation.label_curves import MeanCurve
from core.evaluation.rates import precision, sensitivity, specificity
from core.evaluation.utility import DecisionCurve
from core.figures.style import QUIET, axis, color_of, dash_of, figure, short, symbol_of

_CELLS = "TP %{customdata[1]}  FP %{customdata[2]}  FN %{customdata[3]}  TN %{customdata[4]}"
COUNTS = f"threshold %{{customdata[0]:.3f}}<br>{_CELLS}"
_HIGHEST = f"by the highest score<br>{_CELLS}"
_THRESHOLDS = "thresholds %{customdata[5]:.3f} to %{customdata[0]:.3f}, each label's own"


@dataclass(frozen=True)
class Point:
    """A threshold and the counts at it. Curves are thinned for drawing, so a point cannot be read off them.

    The threshold is None where a class is called by the highest score: such a point need not lie on the curve.
    """

    threshold: float | None
    counts: Counts


def roc_figure(curves: dict[str, RocCurve], points: dict[str, Point], height: int = 380) -> dict:
    """ROC curves by run title; the mark on each is its operating point."""
    traces = [diagonal()]
    for number, (title, curve) in enumerate(curves.items()):
        traces.append(curve_trace(number, title, curve.false_positive_rate, curve.sensitivity, curve))
        if title in points:
            counts = points[title].counts
            traces.append(mark_trace(number, title, 1 - specificity(counts), sensitivity(counts), points[title]))
    return figure(traces, height, xaxis=axis("1 - specificity", -0.01, 1.01), yaxis=axis("Sensitivity", -0.01, 1.02))


def pr_figure(curves: dict[str, PrCurve], points: dict[str, Point], height: int = 380) -> dict:
    """Precision-recall curves by run title, drawn as steps; no mark where nothing is called positive."""
    traces = []
    for number, (title, curve) in enumerate(curves.items()):
        traces.append(curve_trace(number, title, curve.recall, curve.precision, curve, shape="vh"))
        if title in points and points[title].counts.tp + points[title].counts.fp:
            counts = points[title].counts
            traces.append(mark_trace(number, title, sensitivity(counts), precision(counts), points[title]))
    return figure(traces, height, xaxis=axis("Recall (sensitivity)", -0.01, 1.01), yaxis=axis("Precision", 0, 1.02))


def mean_roc_figure(curves: dict[str, MeanCurve], height: int = 380) -> dict:
    """Mean ROC curves over labels by run title; the mark on each is the mean of its labels' operating points."""
    traces = [diagonal(), *_mean_traces(curves, "1 - specificity", "mean sensitivity")]
    return figure(
        traces,
        height,
        xaxis=axis("1 - specificity", -0.01, 1.01),
        yaxis=axis("Sensitivity, mean of labels", -0.01, 1.02),
    )


def mean_pr_figure(curves: dict[str, MeanCurve], height: int = 380) -> dict:
    """Mean precision-recall curves over labels by run title; the mark on each is the mean of its labels' operating points."""
    traces = _mean_traces(curves, "recall", "mean precision")
    return figure(
        traces,
        height,
        xaxis=axis("Recall (sensitivity)", -0.01, 1.01),
        yaxis=axis("Precision, mean of labels", 0, 1.02),
    )


def diagonal() -> dict:
    """A thin line from 0, 0 to 1, 1: chance in a ROC plot, scores that are probabilities in a calibration plot."""
    line = {"color": QUIET, "width": 1, "dash": "dot"}
    return {"type": "scatter", "x": [0, 1], "y": [0, 1], "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}


def curve_trace(
    number: int, title: str, x: np.ndarray, y: np.ndarray, curve: RocCurve | PrCurve | DecisionCurve, shape: str = "linear", told: str = ""
) -> dict:
    """The line of the n-th run. Its hover has threshold and counts, and `told`, a line of Plotly's template, before them."""
    return {
        "type": "scatter", "mode": "lines", "name": title, "x": short(x), "y": short(y),
        "customdata": told_of(curve.thresholds, curve.counts),
        "line": {"color": color_of(number), "dash": dash_of(number), "width": 2.2, "shape": shape},
        "hovertemplate": f"{title}<br>{told}{COUNTS}<extra></extra>",
    }  # fmt: skip


def told_of(thresholds: np.ndarray, counts: Counts, *more: np.ndarray) -> list[tuple]:
    """Threshold, TP, FP, FN and TN of each point, and `more` thresholds, for a hover; that at which nothing is positive is told as 1."""
    cells = (np.asarray(part).astype(int).tolist() for part in (counts.tp, counts.fp, counts.fn, counts.tn))
    return list(zip(short(np.minimum(thresholds, 1)), *cells, *(short(np.minimum(part, 1)) for part in more), strict=True))


def mark_trace(number: int, title: str, x: np.ndarray, y: np.ndarray, point: Point, told: str = "") -> dict:
    """The operating point of the n-th run."""
    counts = [int(count) for count in (point.counts.tp, point.counts.fp, point.counts.fn, point.counts.tn)]
    return {
        "type": "scatter", "mode": "markers", "name": title, "x": [float(x)], "y": [float(y)],
        "customdata": [[point.threshold, *counts]], "showlegend": False, "marker": _marker(number),
        "hovertemplate": f"{title}<br>{told}{_HIGHEST if point.threshold is None else COUNTS}<extra></extra>",
    }  # fmt: skip


def _marker(number: int) -> dict:
    return {"color": color_of(number), "size": 12, "symbol": symbol_of(number), "line": {"color": "white", "width": 2}}


def _mean_traces(curves: dict[str, MeanCurve], x_name: str, y_name: str) -> list[dict]:
    traces = []
    for number, (title, curve) in enumerate(curves.items()):
        head = f"{title}, {len(curve.labels)} labels<br>"
        told = f"{head}{x_name} %{{x:.3f}}<br>{y_name} %{{y:.3f}}"
        line = {"color": color_of(number), "dash": dash_of(number), "width": 2.2}
        traces.append({"type": "scatter", "mode": "lines", "name": title, "x": short(curve.x), "y": short(curve.y), "line": line,
                       "customdata": told_of(curve.highest, curve.counts, curve.lowest),
                       "hovertemplate": f"{told}<br>{_THRESHOLDS}<br>all labels together: {_CELLS}<extra></extra>"})  # fmt: skip
        if curve.point is not None:
            x, y = curve.point
            mark = {"type": "scatter", "mode": "markers", "name": title, "x": [x], "y": [y], "showlegend": False, "marker": _marker(number)}
            traces.append(mark | {"hovertemplate": f"operating points, mean<br>{told}<extra></extra>"})
    return traces
