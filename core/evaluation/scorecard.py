"""All numbers of a model on each of its splits, at the thresholds of one rule: every metric, in all and label by label.

Each comes with its interval and how that was had, or says why there is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from core.evaluation.intervals import Interval, label_metric_intervals, metric_intervals
from core.evaluation.metrics import evaluate, per_label, unavailable, unavailable_of_label
from core.evaluation.predictions import Predictions
from core.evaluation.thresholds import OperatingPoint, choose_among

NOT_AVAILABLE = "not available: "
_NO_INTERVAL = "the draws do not show how uncertain it is"


@dataclass(frozen=True)
class Entry:
    """A metric with its 95 % interval and how that was had. What cannot be had is None, and `method` says why."""

    value: float | None
    low: float | None
    high: float | None
    method: str

    @classmethod
    def of(cls, value: float | None, interval: Interval | None, why: str) -> "Entry":
        """`why` says why there is no value, where there is none."""
        if value is None:
            return cls(None, None, None, f"{NOT_AVAILABLE}{why}")
        if interval is None:
            return cls(value, None, None, f"{NOT_AVAILABLE}{_NO_INTERVAL}")
        return cls(value, interval.low, interval.high, interval.method)


@dataclass(frozen=True)
class Scorecard:
    """`metrics` are "<split>/<metric>" over all labels, and "<split>/<metric>/<label>" of one label against the rest."""

    task: str
    labels: tuple[str, ...]
    n: dict[str, int]
    point: OperatingPoint
    metrics: dict[str, Entry]

    def as_dict(self) -> dict:
        """As JSON can hold it."""
        return {
            "task": self.task, "labels": list(self.labels), "n": self.n, "rule": self.point.rule, "chosen_on": self.point.chosen_on,
            "thresholds": self.point.thresholds, "metrics": {name: vars(one) for name, one in self.metrics.items()},
        }  # fmt: skip


def scorecard(splits: Mapping[str, Predictions], rule: str = "0.5") -> Scorecard:
    """The scorecard of predictions by split, all of one model.

    A rule that looks at scores chooses on val. Raises EvaluationError for a rule that is none or cannot be met.
    """
    point = choose_among(rule, splits)
    first = next(iter(splits.values()))
    metrics = {}
    for split, one in splits.items():
        whole = _of_split(one, point.thresholds)
        labels = {one.labels[0]: whole} if one.task == "binary" else _of_labels(one, point.thresholds)
        metrics |= {f"{split}/{name}": estimate for name, estimate in whole.items()}
        metrics |= {f"{split}/{name}/{label}": estimate for label, found in labels.items() for name, estimate in found.items()}
    return Scorecard(first.task, first.labels, {split: one.n for split, one in splits.items()}, point, metrics)


def _of_split(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, Entry]:
    values, why = evaluate(predictions, thresholds), unavailable(predictions, thresholds)
    return _entries(values, metric_intervals(predictions, thresholds), why)


def _of_labels(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, dict[str, Entry]]:
    values, why = per_label(predictions, thresholds), unavailable_of_label(predictions, thresholds)
    intervals = label_metric_intervals(predictions, thresholds)
    return {label: _entries(values[label], intervals[label], why[label]) for label in predictions.labels}


def _entries(values: Mapping[str, float | None], intervals: Mapping[str, Interval | None], why: Mapping[str, str]) -> dict[str, Entry]:
    return {name: Entry.of(value, intervals.get(name), why.get(name, "")) for name, value in values.items()}
