"""What cuML fits becomes scikit-learn's own, or scikit-learn fits it. No GPU is needed: a library with cuML's documented ways stands in.

It shows what is done with what cuML gives; that cuML itself gives it can be shown on a GPU alone.
"""

import sys

import numpy as np
import pytest
import skops.io
import torch
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from core import machine
from core.models import gpu_fitting
from core.models.classical import _TRUSTED
from core.models.heads import Table, fit_head, head_scores
from core.recipe import build

STAND_IN = """
import copy
from sklearn.base import clone

class Fits:
    @classmethod
    def from_sklearn(cls, model):
        made = cls()
        made.model = clone(model)
        return made

    def fit(self, X, y):
        assert str(X.dtype) == "float32"
        {trouble}
        self.model.fit(X, y)
        return self

    def __getattr__(self, name):
        return getattr(self.__dict__["model"], name)

    def as_sklearn(self):
        made = copy.deepcopy(self.model)
        {change}
        return made

class {name}(Fits):
    pass
"""
PARTS = {"svm": "SVC", "ensemble": "RandomForestClassifier", "linear_model": "LogisticRegression"}
FAMILIES = {"svm": {}, "forest": {"n_estimators": 5}, "logistic": {}}


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Installs the library that stands in; what it is told to do is done while it fits, and to what it hands over."""

    def install(trouble: str = "pass", change: str = "pass") -> None:
        folder = tmp_path / "cuml"
        folder.mkdir()
        (folder / "__init__.py").write_text("__version__ = '26.10.0'")
        for part, name in PARTS.items():
            (folder / f"{part}.py").write_text(STAND_IN.format(name=name, trouble=trouble, change=change))
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        machine._is_here.cache_clear()

    yield install
    machine._is_here.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "cuml"]:
        del sys.modules[name]


def table(task: str = "binary") -> Table:
    rng = np.random.default_rng(0)
    index = rng.integers(0, 3, 240)
    x = np.eye(3, 8)[index] * 1.5 + rng.normal(size=(240, 8))
    y = {"binary": index[:, None] == 1, "multiclass": np.eye(3)[index], "multilabel": np.column_stack([index == 0, index != 2])}[task]
    return Table(x.astype(np.float32), y.astype(np.uint8), np.arange(240), task)


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
@pytest.mark.parametrize(("family", "settings"), FAMILIES.items())
def test_a_head_is_stored_without_a_trace_of_the_library_and_says_what_fitted_it(task, family, settings, library, tmp_path):
    library()
    data = table(task)
    fitted = fit_head(build(family, settings), data)
    if family == "svm" and task == "multiclass":  # whose machines cuML does not hand over
        assert "accelerator" not in fitted.details
    else:
        assert fitted.details["accelerator"] == "cuml 26.10.0"
    skops.io.dump(fitted.head, tmp_path / "head.skops")
    again = skops.io.load(tmp_path / "head.skops", trusted=list(_TRUSTED))  # refuses types that are not scikit-learn's
    assert np.array_equal(head_scores(again, data.features, task), head_scores(fitted.head, data.features, task))


@pytest.mark.parametrize(("family", "settings"), FAMILIES.items())
def test_scores_are_those_that_the_library_fitted(family, settings, library, monkeypatch):
    data = table()
    monkeypatch.setenv(machine.SWITCH, "off")
    expected = head_scores(fit_head(build(family, settings), data).head, data.features, "binary")
    monkeypatch.delenv(machine.SWITCH)
    library()
    found = head_scores(fit_head(build(family, settings), data).head, data.features, "binary")
    assert np.abs(found - expected).max() < 1e-3  # the same fit, of float32


@pytest.mark.parametrize(
    ("trouble", "change"),
    [("raise MemoryError", "pass"), ("raise ValueError('not supported')", "pass"), ("pass", "raise TypeError"),
     ("pass", "vars(made).pop('classes_', None)"), ("pass", "made._intercept_ = made._intercept_ + 1")],
    ids=["no memory", "a setting", "no way back", "a part is missing", "it decides otherwise"],
)  # fmt: skip
def test_scikit_learn_fits_what_the_library_cannot_or_hands_over_wrongly(trouble, change, library, monkeypatch):
    data = table()
    monkeypatch.setenv(machine.SWITCH, "off")
    expected = fit_head(build("svm"), data)
    monkeypatch.delenv(machine.SWITCH)
    library(trouble, change)
    found = fit_head(build("svm"), data)
    assert "accelerator" not in found.details
    assert np.array_equal(head_scores(found.head, data.features, "binary"), head_scores(expected.head, data.features, "binary"))


def test_weighted_rows_are_left_to_scikit_learn(library):
    library()
    data = table()
    model = gpu_fitting.on_gpu(LogisticRegression()).fit(data.features, data.target, np.ones(len(data.target)))
    assert not model.is_by_gpu_


def test_without_the_library_or_a_gpu_nothing_changes(library, monkeypatch):
    assert gpu_fitting.title() is None
    library()
    assert gpu_fitting.title() == "cuml 26.10.0"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert gpu_fitting.title() is None


def test_a_library_that_cannot_be_imported_changes_nothing(library, tmp_path):
    library()
    (tmp_path / "cuml" / "__init__.py").write_text("raise RuntimeError('the driver is too old')")
    assert gpu_fitting.title() is None
    assert "accelerator" not in fit_head(build("logistic"), table()).details


@pytest.mark.parametrize("kind", [SVC, RandomForestClassifier, LogisticRegression])
def test_settings_are_kept_on_the_way_there_and_back(kind):
    model = kind(class_weight="balanced", random_state=3)
    there = gpu_fitting.on_gpu(model)
    assert type(there) is not kind and there.get_params() == model.get_params()
    assert type(there.plain()) is kind and there.plain().get_params() == model.get_params()
