"""From settings to an unfitted scikit-learn estimator: what is done with the features first, then what classifies them."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from core.errors import RecipeError
from core.models.accelerator import quickest
from core.recipe import SVM, Forest, Logistic

Classical = SVM | Forest | Logistic

_LOGISTIC_STEPS = 2000  # lbfgs needs tens on standardised features, hundreds on others


def estimator(model: Classical, seed: int) -> Pipeline | ClassifierMixin:
    """Scaling and principal components as the settings ask, then the classifier, whose scores are not calibrated."""
    steps = preparation(model, seed)
    last = quickest(_classifier(model, seed))
    return make_pipeline(*steps, last) if steps else last


def preparation(model: Classical, seed: int) -> list[BaseEstimator]:
    """What is done with features before they are classified. Components keep their spread: nothing is whitened."""
    scaler = [StandardScaler()] if model.standardise else []
    return [*scaler, PCA(model.pca, random_state=seed)] if model.pca else scaler


def check_components(model: Classical, images: int, features: int) -> None:
    """Raises RecipeError where `images`, the fewest that are fitted at once, with so many features have fewer components than asked."""
    most = min(images, features)
    if model.pca > most:
        found, expected = f"pca is {model.pca}", f"{images} images with {features} features each have at most {most} components"
        raise RecipeError(found, expected, "Take fewer components, or 0 for the features themselves")


def scale_gamma(model: SVM, seed: int, features: np.ndarray) -> float:
    """The gamma that 0 stands for: 1 / (number of features x their variance), of features as the machine sees them."""
    steps = preparation(model, seed)
    seen = make_pipeline(*steps).fit_transform(features) if steps else features
    return float(1 / (seen.shape[1] * max(float(seen.var()), np.finfo(np.float32).tiny)))


def _classifier(model: Classical, seed: int) -> ClassifierMixin:
    weight = None if model.class_weight == "none" else model.class_weight
    if isinstance(model, SVM):
        return SVC(C=model.C, kernel=model.kernel, gamma=model.gamma or "scale", class_weight=weight)
    if isinstance(model, Logistic):
        return LogisticRegression(C=model.C, class_weight=weight, max_iter=_LOGISTIC_STEPS)
    return RandomForestClassifier(
        model.n_estimators, max_depth=model.max_depth or None, min_samples_leaf=model.min_samples_leaf,
        max_features=None if model.max_features == "all" else model.max_features,
        class_weight=weight, random_state=seed, n_jobs=-1,
    )  # fmt: skip
