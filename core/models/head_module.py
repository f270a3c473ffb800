"""A fitted scikit-learn head as a torch module, so that it can be written into one graph with the network that it stands on.

Each module computes as scikit-learn does: scaling and components in float32, what comes after in float64. The formulas are those of
scikit-learn 1.9 (`StandardScaler`, `PCA`, `LogisticRegression`, `SVC` with its one-against-one decisions, `CalibratedClassifierCV`).
"""

from itertools import combinations

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from torch import nn

from core.models.forest_module import Forest

_SURE = 1 + 1e-5  # scikit-learn cuts calibrated scores that are above 1 by less than this


class HeadScores(nn.Module):
    """What `heads.head_scores` says: features float32 (N, F) to scores float32 (N, L)."""

    def __init__(self, head: ClassifierMixin, task: str):
        super().__init__()
        several = isinstance(head, MultiOutputClassifier)
        self.heads = nn.ModuleList([_module(one) for one in (head.estimators_ if several else [head])])
        self.of_labels = [_place_of_one(one) for one in head.classes_] if task == "multilabel" else None
        self.is_binary = task == "binary"

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        shares = [found for head in self.heads for found in _as_list(head(features))]
        if self.of_labels is None:
            return (shares[0][:, 1:] if self.is_binary else shares[0]).float()
        columns = [torch.zeros_like(one[:, :1]) if place is None else one[:, place : place + 1]
                   for one, place in zip(shares, self.of_labels, strict=True)]  # fmt: skip
        return torch.cat(columns, dim=1).float()


def _place_of_one(classes: np.ndarray) -> int | None:
    """The column of class 1 of one label; None where train had no image of it."""
    return classes.tolist().index(1) if 1 in classes else None


def _as_list(found: torch.Tensor | list[torch.Tensor]) -> list[torch.Tensor]:
    return found if isinstance(found, list) else [found]


class _Affine(nn.Module):
    """Rows float32 to float32, as `StandardScaler`, or as `PCA` without whitening."""

    def __init__(self, step: StandardScaler | PCA):
        super().__init__()
        self.is_scaler = isinstance(step, StandardScaler)
        if self.is_scaler:
            self.register_buffer("mean", _floats(step.mean_))
            self.register_buffer("scale", _floats(step.scale_))
        else:
            components = np.asarray(step.components_, np.float32)
            self.register_buffer("scale", _floats(components.T))
            self.register_buffer("mean", _floats(np.asarray(step.mean_, np.float32)[None] @ components.T))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return (rows - self.mean) / self.scale if self.is_scaler else rows @ self.scale - self.mean


class _Logistic(nn.Module):
    """Rows float32 to scores of all classes, float64 (N, C)."""

    def __init__(self, model: LogisticRegression):
        super().__init__()
        self.register_buffer("weights", _doubles(model.coef_.T))
        self.register_buffer("shift", _doubles(model.intercept_))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        decision = rows.double() @ self.weights + self.shift
        if decision.shape[1] > 1:
            return torch.softmax(decision, dim=1)
        positive = torch.sigmoid(decision)
        return torch.cat([1 - positive, positive], dim=1)


