"""What training makes small, and how the outputs of a network become scores."""

import numpy as np
import torch
from torch.nn import functional


def class_weights(y: np.ndarray, task: str, class_weight: str) -> torch.Tensor | None:
    """Weights that make rare classes count as much as common ones, (L,), or None for none.

    Multi-class: n / (L * n_class) per class. Otherwise: negatives / positives, the weight of a positive, per label.
    """
    if class_weight == "none":
        return None
    positives = np.maximum(y.sum(axis=0), 1).astype(np.float32)
    weights = len(y) / (y.shape[1] * positives) if task == "multiclass" else (len(y) - positives) / positives
    return torch.from_numpy(np.clip(weights, 0.05, 20).astype(np.float32))


def loss(logits: torch.Tensor, y: torch.Tensor, task: str, weights: torch.Tensor | None = None) -> torch.Tensor:
    """Mean cross-entropy: over classes for a multi-class task, over each label's two outcomes otherwise.

    Parameters
    ----------
    logits : float (B, L). y : float (B, L), 0 or 1. weights : as `class_weights` gives them.
    """
    if task == "multiclass":
        return functional.cross_entropy(logits.float(), y, weight=weights)
    return functional.binary_cross_entropy_with_logits(logits.float(), y, pos_weight=weights)


def scores(logits: torch.Tensor, task: str) -> torch.Tensor:
    """Scores in 0..1, float32 (B, L): softmax for a multi-class task, sigmoid otherwise."""
    return logits.float().softmax(dim=1) if task == "multiclass" else logits.float().sigmoid()
