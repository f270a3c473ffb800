"""Which threshold a rule takes, from the counts at every candidate: once for the data as they are, or for many bootstrap draws at once.

Candidates are the scores themselves from the highest to the lowest, and before them silence: the next float32 above all scores.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.evaluation.counts import Counts
from core.evaluation.rates import f1, flagged, sensitivity, specificity
from core.evaluation.threshold_rules import Rule

Merit = Callable[[Rule, Counts], np.ndarray]


@dataclass(frozen=True, eq=False)
class Picked:
    """Index of the candidate in each draw, int of the counts' shape but the last axis, and whether it does what the rule promises."""

    index: np.ndarray
    keeps: np.ndarray


def pick(rule: Rule, counts: Counts) -> Picked:
    """Apply a rule that needs data to Counts (..., 1 + k): silence first, then k candidates; labels with both classes."""
    if rule.name in _FIRST:
        return _first_that_keeps(_FIRST[rule.name](rule, counts), silent=False)
    if rule.name in _LAST:
        return _last_that_keeps(_LAST[rule.name](rule, counts))
    if rule.name == "both":
        keeps = (sensitivity(counts) >= rule.value) & (specificity(counts) >= rule.specificity)
        return _best(np.where(keeps, _youden(counts), -np.inf), silent=False, keeps=keeps)
    return _best(_MERITS[rule.name](rule, counts), silent=rule.name == "cost")


def said(rule: Rule, index: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """The threshold of each index. Where silence costs least but cannot be said in 0..1, the highest score, which comes nearest."""
    return thresholds[np.where((thresholds[index] > 1) & (rule.name == "cost"), 1, index)]


def _first_that_keeps(keeps: np.ndarray, silent: bool) -> Picked:
    """The highest threshold that does it."""
    start = 0 if silent else 1
    found = keeps[..., start:]
    return Picked(found.argmax(axis=-1) + start, found.any(axis=-1))


def _last_that_keeps(keeps: np.ndarray) -> Picked:
    """The lowest threshold that does it; silence always does."""
    return Picked(keeps.shape[-1] - 1 - keeps[..., ::-1].argmax(axis=-1), keeps.any(axis=-1))


def _best(merit: np.ndarray, silent: bool, keeps: np.ndarray | None = None) -> Picked:
    """The highest of equally good thresholds."""
    start = 0 if silent else 1
    index = merit[..., start:].argmax(axis=-1) + start
    kept = np.ones(index.shape, bool) if keeps is None else keeps[..., start:].any(axis=-1)
    return Picked(index, kept)


def _youden(counts: Counts) -> np.ndarray:
    """Youden's J times both class sizes, in whole numbers, so that equal is equal."""
    return counts.tp * (counts.fp + counts.tn) - counts.fp * (counts.tp + counts.fn)


def _minus_gap(counts: Counts) -> np.ndarray:
    """Minus how far the number of images called positive is from the number that are."""
    return -np.abs(counts.fp - counts.fn)


_FIRST = {"sensitivity": lambda rule, counts: sensitivity(counts) >= rule.value}
_LAST = {
    "specificity": lambda rule, counts: specificity(counts) >= rule.value,
    "flagged": lambda rule, counts: flagged(counts) <= rule.value,
}
_MERITS: dict[str, Merit] = {
    "youden": lambda rule, counts: _youden(counts),
    "f1": lambda rule, counts: np.nan_to_num(f1(counts)),
    "cost": lambda rule, counts: -(rule.value * counts.fn + counts.fp),
    "prevalence": lambda rule, counts: _minus_gap(counts),
}
