"""Every metric from weighted images, for many draws at once: the one place where a metric of a task is put together.

A draw is a row of weights: how often each image counts. The plain value of a metric is the draw of ones; a bootstrap has a
thousand rows. Here undefined is nan.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.evaluation import proper_scores, ranking
from core.evaluation.counts import Counts
from core.evaluation.decisions import decisions
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES


@dataclass(frozen=True, eq=False)
class Weights:
    """`times` (d, n), whole numbers >= 0 of any dtype: how often each image counts in each draw."""

    times: np.ndarray

    @cached_property
    def _exact(self) -> np.ndarray:
        return self.times.astype(np.float64)

    @cached_property
    def total(self) -> np.ndarray:
        """(d,) images that were drawn."""
        return self._exact.sum(axis=1)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Weighted sums (d,) of (n,) values, or (d, m) of (n, m)."""
        return self._exact @ values.astype(np.float64)

    def means(self, values: np.ndarray) -> np.ndarray:
        """Weighted means (d,) of (n,) values."""
        return self.sums(values) / self.total


@dataclass(frozen=True, eq=False)
class Column:
    """One label against the rest: (n,) truth uint8, scores float32 and decisions uint8, under weights."""

    y_true: np.ndarray
    y_score: np.ndarray
    decision: np.ndarray
    weights: Weights

    def metric(self, name: str) -> np.ndarray:
        """(d,) values of a metric."""
        if name in RATES:
            return RATES[name](self.counts)
        if name in ("brier", "log_loss"):
            loss = proper_scores.squared_errors if name == "brier" else proper_scores.binary_log_losses
            return self.weights.means(loss(self.y_true, self.y_score))
        return ranking.area(self._steps) if name == "roc_auc" else ranking.precision_area(self._steps)

    @cached_property
    def counts(self) -> Counts:
        """(d,) float64."""
        both = self.y_true & self.decision
        tp, positives, called = self.weights.sums(np.stack([both, self.y_true, self.decision], axis=1)).T
        return Counts(tp=tp, fp=called - tp, fn=positives - tp, tn=self.weights.total - positives - called + tp)

    @cached_property
    def has_both_classes(self) -> np.ndarray:
        """(d,) bool."""
        positives = self.counts.tp + self.counts.fn
        return (positives > 0) & (positives < self.weights.total)

    @cached_property
    def _steps(self) -> ranking.Steps:
        return ranking.steps(self.y_true, self.y_score, self.weights.times)


def weighted_metrics(
    predictions: Predictions, thresholds: Mapping[str, float], times: np.ndarray, names: Iterable[str]
) -> dict[str, np.ndarray]:
    """Each named metric of the task, (d,) float64 for weights `times` (d, n); nan in a draw where it cannot be had.

    Binary: the metric of the one label. Multi-label: accuracy over all image-label pairs (Hamming); the others are means over the
    labels that have both classes. Multi-class: accuracy of the class with the highest score; balanced accuracy as the mean
    sensitivity; Brier score and log loss of the whole distribution; the others are one-vs-rest means over the classes.
    """
    columns = label_columns(predictions, thresholds, times)
    if predictions.task == "binary":
        return {name: columns[0].metric(name) for name in names}
    if predictions.task == "multiclass":
        return {name: _multiclass_metric(name, predictions, columns) for name in names}
    return {name: _multilabel_metric(name, columns) for name in names}


def label_columns(predictions: Predictions, thresholds: Mapping[str, float], times: np.ndarray) -> list[Column]:
    """One column per label, in their order."""
    decided, weights = decisions(predictions, thresholds), Weights(times)
    arrays = zip(predictions.y_true.T, predictions.y_score.T, decided.T, strict=True)
    return [Column(*of_label, weights) for of_label in arrays]


def _multiclass_metric(name: str, predictions: Predictions, columns: list[Column]) -> np.ndarray:
    weights = columns[0].weights
    if name == "accuracy":
        return weights.means(sum(column.y_true & column.decision for column in columns))
    if name == "brier":
        return weights.means(proper_scores.squared_errors(predictions.y_true, predictions.y_score).sum(axis=1))
    if name == "log_loss":
        return weights.means(proper_scores.class_log_losses(predictions.y_true, predictions.y_score))
    return _macro("sensitivity" if name == "balanced_accuracy" else name, columns)


def _multilabel_metric(name: str, columns: list[Column]) -> np.ndarray:
    if name == "accuracy":
        return np.mean([column.metric(name) for column in columns], axis=0)
    return _macro(name, columns)


def _macro(name: str, columns: list[Column]) -> np.ndarray:
    """Mean over the labels that have both classes in the draw.

    A label whose rate has nothing to divide by (a precision where nothing is called positive) counts 0, as in scikit-learn; where
    that holds for all labels the mean is nan.
    """
    values = np.stack([column.metric(name) for column in columns])  # (L, d)
    counted = np.stack([column.has_both_classes for column in columns])
    total = np.where(counted, np.nan_to_num(values), 0).sum(axis=0)
    defined = (counted & ~np.isnan(values)).any(axis=0)
    return np.divide(total, counted.sum(axis=0), out=np.full(total.shape, np.nan), where=defined)
