"""How well scores put images with a label above images without it: no threshold, no scale.

Weights (d, n) have one row per bootstrap draw: how often each image counts. Results are (d,) float64, nan in a draw without both classes
(ROC AUC) or without a positive (average precision). Plain values are the draw in which each image counts once.

All draws share one sort. Between two scores of positives the negatives of a draw are only counted, never ranked: a sparse product adds
them up for many draws at once. That is exact, and quickest for weights that are the transpose of an (n, d) array of float32.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.evaluation.counts import last_of_ties


@dataclass(frozen=True, eq=False)
class Steps:
    """The k distinct scores that images with the label have, highest first: where a ranking metric gains.

    Weighted true and false positives, (d, k) float64, at such a score (`tp`, `fp`) and just above it (`tp_above`, `fp_above`);
    `positives` and `negatives` are (d,) totals.
    """

    tp: np.ndarray
    fp: np.ndarray
    tp_above: np.ndarray
    fp_above: np.ndarray
    positives: np.ndarray
    negatives: np.ndarray


def midranks(values: np.ndarray) -> np.ndarray:
    """Ranks 1..n of (n,) values, float64; equal values share the mean of their ranks."""
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(sizes) - (sizes - 1) / 2)[group]


def roc_auc(y_true: np.ndarray, y_score: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Area under the ROC curve by trapezoids, so that an equal pair of scores counts one half."""
    return area(steps(y_true, y_score, weights))


def average_precision(y_true: np.ndarray, y_score: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sum over thresholds of precision times the step in recall (scikit-learn's definition, without interpolation)."""
    return precision_area(steps(y_true, y_score, weights))


def mean_roc_auc(y_true: np.ndarray, y_score: np.ndarray) -> float | None:
    """The mean ROC AUC over the labels of (n, L) that have both classes; None where none has."""
    once, labels = np.ones((1, len(y_true))), np.flatnonzero(has_both(y_true))
    return float(np.mean([roc_auc(y_true[:, label], y_score[:, label], once)[0] for label in labels])) if len(labels) else None


def has_both(y_true: np.ndarray) -> np.ndarray:
    """(L,) whether there are images with a label and images without it, from (n, L)."""
    return (y_true.min(axis=0) == 0) & (y_true.max(axis=0) == 1)


def area(ranked: Steps) -> np.ndarray:
    """(d,) ROC AUC: 1 less the share of pairs in which the image without the label scores higher."""
    reversed_pairs = ((ranked.tp - ranked.tp_above) * (ranked.fp + ranked.fp_above)).sum(axis=1) / 2
    pairs = ranked.positives * ranked.negatives
    return _divided(pairs - reversed_pairs, pairs)


def precision_area(ranked: Steps) -> np.ndarray:
    """(d,) average precision."""
    called = ranked.tp + ranked.fp
    precision = np.divide(ranked.tp, called, out=np.zeros_like(called), where=called > 0)
    return _divided(((ranked.tp - ranked.tp_above) * precision).sum(axis=1), ranked.positives)


def steps(y_true: np.ndarray, y_score: np.ndarray, weights: np.ndarray, images: np.ndarray | None = None) -> Steps:
    """From (m,) labels 0/1, (m,) scores and weights (d, n) >= 0, by one sort.

    `images` (m,) says whose weight a score has, where images have several scores (all labels in one ranking); without it m is n.
    """
    order = np.argsort(-y_score)
    true = y_true[order]
    images = order if images is None else images[order]
    starts, ends, true_before = _positive_groups(true, y_score[order])
    called = _cumulated(weights, images, np.append(np.stack([starts, ends], axis=1), true.size))
    hits = _cumulated(weights, images[true == 1], np.concatenate([[0], true_before[ends], true_before[-1:]]))
    tp_above, tp = hits[:, :-2], hits[:, 1:-1]
    return Steps(
        tp=tp,
        fp=called[:, 1:-1:2] - tp,
        tp_above=tp_above,
        fp_above=called[:, 0:-1:2] - tp_above,
        positives=hits[:, -1],
        negatives=called[:, -1] - hits[:, -1],
    )


def _positive_groups(true: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First row, and row after the last, of the groups of equal scores that hold a positive; and the positives before each row."""
    true_before = np.concatenate([[0], np.cumsum(true, dtype=np.int64)])  # (n + 1,)
    ends = last_of_ties(scores) + 1
    starts = np.concatenate([[0], ends[:-1]])
    gains = true_before[ends] > true_before[starts]
    return starts[gains], ends[gains], true_before


def _cumulated(weights: np.ndarray, rows: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """(d, b) float64: the weights of the first `ends` (b,) of these rows, added up."""
    exact = weights if weights.dtype == np.float32 else weights.astype(np.float64)
    members = (np.ones(rows.size, exact.dtype), rows, np.append(0, ends))
    sums = csr_array(members, shape=(ends.size, exact.shape[1])) @ exact.T  # (b, d)
    return np.cumsum(sums.T.astype(np.float64, order="C"), axis=1)


def _divided(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
