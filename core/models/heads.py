"""Scikit-learn estimators on features: what the SVM and forest families learn."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from core.errors import DataError
from core.recipe import SVM, Forest, Recipe

_CALIBRATION_FOLDS = 3


def fit_head(recipe: Recipe, features: np.ndarray, y: np.ndarray, groups: np.ndarray, task: str) -> ClassifierMixin:
    """A fitted estimator.

    Parameters
    ----------
    features : float32 (n, F). y : uint8 (n, L). groups : (n,) int, patients; calibration folds part none of them.

    A label of a multi-label task that too few images of train have, or lack, to be learned gets its share of train as its score.
    Raises DataError where a class of another task is missing, or has too few images to calibrate on.
    """
    target = y.argmax(axis=1) if task == "multiclass" else y if task == "multilabel" else y[:, 0]
    _check_classes(target)
    if isinstance(recipe.model, Forest):
        fitted = _forest(recipe.model, recipe.seed).fit(features, target)
        fitted.n_jobs = 1  # to score one image, threads cost more than they gain
        return fitted
    if task == "multilabel":
        return _each_label(recipe, features, target, groups)
    folds = _calibration_folds(target, groups, recipe.seed)
    if folds is None:
        raise DataError("a class has too few patients in train", f"an SVM needs {_CALIBRATION_FOLDS} in each class to calibrate its scores")
    return _calibrated(recipe.model, features, target, folds)


def head_scores(head: ClassifierMixin, features: np.ndarray, task: str) -> np.ndarray:
    """Scores float32 (n, L) of a fitted estimator."""
    found = head.predict_proba(features)
    if isinstance(found, list):  # several labels, each for itself
        found = np.column_stack([_positive(one, classes) for one, classes in zip(found, head.classes_, strict=True)])
    return (found[:, 1:] if task == "binary" else found).astype(np.float32)


def _positive(scores: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """(n,) scores of class 1 of one label; 0 where train had no image of it."""
    return scores[:, classes.tolist().index(1)] if 1 in classes else np.zeros(len(scores))


def _forest(model: Forest, seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(
        model.n_estimators, max_depth=model.max_depth or None, min_samples_leaf=model.min_samples_leaf,
        class_weight=_weight(model.class_weight), random_state=seed, n_jobs=-1,
    )  # fmt: skip


def _each_label(recipe: Recipe, features: np.ndarray, target: np.ndarray, groups: np.ndarray) -> MultiOutputClassifier:
    """One SVM per label; a constant score for a label that has too few images with it, or without it."""
    fitted = MultiOutputClassifier(_machine(recipe.model))
    fitted.estimators_ = []
    for column in target.T:
        folds = _calibration_folds(column, groups, recipe.seed)
        constant = DummyClassifier(strategy="prior")
        fitted.estimators_.append(_calibrated(recipe.model, features, column, folds) if folds else constant.fit(features, column))
    fitted.classes_ = [one.classes_ for one in fitted.estimators_]
    return fitted


def _calibrated(model: SVM, features: np.ndarray, target: np.ndarray, folds: list) -> CalibratedClassifierCV:
    """An SVM whose margin is turned into a score by a sigmoid fitted on held-out folds of train (Platt 1999)."""
    fitted = CalibratedClassifierCV(_machine(model), method="sigmoid", cv=folds, ensemble=False).fit(features, target)
    fitted.cv = None  # row numbers of the training data have no use in a stored model
    return fitted


def _machine(model: SVM) -> Pipeline:
    return make_pipeline(StandardScaler(), SVC(C=model.C, kernel=model.kernel, class_weight=_weight(model.class_weight)))


def _calibration_folds(target: np.ndarray, groups: np.ndarray, seed: int) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """(kept, held) rows of each fold; None where a class has too few patients for each fold to keep all classes."""
    classes = np.unique(target)
    if len(classes) < 2 or min(len(np.unique(groups[target == one])) for one in classes) < _CALIBRATION_FOLDS:
        return None
    splitter = StratifiedGroupKFold(_CALIBRATION_FOLDS, shuffle=True, random_state=seed)
    folds = list(splitter.split(target[:, None], target, groups))
    return folds if all(len(np.unique(target[kept])) == len(classes) for kept, _ in folds) else None


def _weight(class_weight: str) -> str | None:
    return None if class_weight == "none" else class_weight


def _check_classes(target: np.ndarray) -> None:
    columns = target.T if target.ndim == 2 else [target]
    if all(len(np.unique(column)) < 2 for column in columns):
        raise DataError("the training split holds one class only", "at least two are needed to tell them apart")
