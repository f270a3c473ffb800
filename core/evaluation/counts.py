"""True and false positives and negatives, at one threshold or at every one. Positive is `score >= threshold`.

A threshold is compared in the precision of the scores: a score that is float32(0.9) reaches the threshold 0.9.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Counts:
    """The cells of a 2 x 2 table: int, or arrays of one shape (float64 where images are weighted)."""

    tp: int | np.ndarray
    fp: int | np.ndarray
    fn: int | np.ndarray
    tn: int | np.ndarray

    def at(self, index) -> "Counts":
        """The counts at some of the thresholds: any numpy index into the arrays."""
        return Counts(self.tp[index], self.fp[index], self.fn[index], self.tn[index])


def is_positive(y_score: np.ndarray, threshold: float | np.ndarray) -> np.ndarray:
    """`y_score >= threshold` in the dtype of the scores: bool, of the shape that both broadcast to."""
    y_score = np.asarray(y_score)
    return y_score >= np.asarray(threshold, dtype=y_score.dtype)


def counts_at(y_true: np.ndarray, y_score: np.ndarray, threshold: float) -> Counts:
    """Four ints at one threshold, from (n,) labels 0/1 and (n,) scores."""
    return counts_of(y_true, is_positive(y_score, threshold))


def counts_of(y_true: np.ndarray, decision: np.ndarray) -> Counts:
    """Four ints from (n,) labels and (n,) decisions, both 0/1 or bool."""
    true, decided = np.asarray(y_true, dtype=bool), np.asarray(decision, dtype=bool)
    tp, positives, called = int((true & decided).sum()), int(true.sum()), int(decided.sum())
    return Counts(tp=tp, fp=called - tp, fn=positives - tp, tn=true.size - positives - called + tp)


def counts_at_thresholds(y_true: np.ndarray, y_score: np.ndarray, thresholds: np.ndarray) -> Counts:
    """Counts (t,) int64 at t given thresholds, from one sort of the scores."""
    y_score = np.asarray(y_score)
    order = np.argsort(y_score)
    below = np.searchsorted(y_score[order], np.asarray(thresholds, dtype=y_score.dtype), side="left")
    fn_before = np.concatenate([[0], np.cumsum(np.asarray(y_true)[order], dtype=np.int64)])  # (n + 1,)
    fn = fn_before[below]
    positives, n = fn_before[-1], y_score.size
    return Counts(tp=positives - fn, fp=n - below - (positives - fn), fn=fn, tn=below - fn)


def counts_at_every_threshold(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, Counts]:
    """Every distinct score as a threshold, from the highest to the lowest, and the counts there, from one sort.

    Returns (k + 1,) thresholds of the scores' dtype and counts of that length for k distinct scores. The first threshold is
    infinity: nothing is positive.
    """
    y_score = np.asarray(y_score)
    order = np.argsort(-y_score, kind="stable")
    ends = last_of_ties(y_score[order])
    tp = np.concatenate([[0], np.cumsum(np.asarray(y_true)[order], dtype=np.int64)[ends]])
    called = np.concatenate([[0], ends + 1])
    thresholds = np.concatenate([np.array([np.inf], dtype=y_score.dtype), y_score[order][ends]])
    positives, negatives = tp[-1], y_score.size - tp[-1]
    return thresholds, Counts(tp=tp, fp=called - tp, fn=positives - tp, tn=negatives - (called - tp))


def last_of_ties(sorted_scores: np.ndarray) -> np.ndarray:
    """Indices of the last of each group of equal scores, ascending; the scores must be sorted."""
    return np.flatnonzero(np.append(sorted_scores[1:] != sorted_scores[:-1], True))
