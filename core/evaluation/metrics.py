"""The value of each metric for one run on one split: in all, label by label, or why there is none."""

from collections.abc import Iterable, Mapping

import numpy as np

from core.evaluation.counts import Counts
from core.evaluation.label_table import LabelTable
from core.evaluation.metric_table import LABEL_METRICS, METRICS, Metric, metrics_of
from core.evaluation.predictions import Predictions
from core.evaluation.reasons import reason, reason_of_label
from core.evaluation.weighted_metrics import weighted_label_metrics, weighted_metrics

__all__ = ["LABEL_METRICS", "METRICS", "Metric", "evaluate", "metrics_of", "per_label", "unavailable", "unavailable_of_label"]


def evaluate(predictions: Predictions, thresholds: Mapping[str, float], names: Iterable[str] | None = None) -> dict[str, float | None]:
    """The named metrics of the task, or all; None where it cannot be had (`unavailable` says why), never nan.

    `thresholds` has one value in 0..1 per label; a multi-class task decides by the highest score and does not read them. How labels
    are put together: see `weighted_metrics`. Raises EvaluationError for a threshold that is missing or outside 0..1.
    """
    values = weighted_metrics(predictions, thresholds, _once(predictions), metrics_of(predictions.task) if names is None else names)
    return {name: _number(value[0]) for name, value in values.items()}


def per_label(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, dict[str, float | None]]:
    """LABEL_METRICS of each label against the rest, as in a binary task; {label: {metric: value}}."""
    values = weighted_label_metrics(predictions, thresholds, _once(predictions), LABEL_METRICS)
    return {label: {name: _number(value[0, column]) for name, value in values.items()} for column, label in enumerate(predictions.labels)}


def unavailable(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, str]:
    """Why a metric of `evaluate` is None: {metric: a clause}, without the metrics that have a value."""
    counts = _counts(predictions, thresholds)
    found = {name: reason(name, predictions, counts) for name in metrics_of(predictions.task)}
    return {name: why for name, why in found.items() if why is not None}


def unavailable_of_label(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, dict[str, str]]:
    """Why a metric of `per_label` is None: {label: {metric: a clause}}, with every label, without the metrics that have a value."""
    counts = _counts(predictions, thresholds)
    found = {
        label: {name: reason_of_label(name, predictions, column, counts) for name in LABEL_METRICS}
        for column, label in enumerate(predictions.labels)
    }
    return {label: {name: why for name, why in whys.items() if why is not None} for label, whys in found.items()}


def _once(predictions: Predictions) -> np.ndarray:
    return np.ones((1, predictions.n), dtype=np.uint8)


def _counts(predictions: Predictions, thresholds: Mapping[str, float]) -> Counts:
    """Of each label, (L,)."""
    return LabelTable.of(predictions, thresholds, _once(predictions)).counts.at(0)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
