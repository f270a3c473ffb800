"""Scikit-learn estimators on features: what the SVM and forest families learn."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
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

    Raises DataError where a class is missing, or has too few images to calibrate on.
    """
    target = y.argmax(axis=1) if task == "multiclass" else y if task == "multilabel" else y[:, 0]
    _check_classes(target)
    if isinstance(recipe.model, Forest):
        fitted = _forest(recipe.model, recipe.seed).fit(features, target)
        fitted.n_jobs = 1  # to score one image, threads cost more than they gain
        return fitted
    return _calibrated(recipe, features, target, groups)


def head_scores(head: ClassifierMixin, features: np.ndarray, task: str) -> np.ndarray:
    """Scores float32 (n, L) of a fitted estimator."""
    found = head.predict_proba(features)
    if isinstance(found, list):  # a forest on several labels
        found = np.column_stack([one[:, 1] for one in found])
    return (found[:, 1:] if task == "binary" else found).astype(np.float32)


def _forest(model: Forest, seed: int) -> RandomForestClassifier:
    return RandomForestClassifier(
        model.n_estimators, max_depth=model.max_depth or None, min_samples_leaf=model.min_samples_leaf,
        class_weight=_weight(model.class_weight), random_state=seed, n_jobs=-1,
    )  # fmt: skip


def _calibrated(recipe: Recipe, features: np.ndarray, target: np.ndarray, groups: np.ndarray) -> ClassifierMixin:
    """An SVM whose margin is turned into a score by a sigmoid fitted on held-out folds of train (Platt 1999)."""
    model: SVM = recipe.model
    svm = make_pipeline(StandardScaler(), SVC(C=model.C, kernel=model.kernel, class_weight=_weight(model.class_weight)))
    if target.ndim == 2:
        each = CalibratedClassifierCV(svm, method="sigmoid", cv=_CALIBRATION_FOLDS, ensemble=False)
        return OneVsRestClassifier(each).fit(features, target)
    splitter = StratifiedGroupKFold(_CALIBRATION_FOLDS, shuffle=True, random_state=recipe.seed)
    folds = list(splitter.split(features, target, groups))
    if any(len(np.unique(target[kept])) < len(np.unique(target)) for kept, _ in folds):
        raise DataError("a class has too few patients in train", f"an SVM needs {_CALIBRATION_FOLDS} in each class to calibrate its scores")
    fitted = CalibratedClassifierCV(svm, method="sigmoid", cv=folds, ensemble=False).fit(features, target)
    fitted.cv = None  # row numbers of the training data have no use in a stored model
    return fitted


def _weight(class_weight: str) -> str | None:
    return None if class_weight == "none" else class_weight


def _check_classes(target: np.ndarray) -> None:
    columns = target.T if target.ndim == 2 else [target]
    if any(len(np.unique(column)) < 2 for column in columns):
        raise DataError("the training split holds one class only", "at least two are needed to tell them apart")
