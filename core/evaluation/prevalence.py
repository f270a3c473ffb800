"""What a positive and a negative answer mean where the label is rarer or commoner than in the data: Bayes' theorem."""

from math import exp, log, sqrt

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import Counts
from core.evaluation.proportion import Interval, z_of


def adjusted_ppv(sensitivity: float | np.ndarray, specificity: float | np.ndarray, prevalence: float | np.ndarray) -> np.ndarray:
    """Se p / (Se p + (1 - Sp)(1 - p)), float64 of the common shape; nan where nobody would be called positive.

    Raises EvaluationError for anything outside 0..1.
    """
    sensitivity, specificity, prevalence = _rates(sensitivity, specificity, prevalence)
    return _share(sensitivity * prevalence, (1 - specificity) * (1 - prevalence))


def adjusted_npv(sensitivity: float | np.ndarray, specificity: float | np.ndarray, prevalence: float | np.ndarray) -> np.ndarray:
    """Sp (1 - p) / (Sp (1 - p) + (1 - Se) p), float64 of the common shape; nan where nobody would be called negative."""
    sensitivity, specificity, prevalence = _rates(sensitivity, specificity, prevalence)
    return _share(specificity * (1 - prevalence), (1 - sensitivity) * prevalence)


def ppv_interval(counts: Counts, prevalence: float, level: float = 0.95) -> Interval | None:
    """`adjusted_ppv` of the counts at one threshold with its interval at a known prevalence, 0 < p < 1.

    Symmetric on the logit scale (Mercaldo, Lau and Zhou 2007, Stat Med 26:2170); where sensitivity or specificity is 0 or 1, their
    adjusted form. None where a class is absent or nobody is called positive.
    """
    hits, alarms = (counts.tp, counts.tp + counts.fn), (counts.fp, counts.fp + counts.tn)
    return _interval(hits, alarms, prevalence / (1 - prevalence), level) if _is_between(prevalence) else None


def npv_interval(counts: Counts, prevalence: float, level: float = 0.95) -> Interval | None:
    """The same of `adjusted_npv`."""
    cleared, missed = (counts.tn, counts.fp + counts.tn), (counts.fn, counts.tp + counts.fn)
    return _interval(cleared, missed, (1 - prevalence) / prevalence, level) if _is_between(prevalence) else None


def of_people(sensitivity: float, specificity: float, prevalence: float, people: int = 1000) -> Counts:
    """Of so many people, how many would be found, alarmed, missed and cleared: whole numbers that add up to `people`."""
    sensitivity, specificity, prevalence = _rates(sensitivity, specificity, prevalence)
    ill = round(people * float(prevalence))
    found, cleared = round(ill * float(sensitivity)), round((people - ill) * float(specificity))
    return Counts(tp=found, fp=people - ill - cleared, fn=ill - found, tn=cleared)


def threshold_at(threshold: float, own: float, other: float) -> float:
    """Where a threshold (0..1) for probabilities at the prevalence `other` lies among probabilities at the prevalence `own`.

    Where sensitivity and specificity stay, the odds of every image move by the ratio of the prevalences' odds (Saerens, Latinne and
    Decaestecker 2002, Neural Computation 14:21): where a label is rarer, the same decision asks for a higher score. Raises
    EvaluationError unless both prevalences lie between 0 and 1, not at them.
    """
    for value in (own, other):
        if not _is_between(value):
            raise EvaluationError(f"the prevalence is {value:g}", "it must lie between 0 and 1, not at them")
    if not 0 < threshold < 1:
        return float(threshold)
    return _odds_share(own / (1 - own) * (1 - other) / other, threshold, 1 - threshold)


def _rates(*values) -> list[np.ndarray]:
    arrays = [np.asarray(value, dtype=np.float64) for value in values]
    for name, array in zip(("sensitivity", "specificity", "prevalence"), arrays, strict=True):
        if not ((array >= 0) & (array <= 1)).all():
            raise EvaluationError(f"the {name} is {array}", "it must lie between 0 and 1")
    return arrays


def _share(right: np.ndarray, wrong: np.ndarray) -> np.ndarray:
    called = np.asarray(right + wrong)
    return np.divide(right, called, out=np.full(called.shape, np.nan), where=called > 0)


def _is_between(prevalence: float) -> bool:
    return 0 < prevalence < 1


def _interval(right: tuple[int, int], wrong: tuple[int, int], odds: float, level: float) -> Interval | None:
    """Of the share right / (right + wrong), each (called, images) within its own class; `odds` of the first class to the second."""
    if not right[1] or not wrong[1] or not right[0] + wrong[0]:
        return None
    z = z_of(level)
    value = _odds_share(odds, right[0] / right[1], wrong[0] / wrong[1])
    is_extreme = right[0] in (0, right[1]) or wrong[0] in (0, wrong[1])
    (a, n), (b, m) = ((k + z * z / 2, whole + z * z) if is_extreme else (k, whole) for k, whole in (right, wrong))
    centre = log(odds * (a / n) / (b / m))
    half = z * sqrt((1 - a / n) / a + (1 - b / m) / b)
    low, high = (1 / (1 + exp(-end)) for end in (centre - half, centre + half))
    return Interval(value, min(low, value), max(high, value), "Mercaldo")


def _odds_share(odds: float, right: float, wrong: float) -> float:
    return odds * right / (odds * right + wrong)
