"""Several models as one: the mean of their scores."""

from collections.abc import Sequence

import numpy as np


def mean_scores(y_scores: Sequence[np.ndarray]) -> np.ndarray:
    """The mean, float32 of the members' shape, of scores float32 of one shape; added up in float64."""
    return np.mean(y_scores, axis=0, dtype=np.float64).astype(np.float32)
