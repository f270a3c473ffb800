"""Metrics over the epochs of a training, at any thresholds, from the scores that were kept of each epoch.

A float16 between 0 and 1 is one of 15,361 numbers, and their bits are in the order of their values. So the images that have each score
are counted instead of sorted, and every count at every threshold is a sum from the top: 112,120 images, 14 labels and 50 epochs take
two seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import Counts
from core.evaluation.epoch_scores import EpochScores
from core.evaluation.number_text import shortest
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES

FREE = ("roc_auc", "average_precision")  # of the scores themselves, whatever the threshold
DECISION_AUC = "decision_roc_auc"
_OF_COUNTS = ("f1", "sensitivity", "specificity", "precision", "npv", "accuracy", "balanced_accuracy")
_MICRO = tuple(f"micro_{name}" for name in ("precision", "sensitivity", "f1"))
_LEVELS = int(np.float16(1).view(np.uint16)) + 1
_MOST_THRESHOLDS = 20


@dataclass(frozen=True, eq=False)
class EpochMetrics:
    """What the epochs `epochs` (E,) int gave on val; float64, nan where a metric cannot be had.

    `at_thresholds` are (T, E), one row per threshold, `free` (E,). Several classes are told apart by the highest score, not by
    thresholds: there `thresholds` is empty, and all metrics are in `free`.
    """

    epochs: np.ndarray
    thresholds: tuple[float, ...]
    at_thresholds: dict[str, np.ndarray]
    free: dict[str, np.ndarray]

    def highest(self, metric: str, threshold: int) -> tuple[int | None, float | None]:
        """The first epoch in which a metric is highest at the n-th of `thresholds`, and its value; None where it has no value."""
        row = self.at_thresholds[metric][threshold]
        if np.isnan(row).all():
            return None, None
        best = int(np.nanargmax(row))
        return int(self.epochs[best]), float(row[best])

    def as_dict(self) -> dict:
        """As JSON can hold it: a metric at thresholds by its threshold ("0.4"), and None for nan."""
        at = {
            name: {shortest(threshold): _plain(row) for threshold, row in zip(self.thresholds, rows, strict=True)}
            for name, rows in self.at_thresholds.items()
        }
        return {"epochs": self.epochs.tolist(), "metrics": at | {name: _plain(row) for name, row in self.free.items()}}


@dataclass(frozen=True, eq=False)
class _Found:
    """Counts int64 of each threshold, epoch and label, (T, E, L), and what needs no threshold, (E, L)."""

    counts: Counts
    free: dict[str, np.ndarray]


def threshold_metrics_of(task: str) -> tuple[str, ...]:
    """The names of the metrics that follow from decisions, for a task or (binary) for one label."""
    return (DECISION_AUC, *_OF_COUNTS, *(_MICRO if task != "binary" else ()))


def metrics_over_epochs(
    predictions: Predictions, scores: EpochScores, thresholds: Sequence[float], names: Sequence[str] | None = None, label: str | None = None
) -> EpochMetrics:
    """Metrics of all labels together, as `evaluate` puts them together, or of one label against the rest.

    Parameters
    ----------
    predictions : of the run on val; their truth is taken. thresholds : each counts for all labels. names : all where left out.

    Raises EvaluationError for thresholds outside 0..1, a name or label that is none, and scores of other images.
    """
    if scores.y_score.shape[1:] != predictions.y_true.shape:
        found, expected = f"scores of epochs have the shape {scores.y_score.shape}", f"the truth has {predictions.y_true.shape}"
        raise EvaluationError(found, expected)
    if label is not None:
        column = predictions.label_index(label)
        predictions, y_score = predictions.of_label(label), scores.y_score[:, :, column : column + 1]
    else:
        y_score = scores.y_score
    is_multiclass = predictions.task == "multiclass"
    asked = () if is_multiclass else _checked(thresholds)
    known = (*threshold_metrics_of(predictions.task), *FREE)
    wanted = known if names is None else tuple(names)
    if unknown := [name for name in wanted if name not in known]:
        raise EvaluationError(f"{unknown[0]!r} is no metric over epochs", f"one of {', '.join(known)} is expected")
    found = _found(predictions, y_score, asked)
    decided = {name: _together(name, found.counts, predictions) for name in wanted if name not in FREE}
    free = {name: _macro(found.free[name], predictions) for name in wanted if name in FREE}
    if is_multiclass:
        return EpochMetrics(scores.epochs, (), {}, {name: rows[0] for name, rows in decided.items()} | free)
    return EpochMetrics(scores.epochs, asked, decided, free)


def _checked(thresholds: Sequence[float]) -> tuple[float, ...]:
    asked = tuple(dict.fromkeys(float(one) + 0.0 for one in thresholds))
    if not 1 <= len(asked) <= _MOST_THRESHOLDS:
        raise EvaluationError(f"{len(asked)} thresholds are asked for", f"1 to {_MOST_THRESHOLDS} are expected")
    if outside := [one for one in asked if not 0 <= one <= 1]:
        raise EvaluationError(f"a threshold is {outside[0]:g}", "it must lie between 0 and 1")
    return asked


def _found(predictions: Predictions, y_score: np.ndarray, thresholds: tuple[float, ...]) -> _Found:
    epochs, n, labels = y_score.shape
    levels = np.array(thresholds, np.float16).view(np.uint16)
    tp, called = np.zeros((2, len(thresholds), epochs, labels), np.int64)
    free = {name: np.zeros((epochs, labels)) for name in FREE}
    for epoch in range(epochs):
        for label in range(labels):
            with_it, without = _by_level(predictions.y_true[:, label], y_score[epoch, :, label])
            true, wrong = _from_top(with_it), _from_top(without)
            tp[:, epoch, label], called[:, epoch, label] = true[levels], (true + wrong)[levels]
            free["roc_auc"][epoch, label] = _area(with_it, without, wrong)
            free["average_precision"][epoch, label] = _precision_area(with_it, true, true + wrong)
    if predictions.task == "multiclass":
        tp, called = _of_the_highest(predictions.y_true, y_score)
    positives = predictions.y_true.sum(axis=0, dtype=np.int64)
    return _Found(Counts(tp=tp, fp=called - tp, fn=positives - tp, tn=n - called - positives + tp), free)


def _by_level(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Images with and without the label at each of the numbers that a float16 in 0..1 can be, two (_LEVELS,) int64."""
    levels = np.ascontiguousarray(y_score).view(np.uint16).astype(np.intp)
    without, with_it = np.bincount(levels + _LEVELS * y_true.astype(np.intp), minlength=2 * _LEVELS).reshape(2, _LEVELS)
    return with_it, without


