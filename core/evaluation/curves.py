"""Curves of one label as plain arrays, ready to be drawn or shown as a table: ROC, precision-recall, histogram, reliability."""

from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.calibration_error import BINS, bins_of
from core.evaluation.counts import Counts, counts_at_every_threshold, counts_at_thresholds
from core.evaluation.proportion import wilson
from core.evaluation.rates import false_positive_rate, precision, sensitivity
from core.evaluation.thinning import thin

MAX_POINTS = 500


@dataclass(frozen=True, eq=False)
class RocCurve:
    """(k,) arrays from the highest threshold (infinity: nothing is positive) to the lowest score (everything is)."""

    false_positive_rate: np.ndarray
    sensitivity: np.ndarray
    thresholds: np.ndarray
    counts: Counts


@dataclass(frozen=True, eq=False)
class PrCurve:
    """(k,) arrays from the highest threshold to the lowest score.

    At infinity nothing is positive and precision is set to 1, as scikit-learn does. To be drawn as steps: average precision is the
    area below them.
    """

    recall: np.ndarray
    precision: np.ndarray
    thresholds: np.ndarray
    counts: Counts


@dataclass(frozen=True, eq=False)
class ScoreHistogram:
    """How many images without (`negatives`) and with the label (`positives`) lie in each of b bins between (b + 1,) `edges`."""

    edges: np.ndarray
    negatives: np.ndarray
    positives: np.ndarray


@dataclass(frozen=True, eq=False)
class CalibrationCurve:
    """(b,) arrays, one entry per bin that has images: mean score, share of positives with its Wilson interval, number of images.

    `thresholds` are the lower edges of the bins, and `counts` those at them.
    """

    mean_score: np.ndarray
    positive_share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    images: np.ndarray
    thresholds: np.ndarray
    counts: Counts


def roc_curve(y_true: np.ndarray, y_score: np.ndarray, max_points: int | None = MAX_POINTS) -> RocCurve:
    """ROC curve of (n,) labels and scores, thinned to `max_points`, or whole for None.

    Raises EvaluationError unless both classes are there.
    """
    _need(y_true, both=True)
    thresholds, counts = counts_at_every_threshold(y_true, y_score)
    kept = _kept(false_positive_rate(counts), sensitivity(counts), max_points)
    counts = counts.at(kept)
    return RocCurve(false_positive_rate(counts), sensitivity(counts), thresholds[kept], counts)


def pr_curve(y_true: np.ndarray, y_score: np.ndarray, max_points: int | None = MAX_POINTS) -> PrCurve:
    """Precision-recall curve, thinned to `max_points`, or whole for None. Raises EvaluationError where no image has the label."""
    _need(y_true, both=False)
    thresholds, counts = counts_at_every_threshold(y_true, y_score)
    share = precision(counts)
    share[0] = 1.0
    recall = sensitivity(counts)
    kept = _kept(recall, share, max_points)
    return PrCurve(recall[kept], share[kept], thresholds[kept], counts.at(kept))


def score_histogram(y_true: np.ndarray, y_score: np.ndarray, bins: int = 20) -> ScoreHistogram:
    """Counts per class in bins of equal width over 0..1, each with its lower edge in the precision of the scores; the last with 1.0 too."""
    edges = np.linspace(0, 1, bins + 1)
    y_true, y_score = np.asarray(y_true), np.asarray(y_score)
    negatives, positives = (np.histogram(y_score[y_true == value], edges.astype(y_score.dtype))[0] for value in (0, 1))
    return ScoreHistogram(edges, negatives, positives)


def calibration_curve(y_true: np.ndarray, y_score: np.ndarray, bins: int = BINS) -> CalibrationCurve:
    """Reliability of the scores in the bins of the calibration error; empty bins are left out."""
    y_true, y_score = np.asarray(y_true), np.asarray(y_score)
    group = bins_of(y_score, bins)
    images, positives, total = (np.bincount(group, weights, minlength=bins) for weights in (None, y_true, y_score.astype(np.float64)))
    full = images > 0
    images, positives, total = images[full], positives[full], total[full]
    low, high = np.array([wilson(int(k), int(n)) for k, n in zip(positives, images, strict=True)]).T
    thresholds = np.flatnonzero(full) / bins
    counts = counts_at_thresholds(y_true, y_score, thresholds)
    return CalibrationCurve(total / images, positives / images, low, high, images, thresholds, counts)


def _kept(x: np.ndarray, y: np.ndarray, max_points: int | None) -> np.ndarray:
    return np.arange(x.size) if max_points is None else thin(x, y, max_points)


def _need(y_true: np.ndarray, both: bool):
    positives = int(np.sum(y_true))
    if positives == 0:
        raise EvaluationError("no image has the label", "a curve needs at least one")
    if both and positives == np.size(y_true):
        raise EvaluationError("every image has the label", "a ROC curve needs images without it")
