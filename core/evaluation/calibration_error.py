"""The expected calibration error: how far scores lie from the shares of positives, bin by bin.

Ten bins of equal width over 0..1, each with its lower edge and without its upper one; the last has both. Naeini and others (2015);
of the highest of several scores Guo and others (2017). Edges are float64, as netcal has them: the float32 nearest to 0.7 or 0.9 lies just
below its edge.
"""

import numpy as np
from scipy.sparse import csr_array

BINS = 10


def bins_of(y_score: np.ndarray, bins: int = BINS) -> np.ndarray:
    """The bin 0..bins - 1 of each score, int64 of the same shape."""
    return np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], y_score.astype(np.float64), side="right")


def binned_gaps(y_true: np.ndarray, y_score: np.ndarray) -> csr_array:
    """(m * BINS, n) float64 of (n, m) labels and scores: truth less score of each image, in the row of its label and bin.

    A bin's weighted sum is its weight times the gap between its share of positives and its mean score, so the error is the sum of
    the absolute sums over a label's bins, divided by the total weight.
    """
    n, labels = y_score.shape
    rows = bins_of(y_score) + BINS * np.arange(labels)
    images = np.broadcast_to(np.arange(n)[:, None], rows.shape)
    gaps = y_true - y_score.astype(np.float64)
    return csr_array((gaps.ravel(), (rows.ravel(), images.ravel())), shape=(labels * BINS, n))
