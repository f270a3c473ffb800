"""Scikit-learn estimators on features, fitted: what the SVM, forest and logistic families learn."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.multioutput import MultiOutputClassifier

from core.errors import DataError
from core.models.accelerator import fitted_by, plain
from core.models.estimators import Classical, check_components, estimator
from core.models.folds import FOLDS, Fold, folds_of, rarest_label
from core.models.search import decisions, grid_around, search
from core.recipe import SVM, Forest, Recipe
from core.training.history import SILENCE, Monitor, Progress


@dataclass(frozen=True, eq=False)
class Fitted:
    """A fitted head of scikit-learn's own types, and what there is to say of its fitting, as JSON can hold it."""

    head: ClassifierMixin
    details: dict


@dataclass(frozen=True, eq=False)
class Table:
    """What a head is fitted on.

    `features` float32 (n, F); `y` uint8 (n, L); `groups` (n,) int, patients, whom no fold parts; `task` as in `Predictions`.
    """

    features: np.ndarray
    y: np.ndarray
    groups: np.ndarray
    task: str

    @property
    def target(self) -> np.ndarray:
        """(n,) class of each row; (n, L) for several labels."""
        if self.task == "multilabel":
            return self.y
        return self.y.argmax(axis=1) if self.task == "multiclass" else self.y[:, 0]

    def folds(self, seed: int) -> list[Fold] | None:
        """Folds in which each class can be told; of several labels the rarest of a row stands for it."""
        return folds_of(rarest_label(self.y, self.groups) if self.task == "multilabel" else self.target, self.groups, seed)


def fit_head(recipe: Recipe, table: Table, monitor: Monitor = SILENCE) -> Fitted:
    """Search, if the recipe asks for it, then fit on all rows.

    A label of a multi-label task that too few images of train have, or lack, to be learned gets its share of train as its score.
    Raises DataError where a class of another task is missing, or has too few patients for folds; RecipeError for more principal
    components than there are.
    """
    _check_classes(table)
    model, details = recipe.model, {}
    check_components(model, _fewest_rows(recipe, table), table.features.shape[1])
    if model.search == "grid":
        found = _searched(recipe, table, monitor)
        model, details = found.model, found.details()
    monitor.progress(Progress("fitting", 0, 1))
    head = _fit(model, recipe.seed, table)
    fast = fitted_by(head)
    monitor.progress(Progress("fitting", 1, 1))
    return Fitted(plain(head), details | ({"accelerator": fast} if fast else {}))


def head_scores(head: ClassifierMixin, features: np.ndarray, task: str) -> np.ndarray:
    """Scores float32 (n, L) of a fitted estimator."""
    return exact_scores(head, features, task).astype(np.float32)


def exact_scores(head: ClassifierMixin, features: np.ndarray, task: str) -> np.ndarray:
    """The same in float64, in which small differences between scores near 1 can still be told."""
    found = head.predict_proba(features)
    if isinstance(found, list):  # several labels, each for itself
        found = np.column_stack([_positive(one, classes) for one, classes in zip(found, head.classes_, strict=True)])
    return found[:, 1:] if task == "binary" else found


def _positive(scores: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(n,) scores of class 1 of one label; 0 where train had no image of it."""
    return scores[:, classes.tolist().index(1)] if 1 in classes else np.zeros(len(scores))


def _fit(model: Classical, seed: int, table: Table) -> ClassifierMixin:
    if isinstance(model, Forest):
        fitted = estimator(model, seed).fit(table.features, table.target)
        _forest_of(fitted).n_jobs = 1  # to score one image, threads cost more than they gain
        return fitted
    if table.task == "multilabel":
        return _each_label(model, seed, table)
    if not isinstance(model, SVM):
        return estimator(model, seed).fit(table.features, table.target)
    return _calibrated(model, seed, table.features, table.target, _needed(table.folds(seed), "calibrate its scores"))


def _each_label(model: Classical, seed: int, table: Table) -> MultiOutputClassifier:
    """One estimator per label; a constant score for a label that has too few patients with it, or without it."""
    fitted = MultiOutputClassifier(estimator(model, seed))
    fitted.estimators_ = []
    for column in table.y.T:
        folds = folds_of(column, table.groups, seed)
        if folds is None:
            one = DummyClassifier(strategy="prior").fit(table.features, column)
        elif isinstance(model, SVM):
            one = _calibrated(model, seed, table.features, column, folds)
        else:
            one = estimator(model, seed).fit(table.features, column)
        fitted.estimators_.append(one)
    fitted.classes_ = [one.classes_ for one in fitted.estimators_]
    return fitted


def _calibrated(model: SVM, seed: int, features: np.ndarray, target: np.ndarray, folds: list[Fold]) -> CalibratedClassifierCV:
    """An SVM whose margin is turned into a score by a sigmoid fitted on held-out folds of train (Platt 1999)."""
    fitted = CalibratedClassifierCV(estimator(model, seed), method="sigmoid", cv=folds, ensemble=False).fit(features, target)
    fitted.cv = None  # row numbers of the training data have no use in a stored model
    return fitted


def _searched(recipe: Recipe, table: Table, monitor: Monitor):
    grid = grid_around(recipe.model, recipe.family, recipe.seed, table.features)
    folds = _needed(table.folds(recipe.seed), "search settings")

    def fit_score(model: Classical, kept: np.ndarray, held: np.ndarray) -> np.ndarray:
        return _held_scores(model, recipe.seed, table, kept, held)

    return search(recipe.model, grid, folds, table.y, fit_score, monitor)


def _held_scores(model: Classical, seed: int, table: Table, kept: np.ndarray, held: np.ndarray) -> np.ndarray:
    """What a model fitted on the kept rows says of the held ones, (held, L), not calibrated; 0 for a label that cannot be learned."""
    features, target = table.features, table.target
    if table.task != "multilabel":
        return decisions(estimator(model, seed).fit(features[kept], target[kept]), features[held])
    if isinstance(model, Forest):
        return head_scores(estimator(model, seed).fit(features[kept], target[kept]), features[held], table.task)
    found = np.zeros((len(held), target.shape[1]))
    for label in np.flatnonzero(np.ptp(target[kept], axis=0)):
        found[:, label] = decisions(estimator(model, seed).fit(features[kept], target[kept, label]), features[held])[:, 0]
    return found


def _needed(folds: list[Fold] | None, purpose: str) -> list[Fold]:
    if folds is None:
        raise DataError("a class has too few patients in train", f"{FOLDS} in each class are needed to {purpose}")
    return folds


def _fewest_rows(recipe: Recipe, table: Table) -> int:
    """The fewest images that are fitted at once: those of all folds but one, where there are folds."""
    if not isinstance(recipe.model, SVM) and recipe.model.search == "none":
        return len(table.y)
    targets = table.y.T if table.task == "multilabel" and isinstance(recipe.model, SVM) else []
    folds = [folds_of(column, table.groups, recipe.seed) for column in targets] + [table.folds(recipe.seed)]
    return min((len(kept) for one in folds if one for kept, _ in one), default=len(table.y))


def _forest_of(fitted: ClassifierMixin) -> ClassifierMixin:
    return fitted[-1] if hasattr(fitted, "steps") else fitted


def _check_classes(table: Table) -> None:
    if table.task == "multiclass" and not table.y.any(axis=0).all():
        raise DataError("the training split lacks a class", "images of every class are needed to tell them apart")
    columns = table.target.T if table.target.ndim == 2 else [table.target]
    if all(len(np.unique(column)) < 2 for column in columns):
        raise DataError("the training split holds one class only", "at least two are needed to tell them apart")
