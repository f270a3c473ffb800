"""What decisions are worth: net benefit and decision curves, and what a miss costs beside a false alarm."""

from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import Counts, counts_at_thresholds
from core.evaluation.thinning import thin

MAX_POINTS = 500
_STEPS = 1000  # thresholds are thousandths, from 0 up to
_LAST = 990  # where the odds are 99: above it a few false alarms weigh more than everything else


@dataclass(frozen=True, eq=False)
class DecisionCurve:
    """(k,) arrays over rising thresholds: the net benefit of the scores, of treating all, and of treating none (which is 0)."""

    thresholds: np.ndarray
    net_benefit: np.ndarray
    treat_all: np.ndarray
    treat_none: np.ndarray
    counts: Counts


def net_benefit(counts: Counts, threshold: float | np.ndarray) -> np.ndarray:
    """TP / n - FP / n * t / (1 - t), float64 of the shape of counts and thresholds (Vickers and Elkin 2006, Med Decis Making 26:565).

    In true positives per image: .05 is worth as much as finding 5 of 100 images without any false alarm. Raises EvaluationError
    unless 0 <= threshold < 1.
    """
    threshold = np.asarray(threshold, dtype=np.float64)
    if not ((threshold >= 0) & (threshold < 1)).all():
        raise EvaluationError("net benefit was asked for at a threshold outside 0 to 1, or at 1", "at 1 a false alarm costs without end")
    images = _images(counts)
    return counts.tp / images - counts.fp / images * (threshold / (1 - threshold))


def decision_curve(y_true: np.ndarray, y_score: np.ndarray, max_points: int = MAX_POINTS) -> DecisionCurve:
    """Net benefit at thresholds from 0 to 0.99 by thousandths, thinned to `max_points` (>= 4), from one sort of (n,) scores.

    It reads a threshold as the least probability at which one would act, so scores should be calibrated. Raises EvaluationError
    unless images with and without the label are there.
    """
    positives = int(np.sum(y_true))
    if positives in (0, np.size(y_true)):
        found = "no image has the label" if positives == 0 else "every image has the label"
        raise EvaluationError(found, "a decision curve needs images with and without it")
    thresholds = np.arange(_LAST + 1) / _STEPS
    counts = counts_at_thresholds(y_true, y_score, thresholds)
    benefit, treat_all = net_benefit(counts, thresholds), _treat_all(counts, thresholds)
    share = positives / np.size(y_true)
    kept = np.union1d(_thinned(thresholds, benefit / share, max_points // 2), _thinned(thresholds, treat_all / share, max_points // 2))
    return DecisionCurve(thresholds[kept], benefit[kept], treat_all[kept], np.zeros(kept.size), counts.at(kept))


def cost_threshold(false_alarms_per_miss: float) -> float:
    """Where calibrated scores cost least if 1 missed case costs as much as N false alarms: t* = 1 / (1 + N).

    Raises EvaluationError unless N is a number above 0.
    """
    return 1 / (1 + _checked(false_alarms_per_miss))


def expected_cost(counts: Counts, false_alarms_per_miss: float) -> np.ndarray:
    """(N * FN + FP) / n: the mean cost of an image, where a false alarm costs 1 and a miss N. Raises as `cost_threshold`."""
    return (_checked(false_alarms_per_miss) * counts.fn + counts.fp) / _images(counts)


def _treat_all(counts: Counts, thresholds: np.ndarray) -> np.ndarray:
    return net_benefit(Counts(counts.tp + counts.fn, counts.fp + counts.tn, 0, 0), thresholds)


def _thinned(thresholds: np.ndarray, benefit: np.ndarray, max_points: int) -> np.ndarray:
    """Far below 0 nobody looks: there a curve may be coarse."""
    return thin(thresholds, np.clip(benefit, -1, 1), max_points)


def _images(counts: Counts) -> np.ndarray:
    images = np.asarray(counts.tp + counts.fp + counts.fn + counts.tn, dtype=np.float64)
    if not (images > 0).all():
        raise EvaluationError("there is no image", "at least one is needed")
    return images


def _checked(false_alarms_per_miss: float) -> float:
    if not 0 < false_alarms_per_miss < np.inf:
        raise EvaluationError(f"a miss costs as much as {false_alarms_per_miss} false alarms", "it must be a number above 0")
    return float(false_alarms_per_miss)
