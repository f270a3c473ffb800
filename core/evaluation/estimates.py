"""Metrics with their 95 % intervals, or why there is none: one entry for each that is asked for, none of them silent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.evaluation.decisions import decisions
from core.evaluation.intervals import metric_intervals
from core.evaluation.metrics import METRICS, evaluate, metrics_of, unavailable
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry


def estimates(predictions: Predictions, thresholds: Mapping[str, float], names: Sequence[str]) -> dict[str, Entry]:
    """The named metrics of all labels together. One that the task does not have says so."""
    own = [name for name in names if name in metrics_of(predictions.task)]
    values, why = evaluate(predictions, thresholds), unavailable(predictions, thresholds)
    intervals = metric_intervals(predictions, thresholds, names=tuple(own)) if own else {}
    foreign = {name: f"{METRICS[name].title} is no metric of {predictions.task} tasks" for name in names}
    return {name: Entry.of(values.get(name), intervals.get(name), why.get(name, foreign[name])) for name in names}


def label_estimates(predictions: Predictions, thresholds: Mapping[str, float], label: str, names: Sequence[str]) -> dict[str, Entry]:
    """The named metrics of one label against the rest. Raises EvaluationError for a label that is none.

    Where there are several classes, an image is called the one with the highest score: there the decision stands in the place of the
    score for what needs a threshold.
    """
    one = predictions.of_label(label)
    if predictions.task != "multiclass":
        return estimates(one, {label: thresholds[label]}, names)
    decided = decisions(predictions, thresholds)[:, [predictions.label_index(label)]]
    of_decision = [name for name in names if METRICS[name].needs_threshold]
    found = estimates(replace(one, y_score=decided), {label: 0.5}, of_decision)
    found |= estimates(one, {label: 0.5}, [name for name in names if name not in of_decision])
    return {name: found[name] for name in names}
