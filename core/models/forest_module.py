"""A random forest as a torch module: every tree walked at once, one step down for each level of the deepest."""

import numpy as np
import torch
from sklearn.ensemble import RandomForestClassifier
from torch import nn


class Forest(nn.Module):
    """Features float32 (N, F) to class shares float64 (N, C); of several labels a list with one such for each.

    The nodes of all trees lie one after the other. A leaf leads to itself, so that walking on from it changes nothing. Thresholds are
    compared in float64, as scikit-learn does.
    """

    def __init__(self, model: RandomForestClassifier):
        super().__init__()
        trees = [one.tree_ for one in model.estimators_]
        starts = np.cumsum([0, *(tree.node_count for tree in trees)])[:-1]
        self.depth = max(tree.max_depth for tree in trees)
        self.classes = [len(classes) for classes in (model.classes_ if model.n_outputs_ > 1 else [model.classes_])]
        self.register_buffer("starts", torch.from_numpy(starts.astype(np.int64)))
        self.register_buffer("feature", _joined([np.maximum(tree.feature, 0) for tree in trees]))
        self.register_buffer("threshold", _joined([tree.threshold for tree in trees]))
        for side in ("children_left", "children_right"):
            self.register_buffer(side, _joined([_next(getattr(tree, side), start) for tree, start in zip(trees, starts, strict=True)]))
        self.register_buffer("shares", _joined([tree.value for tree in trees]))  # (nodes, labels, classes)

    def forward(self, features: torch.Tensor) -> torch.Tensor | list[torch.Tensor]:
        places = torch.zeros_like(features[:, :1]).long() + self.starts  # (N, trees)
        for _ in range(self.depth):
            seen = features.gather(1, self.feature[places]).double()
            places = torch.where(seen <= self.threshold[places], self.children_left[places], self.children_right[places])
        means = [self.shares[:, label, :count][places].mean(dim=1) for label, count in enumerate(self.classes)]
        return means if len(means) > 1 else means[0]


def _next(children: np.ndarray, start: int) -> np.ndarray:
    """Where a step leads, int64, among the nodes of all trees; a leaf, which has no child, leads to itself."""
    return np.where(children < 0, np.arange(len(children)), children).astype(np.int64) + start


def _joined(parts: list[np.ndarray]) -> torch.Tensor:
    found = np.concatenate(parts)
    return torch.from_numpy(found.astype(np.int64) if found.dtype.kind == "i" else found)
