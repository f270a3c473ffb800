"""Curves of a training, epoch by epoch."""

from core.figures.style import COLORS, axis, color_of, dash_of, figure
from core.runs.history import EpochRecord

_SHARES = ("roc_auc", "accuracy", "precision", "recall", "f1")  # what lies between 0 and 1


def learning_figure(history: list[EpochRecord], metric: str, title: str, height: int = 240) -> dict:
    """A metric ("loss", "f1") of one run on train and validation; a line is left out where it was not recorded."""
    epochs = [record.epoch for record in history]
    traces = []
    for number, (prefix, name) in enumerate((("train", "train"), ("val", "validation"))):
        values = [getattr(record, f"{prefix}_{metric}", None) for record in history]
        if any(value is not None for value in values):
            traces.append(_line(epochs, values, name, COLORS[number], dash_of(number)) | {"showlegend": True})
    upright = axis(title) if metric == "loss" else _share_axis(title, traces)
    return figure(traces, height, xaxis=_epoch_axis(epochs), yaxis=upright)


def metric_figure(histories: dict[str, list[EpochRecord]], metric: str, title: str, height: int = 240) -> dict:
    """One field of the history ("val_roc_auc") over the epochs of each run. A run without a history keeps its colour for other figures."""
    traces = [
        _line(
            [record.epoch for record in history], [getattr(record, metric) for record in history], name, color_of(number), dash_of(number)
        )
        | {"showlegend": True}
        for number, (name, history) in enumerate(histories.items())
        if history
    ]
    upright = _share_axis(title, traces) if metric.endswith(_SHARES) else axis(title)
    longest = max((history for history in histories.values()), key=len, default=[])
    return figure(traces, height, xaxis=_epoch_axis([record.epoch for record in longest]), yaxis=upright)


def _line(epochs: list[int], values: list, name: str, color: str, dash: str) -> dict:
    return {
        "type": "scatter", "mode": "lines+markers", "x": epochs, "y": values, "name": name, "line": {"color": color, "dash": dash},
        "hovertemplate": f"{name}, epoch %{{x}}: %{{y:.4f}}<extra></extra>",
    }  # fmt: skip


def _share_axis(title: str, traces: list[dict]) -> dict:
    """From a half, which is guessing for an AUC, or the lowest value below it, to 1."""
    values = [value for trace in traces for value in trace["y"] if value is not None]
    return axis(title, min([0.5, *values]) - 0.02, 1.01)


def _epoch_axis(epochs: list[int]) -> dict:
    return axis("Epoch", 0.5, max(epochs, default=1) + 0.5, dtick=max(1, len(epochs) // 10))
