"""scikit-learn-intelex fits, scikit-learn stores: what was fitted decides the same without the library, and with it as without."""

import subprocess
import sys

import numpy as np
import pytest
import skops.io
from sklearn.svm import SVC

from core.machine import SWITCH
from core.models.accelerator import plain, quickest
from core.models.classical import _TRUSTED
from core.models.heads import Table, fit_head, head_scores
from core.recipe import build
from tests.conftest import ROOT

pytest.importorskip("sklearnex", reason="scikit-learn-intelex is an optional extra")


def clouds(classes: int, rng, n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    index = rng.integers(0, classes, n)
    return np.eye(classes, 12)[index] * 1.5 + rng.normal(size=(n, 12)), index


@pytest.mark.parametrize("classes", [2, 4])
@pytest.mark.parametrize("kernel", ["linear", "rbf"])
@pytest.mark.parametrize("shape", ["ovr", "ovo"])
def test_the_plain_machine_decides_as_the_one_that_was_fitted(classes, kernel, shape, rng):
    x, y = clouds(classes, rng)
    swift = quickest(SVC(C=0.5, kernel=kernel, class_weight="balanced", decision_function_shape=shape)).fit(x, y)
    made = plain(swift)
    assert type(swift) is not SVC and type(made) is SVC
    unseen = rng.normal(size=(200, 12)) * 2
    assert np.abs(made.decision_function(unseen) - swift.decision_function(unseen)).max() <= 1e-6
    assert np.array_equal(made.predict(unseen), swift.predict(unseen))


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_a_machine_of_float32_features_decides_as_fitted_up_to_their_rounding(kernel, rng):
    x, y = clouds(2, rng)
    swift = quickest(SVC(C=0.5, kernel=kernel)).fit(x.astype(np.float32), y)
    found, expected = plain(swift).decision_function(x.astype(np.float32)), swift.decision_function(x.astype(np.float32))
    assert np.abs(found - expected).max() <= 1e-4 and np.array_equal(found > 0, expected > 0)


@pytest.mark.parametrize("kernel", ["linear", "rbf"])
def test_its_support_vectors_are_those_of_its_class_counts(kernel, rng):
    x, y = clouds(2, rng)
    made = plain(quickest(SVC(C=0.5, kernel=kernel)).fit(x, y))
    assert made.n_support_.tolist() == np.bincount(y[made.support_]).tolist()
    assert np.array_equal(made.support_vectors_, x[made.support_]) and (np.diff(y[made.support_]) >= 0).all()


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
@pytest.mark.parametrize("settings", [{"C": 0.5}, {"C": 0.5, "kernel": "rbf", "pca": 5}, {"search": "grid"}])
def test_a_head_scores_with_the_library_as_without_and_is_stored_without_a_trace_of_it(task, settings, rng, tmp_path, monkeypatch):
    x, index = clouds(3, rng)
    y = {"binary": index[:, None] == 1, "multiclass": np.eye(3)[index], "multilabel": np.column_stack([index == 0, index != 2])}[task]
    data = Table(x.astype(np.float32), y.astype(np.uint8), np.arange(len(x)), task)
    swift = fit_head(build("svm", settings), data)
    monkeypatch.setenv(SWITCH, "off")
    slow = fit_head(build("svm", settings), data)
    assert swift.details["accelerator"].startswith("scikit-learn-intelex 20") and "accelerator" not in slow.details
    assert np.abs(head_scores(swift.head, x, task) - head_scores(slow.head, x, task)).max() < 0.02  # both stop at a tolerance of 1e-3
    skops.io.dump(swift.head, tmp_path / "head.skops")
    again = skops.io.load(tmp_path / "head.skops", trusted=list(_TRUSTED))  # refuses any type of the library
    assert np.array_equal(head_scores(again, x, task), head_scores(swift.head, x, task))


def test_a_stored_head_is_read_without_the_library(rng, tmp_path):
    x, y = clouds(2, rng)
    data = Table(x.astype(np.float32), y[:, None].astype(np.uint8), np.arange(len(x)), "binary")
    head = fit_head(build("svm"), data).head
    skops.io.dump(head, tmp_path / "head.skops")
    np.save(tmp_path / "x.npy", x)
    code = (
        "import sys; sys.modules.update(sklearnex=None, daal4py=None, onedal=None)\n"  # importing any of them fails
        "import numpy as np, skops.io; from core.models.classical import _TRUSTED; from core.models.heads import head_scores\n"
        "head = skops.io.load(sys.argv[1] + '/head.skops', trusted=list(_TRUSTED))\n"
        "np.save(sys.argv[1] + '/scores.npy', head_scores(head, np.load(sys.argv[1] + '/x.npy'), 'binary'))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=True)
    assert np.array_equal(np.load(tmp_path / "scores.npy"), head_scores(head, x, "binary"))


def test_the_switch_leaves_all_to_scikit_learn(monkeypatch):
    assert type(quickest(SVC())) is not SVC
    monkeypatch.setenv(SWITCH, "off")
    assert type(quickest(SVC())) is SVC


def test_a_forest_is_left_to_scikit_learn_and_says_so(rng):
    x, y = clouds(2, rng)
    data = Table(x.astype(np.float32), y[:, None].astype(np.uint8), np.arange(len(x)), "binary")
    assert "accelerator" not in fit_head(build("forest", {"n_estimators": 5}), data).details
