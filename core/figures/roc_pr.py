"""ROC and precision-recall curves of several runs, with each run's operating point. Hover tells threshold and counts."""

import numpy as np

from core.evaluation.counts import Counts
from core.evaluation.curves import PrCurve, RocCurve
from core.figures.style import QUIET, axis, color_of, dash_of, figure

_COUNTS = "threshold %{customdata[0]:.3f}<br>TP %{customdata[1]}  FP %{customdata[2]}  FN %{customdata[3]}  TN %{customdata[4]}"


def roc_figure(curves: dict[str, RocCurve], thresholds: dict[str, float], height: int = 380) -> dict:
    """ROC curves by run title; the mark on each is its operating point."""
    traces = [_chance()]
    for number, (title, curve) in enumerate(curves.items()):
        places = (curve.false_positive_rate, curve.sensitivity)
        traces += _curve_with_point(number, title, places, curve.thresholds, curve.counts, thresholds.get(title))
    return figure(traces, height, xaxis=axis("1 - specificity", -0.01, 1.01), yaxis=axis("Sensitivity", -0.01, 1.02))


def pr_figure(curves: dict[str, PrCurve], thresholds: dict[str, float], height: int = 380) -> dict:
    """Precision-recall curves by run title, drawn as steps."""
    traces = []
    for number, (title, curve) in enumerate(curves.items()):
        places = (curve.recall, curve.precision)
        traces += _curve_with_point(number, title, places, curve.thresholds, curve.counts, thresholds.get(title), shape="vh")
    return figure(traces, height, xaxis=axis("Recall (sensitivity)", -0.01, 1.01), yaxis=axis("Precision", 0, 1.02))


def _chance() -> dict:
    line = {"color": QUIET, "width": 1, "dash": "dot"}
    return {"type": "scatter", "x": [0, 1], "y": [0, 1], "mode": "lines", "line": line, "hoverinfo": "skip", "showlegend": False}


def _curve_with_point(number: int, title: str, places, thresholds: np.ndarray, counts: Counts, chosen: float | None, shape="linear"):
    columns = np.column_stack([np.minimum(thresholds, 1), counts.tp, counts.fp, counts.fn, counts.tn])
    color = color_of(number)
    line = {"color": color, "dash": dash_of(number), "width": 2.2, "shape": shape}
    curve = {
        "type": "scatter", "mode": "lines", "name": title, "x": places[0].tolist(), "y": places[1].tolist(),
        "customdata": columns.tolist(), "line": line, "hovertemplate": f"{title}<br>{_COUNTS}<extra></extra>",
    }  # fmt: skip
    if chosen is None:
        return [curve]
    at = int(np.flatnonzero(thresholds >= chosen)[-1])
    point = curve | {
        "mode": "markers", "x": [float(places[0][at])], "y": [float(places[1][at])], "customdata": columns[at : at + 1].tolist(),
        "marker": {"color": color, "size": 12, "line": {"color": "white", "width": 2}}, "showlegend": False,
    }  # fmt: skip
    return [curve, point]
