"""A metric over the epochs of a training, one line per threshold, with the ROC AUC of the scores beside: it knows no threshold."""

import numpy as np

from core.evaluation.epochs import EpochMetrics
from core.figures.style import QUIET, axis, color_of, dash_of, figure

_BESIDE = "roc_auc"


def epochs_figure(found: EpochMetrics, metric: str, title: str, height: int = 300) -> dict:
    """The lines of a metric at each threshold, and the ROC AUC, where it was asked for, as a quiet one; no value, no point."""
    traces = [
        _line(number, f"threshold {threshold:g}", found.epochs, row)
        for number, (threshold, row) in enumerate(zip(found.thresholds, found.at_thresholds.get(metric, ()), strict=False))
    ]
    if metric in found.free:
        traces.append(_line(0, title, found.epochs, found.free[metric]))
    if _BESIDE in found.free and metric != _BESIDE:
        quiet = _line(len(traces), "ROC AUC", found.epochs, found.free[_BESIDE])
        traces.append(quiet | {"line": {"color": QUIET, "width": 2, "dash": "longdashdot"}})
    values = [value for trace in traces for value in trace["y"] if value is not None]
    upright = axis(title, min([0.4, *values]) - 0.02, 1.01)
    count = int(found.epochs[-1]) if len(found.epochs) else 1
    flat = axis("Epoch", 0.5, count + 0.5, dtick=max(1, count // 10))
    return figure(traces, height, xaxis=flat, yaxis=upright)


def _line(number: int, name: str, epochs: np.ndarray, values: np.ndarray) -> dict:
    return {
        "type": "scatter", "mode": "lines+markers" if len(epochs) <= 30 else "lines", "name": name, "x": epochs.tolist(),
        "y": [None if np.isnan(value) else float(value) for value in values], "connectgaps": False,
        "line": {"color": color_of(number), "dash": dash_of(number), "width": 2}, "marker": {"size": 5}, "showlegend": True,
        "hovertemplate": f"{name}<br>epoch %{{x}}: %{{y:.4f}}<extra></extra>",
    }  # fmt: skip
