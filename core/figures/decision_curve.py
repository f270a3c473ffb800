"""Decision curves: the net benefit of several runs over the threshold, beside treating all images and none."""

import numpy as np

from core.evaluation.utility import DecisionCurve, net_benefit
from core.figures.roc_pr import Point, curve_trace, mark_trace
from core.figures.style import QUIET, axis, figure, short

_TOLD = "net benefit %{y:.4f}<br>"
_BELOW_ZERO = 0.25  # of the height above zero is shown below it; treating all falls far deeper


def decision_figure(curves: dict[str, DecisionCurve], points: dict[str, Point], height: int = 380) -> dict:
    """Decision curves by run title; the mark on each is its operating point, left out at a threshold of 1, which has no net benefit."""
    traces = [*_references(curves)]
    for number, (title, curve) in enumerate(curves.items()):
        traces.append(curve_trace(number, title, curve.thresholds, curve.net_benefit, curve, told=_TOLD))
        if title in points and points[title].threshold < 1:
            point = points[title]
            traces.append(mark_trace(number, title, point.threshold, net_benefit(point.counts, point.threshold), point, told=_TOLD))
    top = max((float(curve.treat_all[0]) for curve in curves.values()), default=1.0) * 1.08  # the share that has the label
    return figure(traces, height, xaxis=axis("Threshold", -0.01, 1.0), yaxis=axis("Net benefit", -_BELOW_ZERO * top, top))


def _references(curves: dict[str, DecisionCurve]) -> list[dict]:
    """Treating all once for each share of positives among the runs, and treating none."""
    by_share = {round(float(curve.treat_all[0]), 6): curve for curve in curves.values()}
    every = [_reference("treat all", curve.thresholds, curve.treat_all, "dash") for curve in by_share.values()]
    for repeated in every[1:]:
        repeated["showlegend"] = False
    return [*every, _reference("treat none", np.array([0.0, 1.0]), np.zeros(2), "dot")]


def _reference(name: str, thresholds: np.ndarray, benefit: np.ndarray, dash: str) -> dict:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": short(thresholds), "y": short(benefit),
        "line": {"color": QUIET, "width": 1.6, "dash": dash},
        "hovertemplate": f"{name}<br>threshold %{{x:.3f}}<br>net benefit %{{y:.4f}}<extra></extra>",
    }  # fmt: skip
