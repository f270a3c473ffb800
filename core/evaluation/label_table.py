"""All labels of a task against the rest, under many rows of weights at once. Here undefined is nan.

A draw is a row of weights: how often each image counts. The plain value of a metric is the draw of ones; a bootstrap has a
thousand rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from core.evaluation import proper_scores, ranking
from core.evaluation.calibration_error import BINS, binned_gaps
from core.evaluation.counts import Counts
from core.evaluation.decisions import decisions
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES

RANKINGS = ("roc_auc", "average_precision")


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
        """Weighted means (d,) of (n,) values, or (d, m) of (n, m)."""
        total = self.total if values.ndim == 1 else self.total[:, None]
        return self.sums(values) / total

    def calibration_errors(self, y_true: np.ndarray, y_score: np.ndarray) -> np.ndarray:
        """(d, m) expected calibration errors of (n, m) labels and scores."""
        sums = (binned_gaps(y_true, y_score) @ self._exact.T).T.reshape(len(self.times), -1, BINS)
        return np.abs(sums).sum(axis=2) / self.total[:, None]


@dataclass(frozen=True, eq=False)
class LabelTable:
    """(n, L) truth uint8, scores float32 and decisions uint8, under weights."""

    y_true: np.ndarray
    y_score: np.ndarray
    decision: np.ndarray
    weights: Weights

    @classmethod
    def of(cls, predictions: Predictions, thresholds: Mapping[str, float], times: np.ndarray) -> "LabelTable":
        """The labels of predictions, in their order, under weights `times` (d, n)."""
        return cls(predictions.y_true, predictions.y_score, decisions(predictions, thresholds), Weights(times))

    def select(self, columns: Sequence[int]) -> "LabelTable":
        """Some of the labels, in this order."""
        arrays = {name: getattr(self, name)[:, columns] for name in ("y_true", "y_score", "decision")}
        return replace(self, **arrays)

    def metric(self, name: str) -> np.ndarray:
        """(d, L) values of a metric that each label has by itself."""
        if name in RATES:
            return RATES[name](self.counts)
        if name in RANKINGS:
            return self._label_areas[name]
        if name == "ece":
            return self.weights.calibration_errors(self.y_true, self.y_score)
        loss = {"brier": proper_scores.squared_errors, "log_loss": proper_scores.binary_log_losses}[name]
        return self.weights.means(loss(self.y_true, self.y_score))

    @cached_property
    def counts(self) -> Counts:
        """(d, L) float64."""
        both = self.y_true & self.decision
        tp, positives, called = np.split(self.weights.sums(np.hstack([both, self.y_true, self.decision])), 3, axis=1)
        return Counts(tp=tp, fp=called - tp, fn=positives - tp, tn=self.weights.total[:, None] - positives - called + tp)

    @cached_property
    def positives(self) -> np.ndarray:
        """(d, L) images that have the label."""
        return self.counts.tp + self.counts.fn

    @cached_property
    def has_both_classes(self) -> np.ndarray:
        """(d, L) bool."""
        return (self.positives > 0) & (self.positives < self.weights.total[:, None])

    @cached_property
    def pooled_areas(self) -> dict[str, np.ndarray]:
        """{metric: (d,)} of both ranking metrics, of all pairs of an image and a label in one ranking."""
        n, labels = self.y_true.shape
        return _areas(ranking.steps(self.y_true.ravel(), self.y_score.ravel(), self.weights.times, np.repeat(np.arange(n), labels)))

    @cached_property
    def _label_areas(self) -> dict[str, np.ndarray]:
        """{metric: (d, L)} of both ranking metrics, from one sort per label."""
        columns = zip(self.y_true.T, self.y_score.T, strict=True)
        found = [_areas(ranking.steps(y_true, y_score, self.weights.times)) for y_true, y_score in columns]
        return {name: np.stack([one[name] for one in found], axis=1) for name in RANKINGS}


def _areas(ranked: ranking.Steps) -> dict[str, np.ndarray]:
    return {"roc_auc": ranking.area(ranked), "average_precision": ranking.precision_area(ranked)}
