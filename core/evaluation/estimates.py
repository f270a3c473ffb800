"""Metrics with their 95 % intervals, or why there is none: one entry for each that is asked for, none of them silent."""

from collections.abc import Mapping, Sequence

from core.evaluation.intervals import Interval, label_metric_intervals, metric_intervals
from core.evaluation.metrics import LABEL_METRICS, METRICS, evaluate, metrics_of, per_label, unavailable, unavailable_of_label
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import NOT_AVAILABLE, Entry

_NO_INTERVAL = "its draws do not show how uncertain it is"


def estimates(predictions: Predictions, thresholds: Mapping[str, float], names: Sequence[str]) -> dict[str, Entry]:
    """The named metrics of all labels together. One that the task does not have says so."""
    own = [name for name in names if name in metrics_of(predictions.task)]
    values, why = evaluate(predictions, thresholds), unavailable(predictions, thresholds)
    intervals = metric_intervals(predictions, thresholds, names=tuple(own)) if own else {}
    foreign = {name: f"{METRICS[name].title} is no metric of {predictions.task} tasks" for name in names}
    return {name: _entry(values.get(name), intervals.get(name), why.get(name, foreign[name])) for name in names}


def label_estimates(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, dict[str, Entry]]:
    """All metrics that a label has, of each label against the rest: {label: {name: entry}}."""
    values, why = per_label(predictions, thresholds), unavailable_of_label(predictions, thresholds)
    intervals = label_metric_intervals(predictions, thresholds)
    return {
        label: {name: _entry(values[label][name], intervals[label].get(name), why[label].get(name, "")) for name in LABEL_METRICS}
        for label in predictions.labels
    }


def _entry(value: float | None, interval: Interval | None, why: str) -> Entry:
    if value is None:
        return Entry(None, None, None, f"{NOT_AVAILABLE}{why}")
    if interval is None:
        return Entry(value, None, None, f"{NOT_AVAILABLE}{_NO_INTERVAL}")
    return Entry(value, interval.low, interval.high, interval.method)