def _from_top(counts: np.ndarray) -> np.ndarray:
    return np.cumsum(counts[::-1])[::-1]


def _area(with_it: np.ndarray, without: np.ndarray, wrong: np.ndarray) -> float:
    """ROC AUC: of all pairs, those in which the image with the label scores higher, equal scores counting one half."""
    pairs = float(with_it.sum() * wrong[0])
    below = wrong[0] - wrong
    return float((with_it * (below + without / 2)).sum()) / pairs if pairs else np.nan


def _precision_area(with_it: np.ndarray, true: np.ndarray, called: np.ndarray) -> float:
    """Average precision: precision at each score times its step in recall."""
    at = np.flatnonzero(with_it)
    return float((with_it[at] * true[at] / called[at]).sum() / true[0]) if len(at) else np.nan


def _of_the_highest(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True positives and calls of each class by the highest score, the first of equals: two (1, E, L) int64."""
    decided = np.eye(y_true.shape[1], dtype=np.int64)[y_score.argmax(axis=2)]  # (E, n, L)
    return (decided * y_true).sum(axis=1)[None], decided.sum(axis=1)[None]


def _together(name: str, counts: Counts, predictions: Predictions) -> np.ndarray:
    """(T, E) of counts (T, E, L)."""
    if name in _MICRO:
        summed = Counts(*(getattr(counts, cell).sum(axis=2) for cell in ("tp", "fp", "fn", "tn")))
        return RATES[name.removeprefix("micro_")](summed)
    if name == "accuracy" and predictions.task == "multiclass":
        return counts.tp.sum(axis=2) / predictions.n
    if name == "accuracy":
        return RATES[name](counts).mean(axis=2)
    if name == "balanced_accuracy" and predictions.task == "multiclass":
        name = "sensitivity"
    return _macro(RATES[name](counts), predictions)


def _macro(values: np.ndarray, predictions: Predictions) -> np.ndarray:
    """The last axis away: the one label, or the mean over the labels that have both classes, an undefined rate counting 0."""
    if predictions.task == "binary":
        return values[..., 0]
    positives = predictions.y_true.sum(axis=0)
    of_both = values[..., (positives > 0) & (positives < predictions.n)]
    if not of_both.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    return np.where(np.isnan(of_both).all(axis=-1), np.nan, np.nan_to_num(of_both).mean(axis=-1))


def _plain(row: np.ndarray) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in row]
