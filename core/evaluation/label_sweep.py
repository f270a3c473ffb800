"""Every label at many thresholds at once, with its ROC AUC and average precision, from one sort of its scores."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.evaluation.counts import Counts, last_of_ties
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES


@dataclass(frozen=True, eq=False)
class LabelSweep:
    """L labels against the rest at (t,) thresholds, `score >= threshold` being positive, in multi-class tasks too.

    `counts` are (L, t) int64, `metrics` {name of RATES: (L, t) float64}. `roc_auc` and `average_precision` (L,) need no threshold.
    nan where a metric has nothing to divide by.
    """

    thresholds: np.ndarray
    counts: Counts
    metrics: dict[str, np.ndarray]
    roc_auc: np.ndarray
    average_precision: np.ndarray


@dataclass(frozen=True, eq=False)
class _Column:
    """One label: (n,) scores from the lowest to the highest, and (n + 1,) how many images before each place have the label."""

    scores: np.ndarray
    true_before: np.ndarray

    def counts(self, thresholds: np.ndarray) -> Counts:
        """(t,) int64. A threshold is compared in the precision of the scores."""
        below = np.searchsorted(self.scores, thresholds.astype(self.scores.dtype), side="left")
        fn, positives = self.true_before[below], self.true_before[-1]
        return Counts(tp=positives - fn, fp=self.scores.size - below - (positives - fn), fn=fn, tn=below - fn)

    def areas(self) -> tuple[float, float]:
        """ROC AUC, from whole numbers alone, and average precision; nan where they cannot be had."""
        places = np.append(0, last_of_ties(self.scores) + 1)  # where each group of equal scores begins, and n
        fn, n, positives = self.true_before[places], self.scores.size, int(self.true_before[-1])
        gained, below = np.diff(fn), places - fn
        pairs, hits = positives * (n - positives), positives - fn[:-1]
        in_order = int((gained * (below[:-1] + below[1:])).sum())  # twice the pairs in order; equal scores count half
        precision = (gained * (hits / (n - places[:-1]))).sum()
        return in_order / (2 * pairs) if pairs else np.nan, precision / positives if positives else np.nan


def sweep_labels(predictions: Predictions, thresholds: np.ndarray) -> LabelSweep:
    """All labels of predictions at thresholds (t,) in any order."""
    thresholds = np.asarray(thresholds, dtype=np.float64)
    columns = list(_columns(predictions))
    found = [column.counts(thresholds) for column in columns]
    counts = Counts(*(np.stack([getattr(one, cell) for one in found]) for cell in ("tp", "fp", "fn", "tn")))
    roc_auc, average_precision = np.array([column.areas() for column in columns]).T
    return LabelSweep(thresholds, counts, {name: rate(counts) for name, rate in RATES.items()}, roc_auc, average_precision)


def _columns(predictions: Predictions) -> Iterator[_Column]:
    """Scores and truth are sorted as one whole number each: bits of a float32 from 0 to 1 are in the order of the numbers."""
    bits = (predictions.y_score.T + np.float32(0)).view(np.uint32)  # a minus zero becomes zero
    for keys in np.sort(2 * bits + predictions.y_true.T, axis=1):
        yield _Column((keys >> 1).view(np.float32), np.append(0, np.cumsum(keys & 1, dtype=np.int64)))
