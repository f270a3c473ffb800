"""What training makes small, and how the outputs of a network become scores."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.recipe import Training

_SMALLEST_DOUBT = 1e-6  # below it focal loss takes an image as certain: a power of 0 has no gradient
_SMALLEST_COUNT = 1e-7  # keeps F1 defined where a batch has nothing of a label
_WITH_KERNELS = (nn.modules.conv._ConvNd, nn.Linear, nn.RNNBase)


def class_weights(y: np.ndarray, task: str, class_weight: str) -> torch.Tensor | None:
    """Weights that make rare classes count as much as common ones, (L,), or None for none.

    Multi-class: n / (L * n_class) per class. Otherwise: negatives / positives, the weight of a positive, per label. None is below .05 or
    above 20, so that a few images do not outweigh a batch: classes rarer than that count for less.
    """
    if class_weight == "none":
        return None
    positives = np.maximum(y.sum(axis=0), 1).astype(np.float32)
    weights = len(y) / (y.shape[1] * positives) if task == "multiclass" else (len(y) - positives) / positives
    return torch.from_numpy(np.clip(weights, 0.05, 20).astype(np.float32))


@dataclass(frozen=True, eq=False)
class Objective:
    """The loss of a batch by the settings of a training; `weights` as `class_weights` gives them.

    Where an image has one of several classes, probabilities are softmax's (with "bce" each class has its own sigmoid in training alone,
    so that the scores need recalibration); otherwise each label has its own sigmoid. Cross-entropy of a binary task is binary
    cross-entropy, which is the same. Cross-entropy of a multi-label task is softmax's against the labels
    divided by their number; an image without a label counts 0.
    """

    training: Training
    task: str
    weights: torch.Tensor | None = None

    def __call__(self, logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """A scalar, from logits of any float dtype (B, L) and labels float (B, L), 0 or 1."""
        logits = logits.float()
        if self.training.loss == "f1":
            return self._f1(logits, y)
        return self._softmax(logits, y) if self._is_softmax else self._sigmoid(logits, y)

    @property
    def _is_softmax(self) -> bool:
        if self.training.loss == "cross_entropy":
            return self.task != "binary"
        return self.task == "multiclass" and self.training.loss != "bce"

    def _softmax(self, logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Mean over images of -sum_c w_c t_c (1 - p_c)^gamma log p_c; without gamma that is cross-entropy."""
        share, log_p = self._distribution(y), logits.log_softmax(dim=1)
        terms = -share * log_p
        if self.weights is not None:
            terms = terms * self.weights
        if self.training.loss == "focal":
            terms = terms * self._focus(-torch.expm1(log_p)) * (self.training.focal_alpha or 1.0)
        return terms.sum(dim=1).mean()

    def _sigmoid(self, logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Mean over images and labels of binary cross-entropy, or of focal loss: Lin et al. 2017, equation 5."""
        target = self._smoothed(y, 0.5)
        if self.training.loss != "focal":
            return functional.binary_cross_entropy_with_logits(logits, target, pos_weight=self.weights)
        terms = functional.binary_cross_entropy_with_logits(logits, target, pos_weight=self.weights, reduction="none")
        p, alpha = logits.sigmoid(), self.training.focal_alpha
        terms = terms * self._focus(target * (1 - p) + (1 - target) * p)
        return (terms * (alpha * target + (1 - alpha) * (1 - target))).mean() if alpha else terms.mean()

    def _f1(self, logits: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """1 - the mean over labels of F1 from expected counts: tp = sum(p y), fp = sum(p (1 - y)), fn = sum((1 - p) y)."""
        p = scores(logits, self.task)
        target = self._smoothed(y, 1 / y.shape[1] if self.task == "multiclass" else 0.5)
        weight = self._of_entries(y)
        tp, called, positives = ((weight * part).sum(dim=0) for part in (p * target, p, target))
        return 1 - (2 * tp / (called + positives).clamp_min(_SMALLEST_COUNT)).mean()

    def _of_entries(self, y: torch.Tensor) -> torch.Tensor:
        """What each image counts for each label, (B, L) or (B, 1)."""
        if self.weights is None:
            return torch.ones_like(y)
        return (y * self.weights).sum(dim=1, keepdim=True) if self.task == "multiclass" else 1 + y * (self.weights - 1)

    def _distribution(self, y: torch.Tensor) -> torch.Tensor:
        """Labels as shares that add up to 1, or to 0 for an image without a label."""
        count = y.sum(dim=1, keepdim=True)
        return self._smoothed(y / count.clamp_min(1), (count > 0) / y.shape[1])

    def _smoothed(self, y: torch.Tensor, towards: torch.Tensor | float) -> torch.Tensor:
        share = self.training.label_smoothing
        return y * (1 - share) + share * towards if share else y

    def _focus(self, doubt: torch.Tensor) -> torch.Tensor:
        return doubt.clamp_min(_SMALLEST_DOUBT) ** self.training.focal_gamma


class Penalty:
    """What large weights add to the loss, in Keras' meaning: a factor times the sum of squares, over what is trained.

    Kernels are the weights of convolutions, dense and recurrent layers, biases theirs; norms and embeddings add nothing.
    """

    def __init__(self, module: nn.Module, training: Training):
        self._factors = (training.l2_kernel, training.l2_bias)
        self._parts = ([], [])
        for layer in module.modules():
            if isinstance(layer, _WITH_KERNELS):
                for name, weight in layer.named_parameters(recurse=False):
                    if weight.requires_grad:
                        self._parts["bias" in name].append(weight)

    def __call__(self) -> torch.Tensor | float:
        """The scalar to add; 0.0 where nothing is asked for."""
        terms = [
            factor * weight.square().sum() for factor, part in zip(self._factors, self._parts, strict=True) if factor for weight in part
        ]
        return torch.stack(terms).sum() if terms else 0.0


def scores(logits: torch.Tensor, task: str) -> torch.Tensor:
    """Scores in 0..1, float32 (B, L): softmax for a multi-class task, sigmoid otherwise."""
    return logits.float().softmax(dim=1) if task == "multiclass" else logits.float().sigmoid()
