"""All curves of one label, or of the labels on average: ROC, precision-recall, calibration, net benefit. What cannot be had says why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import Counts, counts_of
from core.evaluation.curves import CalibrationCurve, PrCurve, RocCurve, calibration_curve, pr_curve, roc_curve
from core.evaluation.decisions import decisions
from core.evaluation.predictions import Predictions
from core.evaluation.rates import false_positive_rate, precision, sensitivity
from core.evaluation.utility import DecisionCurve, decision_curve

MACRO_POINTS = 201
_ROUNDING = 1e-9  # a rate that equals an x but for it has reached it


@dataclass(frozen=True, eq=False)
class MeanCurve:
    """A curve of the means `y` (k,) over `labels` at common `x` (k,); `point` is the mean (x, y) of the labels' operating points.

    Each label has a threshold of its own at an x: `lowest` and `highest` (k,) are their range, `counts` (k,) the sum over the labels.
    """

    x: np.ndarray
    y: np.ndarray
    labels: tuple[str, ...]
    point: tuple[float, float] | None
    lowest: np.ndarray
    highest: np.ndarray
    counts: Counts


@dataclass(frozen=True, eq=False)
class _Read:
    """A label's curve at x (k,): its y, and the thresholds and counts there, each (k,)."""

    y: np.ndarray
    thresholds: np.ndarray
    counts: Counts


@dataclass(frozen=True, eq=False)
class LabelCurves:
    """What can be drawn; None where `unavailable` says why, by the name of the field."""

    roc: RocCurve | MeanCurve | None
    pr: PrCurve | MeanCurve | None
    calibration: CalibrationCurve
    decision: DecisionCurve | None
    unavailable: Mapping[str, str]


def label_curves(predictions: Predictions, label: str, max_points: int) -> LabelCurves:
    """The curves of a label against the rest, each of at most `max_points`. Raises EvaluationError for a label that is not there."""
    return _drawn(*predictions.column(label), max_points)


def macro_curves(predictions: Predictions, counts: Mapping[str, Counts], max_points: int) -> LabelCurves:
    """The curves of the labels on average; `counts` are those of `operating_counts`.

    ROC: the mean sensitivity at each false positive rate, of the labels with both classes; its area is the macro ROC AUC, but for the
    spacing of MACRO_POINTS. Precision-recall alike. Calibration takes all pairs of an image and a label together. So does net benefit:
    that is the mean over the labels, at a threshold which they share.
    """
    pooled = _drawn(predictions.y_true.ravel(), predictions.y_score.ravel(), max_points)
    labels = [label for label in predictions.labels if 0 < predictions.column(label)[0].sum() < predictions.n]
    if not labels:
        return pooled
    parts = [counts[label] for label in labels]
    roc = _mean(predictions, labels, _sensitivity_at, _mean_point(parts, false_positive_rate, sensitivity))
    pr = _mean(predictions, labels, _precision_at, _mean_point(parts, sensitivity, precision))
    return LabelCurves(roc, pr, pooled.calibration, pooled.decision, pooled.unavailable)


def operating_counts(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, Counts]:
    """The counts of each label against the rest, as the run decides. Raises EvaluationError as `decisions` does."""
    called = decisions(predictions, thresholds)
    return {label: counts_of(predictions.y_true[:, place], called[:, place]) for place, label in enumerate(predictions.labels)}


def _drawn(y_true: np.ndarray, y_score: np.ndarray, max_points: int) -> LabelCurves:
    found, why = {}, {}
    for name, curve in (("roc", roc_curve), ("pr", pr_curve), ("decision", decision_curve)):
        try:
            found[name] = curve(y_true, y_score, max_points)
        except EvaluationError as error:
            found[name], why[name] = None, f"{error.found}; {error.expected}"
    return LabelCurves(found["roc"], found["pr"], calibration_curve(y_true, y_score), found["decision"], why)


def _mean(predictions: Predictions, labels: list[str], read: Callable, point: tuple[float, float] | None) -> MeanCurve:
    x = np.linspace(0, 1, MACRO_POINTS)
    if read is _sensitivity_at:
        x = np.append(-1.0, x)  # from the corner, where nothing is called positive
    found = [read(*predictions.column(label), x) for label in labels]
    thresholds = np.stack([one.thresholds for one in found])
    counts = Counts(*(np.sum([getattr(one.counts, cell) for one in found], axis=0) for cell in ("tp", "fp", "fn", "tn")))
    y = np.mean([one.y for one in found], axis=0)
    return MeanCurve(np.maximum(x, 0), y, tuple(labels), point, thresholds.min(axis=0), thresholds.max(axis=0), counts)


def _sensitivity_at(y_true: np.ndarray, y_score: np.ndarray, x: np.ndarray) -> _Read:
    """Of the ROC curve, its highest value where it is upright; the threshold is the lowest that has no higher false positive rate."""
    curve = roc_curve(y_true, y_score, max_points=None)
    reached = np.maximum(np.searchsorted(curve.false_positive_rate, x + _ROUNDING, side="right") - 1, 0)
    y = np.where(x < 0, 0.0, np.interp(x, curve.false_positive_rate, curve.sensitivity))
    return _Read(y, curve.thresholds[reached], curve.counts.at(reached))


def _precision_at(y_true: np.ndarray, y_score: np.ndarray, x: np.ndarray) -> _Read:
    """Precision at the highest threshold that reaches each recall."""
    curve = pr_curve(y_true, y_score, max_points=None)
    reached = np.minimum(np.searchsorted(curve.recall, x - _ROUNDING, side="left"), len(curve.recall) - 1)
    return _Read(curve.precision[reached], curve.thresholds[reached], curve.counts.at(reached))


def _mean_point(parts: list[Counts], x: Callable, y: Callable) -> tuple[float, float] | None:
    """None where a label has no such rate: a precision where nothing is called positive."""
    point = float(np.mean([x(one) for one in parts])), float(np.mean([y(one) for one in parts]))
    return None if np.isnan(point).any() else point
