"""Scikit-learn's classifiers, fitted by cuML where it is installed and a GPU is at hand.

What is fitted is scikit-learn's own: cuML hands it over, and it must say on the processor what cuML says on the GPU. Where cuML does not
know a setting, cannot hand a model over (SVMs of more than two classes) or fails, scikit-learn fits.
"""

from importlib import import_module

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from core.machine import may_use

_CHECKED = 256  # rows of which both are asked
_TOLERANCE = 1e-3  # between float32 on a GPU and float64 on a processor, relative and absolute


def title() -> str | None:
    """What fits on a GPU here ("cuml 26.10.0"); None where nothing does."""
    if not may_use("cuml"):
        return None
    import torch  # late, for it takes its time and only a machine with cuML needs it

    try:
        return f"cuml {import_module('cuml').__version__}" if torch.cuda.is_available() else None
    except Exception:  # it may be there and not fit the driver, which it says in many ways
        return None


class OnGpu:
    """In front of a class of scikit-learn's, `kind`, which cuML has in `module`: cuML fits it where it can; `is_by_gpu_` says if it did."""

    kind: type[ClassifierMixin]
    module: str

    def fit(self, features: np.ndarray, target: np.ndarray, sample_weight: np.ndarray | None = None):
        made = _handed_over(self, features, target) if sample_weight is None else None
        self.is_by_gpu_ = made is not None
        if made is None:
            return super().fit(features, target, sample_weight)
        vars(self).update(vars(made))
        return self

    def plain(self) -> ClassifierMixin:
        """The same model of scikit-learn's class."""
        made = self.kind(**self.get_params())
        vars(made).update({name: value for name, value in vars(self).items() if name != "is_by_gpu_"})
        return made


class GpuSVC(OnGpu, SVC):
    """An SVC that is fitted on a GPU."""

    kind, module = SVC, "cuml.svm"


class GpuForest(OnGpu, RandomForestClassifier):
    """A random forest that is fitted on a GPU."""

    kind, module = RandomForestClassifier, "cuml.ensemble"


class GpuLogistic(OnGpu, LogisticRegression):
    """A logistic regression that is fitted on a GPU."""

    kind, module = LogisticRegression, "cuml.linear_model"


_KINDS = {made.kind: made for made in (GpuSVC, GpuForest, GpuLogistic)}


def on_gpu(model: ClassifierMixin) -> ClassifierMixin:
    """An unfitted classifier as one that is fitted on a GPU."""
    return _KINDS[type(model)](**model.get_params())


def _handed_over(model: OnGpu, features: np.ndarray, target: np.ndarray) -> ClassifierMixin | None:
    """What cuML makes of it, as scikit-learn's; None where it does not."""
    kind = model.kind
    if kind is SVC and len(np.unique(target)) > 2:
        return None
    try:
        fitted = getattr(import_module(model.module), kind.__name__).from_sklearn(kind(**model.get_params()))
        fitted.fit(np.ascontiguousarray(features, np.float32), target)
        made = fitted.as_sklearn()
        rows = features[:: max(1, len(features) // _CHECKED)].astype(np.float32)
        is_same = np.allclose(_said(made, rows), _said(fitted, rows), rtol=_TOLERANCE, atol=_TOLERANCE)
    except Exception:  # errors of CUDA and cuML have no ancestor of their own, and scikit-learn can always fit
        return None
    return made if is_same else None


def _said(model: ClassifierMixin, rows: np.ndarray) -> np.ndarray:
    return np.asarray(model.decision_function(rows) if hasattr(model, "decision_function") else model.predict_proba(rows))
