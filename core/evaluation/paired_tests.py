"""Is one run better than another on the same images, or is the difference noise?

DeLong's test for ROC AUC, McNemar's for decisions, Holm's adjustment for many pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist

import numpy as np

from core.errors import EvaluationError
from core.evaluation.delong import Components, clustered_covariance, components, covariance, influence


@dataclass(frozen=True)
class AucDifference:
    """ROC AUC of the first minus that of the second, its interval (within -1..1) and the two-sided p-value."""

    difference: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class McNemar:
    """Images that only the first, and only the second, decides rightly; two-sided p-value."""

    only_first: int
    only_second: int
    p_value: float


def delong_test(
    y_true: np.ndarray, first: np.ndarray, second: np.ndarray, level: float = 0.95, patients: np.ndarray | None = None
) -> AucDifference:
    """Paired test of two scorings (n,) of the same images (DeLong 1988); `patients` (n,) only where they repeat.

    Scorings that order the images alike differ by 0 with p = 1. Raises EvaluationError where a class has fewer than two images, or is
    of fewer than two patients, or where two different areas both have no variance (a perfect run beside a constant one).
    """
    _need_two_of_each(y_true, patients)
    parts = components(y_true, np.stack([first, second]))
    gap = Components(parts.roc_auc[:1] - parts.roc_auc[1:], parts.placement[:1] - parts.placement[1:], parts.y_true)
    return _tested(float(gap.roc_auc[0]), float(covariance(gap, patients)[0, 0]), level)


def macro_delong_test(
    y_true: np.ndarray, first: np.ndarray, second: np.ndarray, level: float = 0.95, patients: np.ndarray | None = None
) -> AucDifference:
    """The same for the mean ROC AUC over the labels that have both classes; labels and scores are (n, L).

    An image's influence on the mean is the mean of its influences on the labels, so that what the labels have in common counts.
    Raises EvaluationError as `delong_test`, and where no label has both classes.
    """
    tested = [column for column in range(y_true.shape[1]) if 0 < y_true[:, column].sum() < len(y_true)]
    if not tested:
        raise EvaluationError("no label has images with and without it", "ROC AUC needs both")
    parts = [components(y_true[:, column], np.stack([first[:, column], second[:, column]])) for column in tested]
    mean_auc = np.mean([part.roc_auc for part in parts], axis=0)
    moved = np.mean([influence(part) for part in parts], axis=0)  # (2, n)
    units = np.arange(len(y_true)) if patients is None else patients
    variance = clustered_covariance(moved[:1] - moved[1:], units)[0, 0]
    return _tested(float(mean_auc[0] - mean_auc[1]), float(variance), level)


def mcnemar(first_right: np.ndarray, second_right: np.ndarray, mid_p: bool = True) -> McNemar:
    """McNemar's test on (n,) bool: which decisions of two runs are right.

    Exact binomial on the images where they disagree; mid-p takes half the probability of the observed table off, which is nearer to
    the nominal level (Fagerland, Lydersen and Laake 2013). Without a disagreement p is 1. It takes images as independent.
    """
    first_right, second_right = np.asarray(first_right, dtype=bool), np.asarray(second_right, dtype=bool)
    only_first, only_second = int((first_right & ~second_right).sum()), int((second_right & ~first_right).sum())
    return McNemar(only_first, only_second, _binomial_p(min(only_first, only_second), only_first + only_second, mid_p))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's (1979) adjusted p-values in the same order; None stays None and does not count as a test."""
    known = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted, highest = [None] * len(p_values), 0.0
    for rank, (p, index) in enumerate(known):
        highest = max(highest, min(1.0, (len(known) - rank) * p))
        adjusted[index] = highest
    return adjusted


def _tested(difference: float, variance: float, level: float) -> AucDifference:
    if variance == 0 and difference == 0:
        return AucDifference(0.0, 0.0, 0.0, 1.0)
    if not variance > 0:
        raise EvaluationError("the difference in ROC AUC has no variance", "DeLong's test needs scores that overlap between the classes")
    half = NormalDist().inv_cdf((1 + level) / 2) * sqrt(variance)
    p_value = erfc(abs(difference) / sqrt(2 * variance))
    return AucDifference(difference, max(-1.0, difference - half), min(1.0, difference + half), p_value)


def _need_two_of_each(y_true: np.ndarray, patients: np.ndarray | None):
    unit = "images" if patients is None else "patients"
    units = np.arange(len(y_true)) if patients is None else patients
    if min(len(np.unique(units[y_true == value])) for value in (0, 1)) < 2:
        raise EvaluationError(f"a class has fewer than two {unit}", "DeLong's test needs two with and two without the label")


def _binomial_p(fewer: int, n: int, mid_p: bool) -> float:
    """Two-sided p-value of `fewer` heads, or as few tails, in n tosses of a fair coin."""
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    heads = np.arange(fewer + 1)
    terms = np.exp(log_factorial[n] - log_factorial[heads] - log_factorial[n - heads] - n * np.log(2))
    observed = float(terms[-1]) if mid_p else 0.0
    return min(1.0, 2 * float(terms.sum()) - observed)
