"""Metrics that follow from the four counts alone. Each takes Counts of any shape and gives float64 of that shape.

Where a rate has nothing to divide by (no positive image, none called positive, ...) it is nan; whoever shows it makes that None.
"""

import numpy as np

from core.evaluation.counts import Counts


def sensitivity(counts: Counts) -> np.ndarray:
    """TP / (TP + FN)."""
    return _ratio(counts.tp, counts.tp + counts.fn)


def specificity(counts: Counts) -> np.ndarray:
    """TN / (TN + FP)."""
    return _ratio(counts.tn, counts.tn + counts.fp)


def false_positive_rate(counts: Counts) -> np.ndarray:
    """FP / (FP + TN), which is 1 - specificity."""
    return _ratio(counts.fp, counts.fp + counts.tn)


def precision(counts: Counts) -> np.ndarray:
    """TP / (TP + FP)."""
    return _ratio(counts.tp, counts.tp + counts.fp)


def npv(counts: Counts) -> np.ndarray:
    """TN / (TN + FN)."""
    return _ratio(counts.tn, counts.tn + counts.fn)


def accuracy(counts: Counts) -> np.ndarray:
    """(TP + TN) / n."""
    return _ratio(counts.tp + counts.tn, counts.tp + counts.fp + counts.fn + counts.tn)


def balanced_accuracy(counts: Counts) -> np.ndarray:
    """(sensitivity + specificity) / 2."""
    return (sensitivity(counts) + specificity(counts)) / 2


def f1(counts: Counts) -> np.ndarray:
    """2 TP / (2 TP + FP + FN)."""
    return _ratio(2 * counts.tp, 2 * counts.tp + counts.fp + counts.fn)


def mcc(counts: Counts) -> np.ndarray:
    """Matthews correlation (TP TN - FP FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN)), -1..1 (Matthews 1975)."""
    tp, fp, fn, tn = (np.asarray(cell, dtype=np.float64) for cell in (counts.tp, counts.fp, counts.fn, counts.tn))
    return _ratio(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))


def youden(counts: Counts) -> np.ndarray:
    """Sensitivity + specificity - 1, -1..1 (Youden 1950)."""
    return sensitivity(counts) + specificity(counts) - 1


def decision_roc_auc(counts: Counts) -> np.ndarray:
    """The area under the ROC curve of the decisions, 0 or 1, taken as scores.

    That curve has one corner, and the area below it is (sensitivity + specificity) / 2: the balanced accuracy.
    """
    return balanced_accuracy(counts)


def flagged(counts: Counts) -> np.ndarray:
    """(TP + FP) / n: the share called positive, which is no merit and so none of RATES."""
    return _ratio(counts.tp + counts.fp, counts.tp + counts.fp + counts.fn + counts.tn)


RATES = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "sensitivity": sensitivity,
    "specificity": specificity,
    "precision": precision,
    "npv": npv,
    "f1": f1,
    "mcc": mcc,
    "youden": youden,
    "decision_roc_auc": decision_roc_auc,
}


def _ratio(part, whole) -> np.ndarray:
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
