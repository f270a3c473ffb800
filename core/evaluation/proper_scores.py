"""Losses that are least for the true probabilities: the Brier score and the log loss, image by image."""

import numpy as np


def squared_errors(y_true: np.ndarray, y_score: np.ndarray) -> np.ndarray:
    """(score - label)^2, float64 of the same shape. Its mean is the Brier score of a binary label."""
    return (y_score.astype(np.float64) - y_true) ** 2


def binary_log_losses(y_true: np.ndarray, y_score: np.ndarray) -> np.ndarray:
    """-log of the score given to the truth, float64, natural logarithm. `y_score` is the score of label 1."""
    score = _clipped(y_score)
    return -np.where(y_true == 1, np.log(score), np.log1p(-score))


def class_log_losses(y_true: np.ndarray, y_score: np.ndarray) -> np.ndarray:
    """(n,) -log of the score of the true class, from (n, L) labels and distributions."""
    return -np.log((_clipped(y_score) * y_true).sum(axis=1))


def _clipped(y_score: np.ndarray) -> np.ndarray:
    """Scores kept from 0 and 1 by the machine epsilon of their own dtype, as scikit-learn's log_loss does; then float64."""
    epsilon = np.finfo(y_score.dtype).eps
    return np.clip(y_score, epsilon, 1 - epsilon).astype(np.float64)