class _Machine(nn.Module):
    """Rows float32 to the decisions of an `SVC`, float64: (N, 1) of two classes, else (N, C), one against the rest."""

    def __init__(self, model: SVC):
        super().__init__()
        self.classes, self.gamma = len(model.classes_), None if model.kernel == "linear" else model._gamma
        weights = _pair_weights(model)  # (s, pairs)
        if self.gamma is None:
            self.register_buffer("weights", _doubles(model.support_vectors_.T @ weights))  # (F, pairs)
        else:
            self.register_buffer("support", _floats(model.support_vectors_))  # (s, F), exact: features are float32
            self.register_buffer("weights", _doubles(weights))
        self.register_buffer("shift", _doubles(model.intercept_))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        seen = rows.double()
        if self.gamma is not None:
            seen = self._likeness(seen)
        decisions = seen @ self.weights + self.shift
        return decisions if self.classes == 2 else self._against_the_rest(decisions)

    def _likeness(self, rows: torch.Tensor) -> torch.Tensor:
        """exp(-gamma |row - support vector|^2), float64 (N, s)."""
        support = self.support.double()
        distances = (rows * rows).sum(dim=1, keepdim=True) + (support * support).sum(dim=1) - 2 * rows @ support.T
        return torch.exp(-self.gamma * distances)

    def _against_the_rest(self, decisions: torch.Tensor) -> torch.Tensor:
        """Votes of the pairs, and their summed decisions squeezed into a third of a vote to part ties."""
        votes: list = [0] * self.classes
        sums: list = [0] * self.classes
        for pair, (one, other) in enumerate(combinations(range(self.classes), 2)):
            decision = decisions[:, pair]
            other_wins = (decision < 0).double()
            votes[one], votes[other] = votes[one] + 1 - other_wins, votes[other] + other_wins
            sums[one], sums[other] = sums[one] + decision, sums[other] - decision
        return torch.stack([vote + total / (3 * (total.abs() + 1)) for vote, total in zip(votes, sums, strict=True)], dim=1)


def _pair_weights(model: SVC) -> np.ndarray:
    """The weight of each support vector in each pair of classes, float64 (s, pairs), from libsvm's packed coefficients (C - 1, s)."""
    if len(model.classes_) == 2:
        return model.dual_coef_.T
    ends = np.cumsum(model.n_support_)
    rows = [slice(end - count, end) for end, count in zip(ends, model.n_support_, strict=True)]
    pairs = list(combinations(range(len(rows)), 2))
    weights = np.zeros((len(model.support_vectors_), len(pairs)))
    for pair, (one, other) in enumerate(pairs):
        weights[rows[one], pair] = model.dual_coef_[other - 1, rows[one]]
        weights[rows[other], pair] = model.dual_coef_[one, rows[other]]
    return weights


class _Calibrated(nn.Module):
    """Decisions float64 (N, 1 or C) to scores float64 (N, C) by a sigmoid for each column, which then sum to 1 (Platt 1999)."""

    def __init__(self, model: CalibratedClassifierCV):
        super().__init__()
        fitted = model.calibrated_classifiers_[0]
        self.classes = len(fitted.classes)
        self.machine = _module(fitted.estimator)
        self.register_buffer("slope", _doubles([one.a_ for one in fitted.calibrators]))
        self.register_buffer("shift", _doubles([one.b_ for one in fitted.calibrators]))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        scores = torch.sigmoid(-(self.slope * self.machine(rows) + self.shift))
        if self.classes == 2:
            return torch.cat([1 - scores, scores], dim=1)
        total = scores.sum(dim=1, keepdim=True)
        shares = torch.where(total == 0, torch.full_like(scores, 1 / self.classes), scores / total)
        return torch.where((shares > 1) & (shares <= _SURE), torch.ones_like(shares), shares)


class _Constant(nn.Module):
    """The same scores float64 (N, C) for every row: what was said of a label that could not be learned."""

    def __init__(self, model: DummyClassifier):
        super().__init__()
        self.register_buffer("shares", _doubles(model.class_prior_))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return torch.zeros_like(rows[:, :1]).double() + self.shares


def _module(model: BaseEstimator) -> nn.Module:
    """The module of a fitted estimator. Only the types that `core.models.estimators` makes are known."""
    if isinstance(model, Pipeline):
        return nn.Sequential(*[_module(step) for _, step in model.steps])
    kind = next(kind for known, kind in _KINDS.items() if isinstance(model, known))
    return kind(model)


_KINDS = {
    StandardScaler: _Affine, PCA: _Affine, LogisticRegression: _Logistic, SVC: _Machine, CalibratedClassifierCV: _Calibrated,
    DummyClassifier: _Constant, RandomForestClassifier: Forest,
}  # fmt: skip


def _floats(values) -> torch.Tensor:
    return torch.from_numpy(np.array(values, np.float32))


def _doubles(values) -> torch.Tensor:
    return torch.from_numpy(np.array(values, np.float64))
