"""ROC and precision-recall curves of several runs, with each run's operating point. Hover tells threshold and counts."""

from dataclasses import dataclass

import numpy as np

from core.evaluation.counts import Counts
from core.evaluation.curves import PrCurve, RocCurve
from core.evaluation.rates import precision, sensitivity, specificity
from core.figures.style import QUIET, axis, color_of, dash_of, figure

_COUNTS = "threshold %{customdata[0]:.3f}<br>TP %{customdata[1]}  FP %{customdata[2]}  FN %{customdata[3]}  TN %{customdata[4]}"


@dataclass(frozen=True)
class Point:
    """A threshold and the counts at it. Curves are thinned for drawing, so a point cannot be read off them."""

    threshold: float
    counts: Counts


def roc_figure(curves: dict[str, RocCurve], points: dict[str, Point], height: int = 380) -> dict:
    """ROC curves by run title; the mark on each is its operating point."""
    traces = [_chance()]
    for number, (title, curve) in enumerate(curves.items()):
        traces.append(_curve(number, title, curve.false_positive_rate, curve.sensitivity, curve))
        if title in points:
            counts = points[title].counts
            traces.append(_mark(number, title, 1 - specificity(counts), sensitivity(counts), points[title]))
    return figure(traces, height, xaxis=axis("1 - specificity", -0.01, 1.01), yaxis=axis("Sensitivity", -0.01, 1.02))


def pr_figure(curves: dict[str, PrCurve], points: dict[str, Point], height: int = 380) -> dict:
    """Precision-recall curves by run title, drawn as steps; no mark where nothing is called positive."""
    traces = []
    for number, (title, curve) in enumerate(curves.items()):
        traces.append(_curve(number, title, curve.recall, curve.precision, curve, shape="vh"))
        if title in points and points[title].counts.tp + points[title].counts.fp:
            counts = points[title].counts
            traces.append(_mark(number, title, sensitivity(counts), precision(counts), points[title]))
    return figure(traces, height, xaxis=axis("Recall (sensitivity)", -0.01, 1.01), yaxis=axis("Precision", 0, 1.02))


def _chance() -> dict:
    line = {"color": QUIET, "width": 1, "dash": "dot"}
    return {"type": "scatter", "x": [0, 1], "y": [0, 1], "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}


def _curve(number: int, title: str, x: np.ndarray, y: np.ndarray, curve: RocCurve | PrCurve, shape: str = "linear") -> dict:
    counts = curve.counts
    columns = np.column_stack([np.minimum(curve.thresholds, 1), counts.tp, counts.fp, counts.fn, counts.tn])
    return {
        "type": "scatter", "mode": "lines", "name": title, "x": x.tolist(), "y": y.tolist(), "customdata": columns.tolist(),
        "line": {"color": color_of(number), "dash": dash_of(number), "width": 2.2, "shape": shape},
        "hovertemplate": f"{title}<br>{_COUNTS}<extra></extra>",
    }  # fmt: skip


def _mark(number: int, title: str, x: np.ndarray, y: np.ndarray, point: Point) -> dict:
    counts = [int(count) for count in (point.counts.tp, point.counts.fp, point.counts.fn, point.counts.tn)]
    return {
        "type": "scatter", "mode": "markers", "name": title, "x": [float(x)], "y": [float(y)],
        "customdata": [[point.threshold, *counts]], "showlegend": False,
        "marker": {"color": color_of(number), "size": 12, "line": {"color": "white", "width": 2}},
        "hovertemplate": f"{title}<br>{_COUNTS}<extra></extra>",
    }  # fmt: skip
