"""Classifiers fitted by a quicker library where one is installed: a fraction of the time, and stored as scikit-learn's own.

On a GPU cuML fits them all (`core.models.gpu_fitting`), elsewhere scikit-learn-intelex support vector machines. Nothing of either stays in
what it fitted, so that a run loads without it. Forests are left to scikit-learn on a processor: scikit-learn-intelex tells the splits of
its trees but not the class shares in their leaves, so that its forests cannot be stored as they decide.
"""

import importlib.metadata
from collections.abc import Iterator

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from core.machine import may_use
from core.models import gpu_fitting

_PACKAGE, _MODULE = "scikit-learn-intelex", "sklearnex"


def quickest(model: ClassifierMixin) -> ClassifierMixin:
    """An unfitted classifier of scikit-learn's as one of the fastest kind at hand. A fitted one goes through `plain` before it is kept."""
    if gpu_fitting.title():
        return gpu_fitting.on_gpu(model)
    if not isinstance(model, SVC) or not may_use(_MODULE):
        return model
    from sklearnex.svm import SVC as Swift  # noqa: N811, its name is that of the class that it stands in for

    return Swift(**model.get_params())


def fitted_by(model: ClassifierMixin) -> str | None:
    """What a model was fitted with, or a part of it ("scikit-learn-intelex 2026.2.0"), before `plain`; None for scikit-learn alone."""
    for part in _classifiers(model):
        if getattr(part, "is_by_gpu_", False):
            return gpu_fitting.title()
        if type(part).__module__.startswith(_MODULE):
            return f"{_PACKAGE} {importlib.metadata.version(_PACKAGE)}"
    return None


def _classifiers(model: ClassifierMixin) -> Iterator[ClassifierMixin]:
    """What decides in a fitted model, at the end of all that is around it."""
    if isinstance(model, MultiOutputClassifier):
        for one in model.estimators_:
            yield from _classifiers(one)
    elif isinstance(model, CalibratedClassifierCV):
        for one in model.calibrated_classifiers_:
            yield from _classifiers(one.estimator)
    else:
        yield model[-1] if isinstance(model, Pipeline) else model


def plain(model: ClassifierMixin) -> ClassifierMixin:
    """A model, fitted or not, with scikit-learn's own machines in the place of others, which decide the same.

    Calibrated models, pipelines and those of several labels are changed in place.
    """
    if isinstance(model, MultiOutputClassifier):
        model.estimator = plain(model.estimator)
        model.estimators_ = [plain(one) for one in model.estimators_]
    elif isinstance(model, CalibratedClassifierCV):
        model.estimator = plain(model.estimator)
        for one in model.calibrated_classifiers_:
            one.estimator = plain(one.estimator)
    elif isinstance(model, Pipeline):
        name, last = model.steps[-1]
        model.steps[-1] = name, plain(last)
    elif isinstance(model, gpu_fitting.OnGpu):
        return model.plain()
    elif isinstance(model, SVC) and type(model) is not SVC:
        return _plain_machine(model)
    return model


def _plain_machine(swift: SVC) -> SVC:
    """The same machine as scikit-learn holds one: support vectors class by class, float64, in C order, as libsvm reads them."""
    known = SVC().get_params()
    made = SVC(**{name: value for name, value in swift.get_params().items() if name in known})
    if not hasattr(swift, "support_"):
        return made
    order = np.argsort(_classes_of_support(swift), kind="stable")
    sign = -1 if len(swift.classes_) == 2 else 1  # libsvm counts the first of two classes as positive, scikit-learn the second
    for name in ("classes_", "class_weight_", "n_features_in_", "shape_fit_", "fit_status_"):
        setattr(made, name, getattr(swift, name))
    made.support_, made._n_support = swift.support_[order].astype(np.int32), swift._n_support.astype(np.int32)
    made.support_vectors_ = np.ascontiguousarray(swift.support_vectors_[order], np.float64)
    made.dual_coef_ = np.ascontiguousarray(swift.dual_coef_[:, order], np.float64)
    made.intercept_ = np.asarray(swift.intercept_, np.float64)
    made._dual_coef_, made._intercept_ = sign * made.dual_coef_, sign * made.intercept_
    made._probA = made._probB = np.empty(0)
    made._sparse, made._effective_probability, made._gamma = False, False, float(swift._gamma)
    made._num_iter = made.n_iter_ = np.asarray(swift.n_iter_, np.int32)
    return made


def _classes_of_support(swift: SVC) -> np.ndarray:
    """(s,) the number of each support vector's class: of two, told by the sign of its coefficient; of more, they lie in order."""
    if len(swift.classes_) == 2:
        return (swift.dual_coef_[0] > 0).astype(int)
    return np.repeat(np.arange(len(swift.classes_)), swift._n_support)
