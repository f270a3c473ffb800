"""Is one run better than another on the same images, or is the difference noise?

DeLong's test for ROC AUC, McNemar's for decisions, the paired bootstrap for every other metric, Holm's adjustment for many pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from core.errors import EvaluationError
from core.evaluation.bootstrap import DUST, ENOUGH_DRAWS
from core.evaluation.delong import Components, components, covariance, covariance_of, influence, units_of
from core.evaluation.proportion import z_of

FEWEST = 5  # images, or patients, of a class; with fewer a true difference of 0 is called one far too often
_COUNTED = 10  # draws beyond 0; a p-value that rests on fewer is taken from the normal distribution
_LEAST_P = 1e-6


@dataclass(frozen=True)
class Difference:
    """A metric of the first minus that of the second, its interval and the two-sided p-value."""

    difference: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, eq=False)
class MeanAuc:
    """The mean ROC AUC over the labels that have both classes, and the influence (n,) of each image on it."""

    roc_auc: float
    influence: np.ndarray


@dataclass(frozen=True)
class McNemar:
    """Images that only the first, and only the second, decides rightly; two-sided p-value."""

    only_first: int
    only_second: int
    p_value: float


def delong_test(
    y_true: np.ndarray, first: np.ndarray, second: np.ndarray, level: float = 0.95, patients: np.ndarray | None = None
) -> Difference:
    """Paired test of two scorings (n,) of the same images (DeLong 1988); `patients` (n,) only where they repeat.

    Scorings that order the images alike differ by 0 with p = 1. Raises EvaluationError where a class has fewer than FEWEST images, or is
    of fewer patients, or where two different areas both have no variance (a perfect run beside a constant one).
    """
    return delong_difference(components(y_true, np.asarray(first)[None]), components(y_true, np.asarray(second)[None]), level, patients)


def delong_difference(first: Components, second: Components, level: float = 0.95, patients: np.ndarray | None = None) -> Difference:
    """The same from the components of one scoring each, of the same images with both classes."""
    _need_enough(first.y_true, patients)
    gap = Components(first.roc_auc - second.roc_auc, first.placement - second.placement, first.y_true)
    return _tested(float(gap.roc_auc[0]), float(covariance(gap, patients)[0, 0]), level)


def macro_difference(first: MeanAuc, second: MeanAuc, level: float = 0.95, patients: np.ndarray | None = None) -> Difference:
    """The same for the mean ROC AUC over the labels that have both classes.

    An image's influence on the mean is the mean of its influences on the labels, so that what the labels have in common counts.
    """
    variance = covariance_of((first.influence - second.influence)[None], patients)[0, 0]
    return _tested(first.roc_auc - second.roc_auc, float(variance), level)


def mean_auc(y_true: np.ndarray, y_score: np.ndarray, patients: np.ndarray | None = None) -> MeanAuc:
    """From (n, L) labels and scores; `patients` (n,) only where they repeat.

    Raises EvaluationError where no label has both classes, or a label that has both has fewer than FEWEST images, or patients, of one.
    """
    tested = [column for column in range(y_true.shape[1]) if 0 < y_true[:, column].sum() < len(y_true)]
    if not tested:
        raise EvaluationError("no label has images with and without it", "ROC AUC needs both")
    total, moved = 0.0, np.zeros(len(y_true))
    for column in tested:
        parts = components(y_true[:, column], y_score[:, column][None])
        _need_enough(parts.y_true, patients)
        total += float(parts.roc_auc[0])
        moved += influence(parts, patients)[0]
    return MeanAuc(total / len(tested), moved / len(tested))


def paired_bootstrap(difference: float, first: np.ndarray, second: np.ndarray, level: float = 0.95) -> Difference:
    """Of a metric's draws (d,) for two runs, where a draw has the same images for both; nan where a draw has no value.

    The interval is the middle `level` of the differences. The p-value inverts it: twice the share of draws on the far side of 0 (on 0
    or beyond). Where fewer than ten draws lie there it is that of the normal distribution with the draws' standard deviation, so that many
    pairs can be told apart; at most twice the share of ten, and at least 1e-6, since draws say nothing of rarer cases. Raises
    EvaluationError where fewer than half the draws have a value, or all have the same difference, which is not 0.
    """
    gaps = first - second
    gaps = gaps[~np.isnan(gaps)]
    if gaps.size < ENOUGH_DRAWS * first.size:
        raise EvaluationError("most bootstrap draws have no value", "more images are needed")
    spread = float(gaps.std())
    if spread < DUST:
        if abs(difference) < DUST:
            return Difference(0.0, 0.0, 0.0, 1.0)
        raise EvaluationError("all bootstrap draws have the same difference", "they do not show how uncertain it is")
    low, high = np.quantile(gaps, [(1 - level) / 2, (1 + level) / 2])
    return Difference(difference, float(low), float(high), _bootstrap_p(difference, gaps, spread))


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


def _tested(difference: float, variance: float, level: float) -> Difference:
    if variance == 0 and difference == 0:
        return Difference(0.0, 0.0, 0.0, 1.0)
    if not variance > 0:
        raise EvaluationError("the difference in ROC AUC has no variance", "DeLong's test needs scores that overlap between the classes")
    half = z_of(level) * sqrt(variance)
    p_value = erfc(abs(difference) / sqrt(2 * variance))
    return Difference(difference, max(-1.0, difference - half), min(1.0, difference + half), p_value)


def _bootstrap_p(difference: float, gaps: np.ndarray, spread: float) -> float:
    beyond = min(int((gaps <= 0).sum()), int((gaps >= 0).sum()))
    if beyond >= _COUNTED:
        return min(1.0, 2 * beyond / gaps.size)
    return min(2 * _COUNTED / gaps.size, max(_LEAST_P, erfc(abs(difference) / (sqrt(2) * spread))))


def _need_enough(y_true: np.ndarray, patients: np.ndarray | None):
    unit = "images" if patients is None else "patients"
    for of, words in ((y_true, "with"), (~y_true, "without")):
        if (found := units_of(of, patients)) < FEWEST:
            raise EvaluationError(
                f"there are {found} {unit} {words} a label", f"DeLong's test needs {FEWEST} with and {FEWEST} without each"
            )


def _binomial_p(fewer: int, n: int, mid_p: bool) -> float:
    """Two-sided p-value of `fewer` heads, or as few tails, in n tosses of a fair coin."""
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    heads = np.arange(fewer + 1)
    terms = np.exp(log_factorial[n] - log_factorial[heads] - log_factorial[n - heads] - n * np.log(2))
    observed = float(terms[-1]) if mid_p else 0.0
    return min(1.0, 2 * float(terms.sum()) - observed)
