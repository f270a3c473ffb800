"""Scores on the scale on which they can be stretched and shifted."""

import numpy as np
from scipy.special import logit

EPSILON = float(np.finfo(np.float32).eps)  # scores nearer to 0 or 1 count as this near, as in the log loss


def clipped(y_score: np.ndarray) -> np.ndarray:
    """Scores of any shape as float64, none nearer to 0 or 1 than EPSILON."""
    return np.clip(y_score.astype(np.float64), EPSILON, 1 - EPSILON)


def logits_of(y_score: np.ndarray) -> np.ndarray:
    """The logits of clipped scores, float64 of the same shape."""
    return logit(clipped(y_score))
