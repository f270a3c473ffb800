"""SVM, forest and logistic regression: every task, every setting, scores that are scores, searches, and storage without pickle."""

import numpy as np
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from core.errors import DataError, RecipeError
from core.machine import SWITCH
from core.models.classical import _TRUSTED
from core.models.heads import Table, fit_head, head_scores
from core.recipe import build
from core.training.history import CancelledError, Silence


@pytest.fixture(autouse=True)
def plain_scikit_learn(monkeypatch):
    """What scikit-learn itself gives is the oracle here; test_accelerator.py has the library that speeds it up."""
    monkeypatch.setenv(SWITCH, "off")


def table(task: str, rng, n: int = 150) -> Table:
    index = rng.integers(0, 3, n)
    x = (np.eye(3)[index] * 3 + rng.normal(size=(n, 3))).astype(np.float32)
    y = {
        "binary": (index[:, None] == 1).astype(np.uint8),
        "multiclass": np.eye(3, dtype=np.uint8)[index],
        "multilabel": np.column_stack([index == 0, index != 2]).astype(np.uint8),
    }[task]
    return Table(x, y, np.arange(n), task)


def scores(family: str, settings: dict, data: Table) -> np.ndarray:
    return head_scores(fit_head(build(family, settings), data).head, data.features, data.task)


@pytest.mark.parametrize("family", ["svm", "forest", "logistic"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
@pytest.mark.parametrize("extra", [{}, {"pca": 2, "standardise": True}])
def test_a_head_learns_every_task_and_comes_back_from_skops(family, task, extra, rng, tmp_path):
    data = table(task, rng)
    head = fit_head(build(family, extra | ({"n_estimators": 20} if family == "forest" else {"C": 1.0})), data).head
    found, y = head_scores(head, data.features, task), data.y
    assert found.shape == y.shape and found.dtype == np.float32 and found.min() >= 0 and found.max() <= 1
    right = (found.argmax(1) == y.argmax(1)) if task == "multiclass" else ((found >= 0.5) == y).all(axis=1)
    assert right.mean() > 0.8
    skops.io.dump(head, tmp_path / "head.skops")
    again = skops.io.load(tmp_path / "head.skops", trusted=list(_TRUSTED))
    assert np.array_equal(head_scores(again, data.features, task), found)


SETTINGS = [
    ("svm", {"kernel": "rbf"}), ("svm", {"C": 100.0}), ("svm", {"class_weight": "none"}), ("svm", {"standardise": False}),
    ("svm", {"pca": 1}), ("svm", {"search": "grid"}), ("forest", {"n_estimators": 7}), ("forest", {"max_depth": 1}),
    ("forest", {"min_samples_leaf": 30}), ("forest", {"class_weight": "none"}), ("forest", {"seed": 9}),
    ("forest", {"max_features": "all"}), ("forest", {"pca": 2}), ("forest", {"search": "grid", "max_depth": 1}),
    ("logistic", {"C": 100.0}), ("logistic", {"class_weight": "none"}), ("logistic", {"standardise": False}), ("logistic", {"pca": 1}),
    ("logistic", {"search": "grid"}),
]  # fmt: skip


@pytest.mark.parametrize(("family", "setting"), SETTINGS)
def test_every_setting_changes_the_scores(family, setting, rng):
    data = table("binary", rng)
    data.features[:, 0] *= 20  # so that the scale of a feature tells
    few = {"n_estimators": 9} if family == "forest" else {}
    assert not np.allclose(scores(family, few, data), scores(family, few | setting, data))


def test_gamma_is_that_of_the_rbf_kernel_and_0_is_scale(rng):
    data = table("binary", rng)
    by_hand = float(1 / (3 * StandardScaler().fit_transform(data.features).var()))
    rbf = {gamma: scores("svm", {"kernel": "rbf", "C": 1, "gamma": gamma}, data) for gamma in (0, by_hand, 2.0)}
    assert np.abs(rbf[0] - rbf[by_hand]).max() < 1e-3 < 0.01 < np.abs(rbf[0] - rbf[2.0]).max()  # folds have scales of their own


@pytest.mark.parametrize("family", ["svm", "forest", "logistic"])
def test_a_head_is_the_one_that_scikit_learn_fits_by_hand(family, rng):
    data = table("binary", rng)
    x, y = data.features, data.y[:, 0]
    before = [StandardScaler(), PCA(2)]
    if family == "svm":
        folds = list(StratifiedGroupKFold(3, shuffle=True, random_state=0).split(x, y, data.groups))
        machine = make_pipeline(*before, SVC(C=0.5, class_weight="balanced", kernel="linear"))
        oracle = CalibratedClassifierCV(machine, cv=folds, ensemble=False)
    elif family == "forest":
        trees = RandomForestClassifier(20, min_samples_leaf=2, max_features="log2", class_weight="balanced", random_state=0)
        oracle = make_pipeline(*before, trees)
    else:
        oracle = make_pipeline(*before, LogisticRegression(C=0.5, class_weight="balanced", max_iter=2000))
    settings = {"n_estimators": 20, "max_features": "log2", "standardise": True} if family == "forest" else {"C": 0.5}
    expected = oracle.fit(x, y).predict_proba(x)[:, 1]
    assert np.allclose(scores(family, {"pca": 2, **settings}, data)[:, 0], expected, atol=1e-6)


def test_more_components_than_there_are_is_refused_with_the_reason(rng):
    with pytest.raises(RecipeError, match="pca is 4; 150 images with 3 features each have at most 3 components"):
        fit_head(build("logistic", {"pca": 4}), table("binary", rng))
    wide = Table(rng.normal(size=(30, 100)).astype(np.float32), (np.arange(30)[:, None] % 2).astype(np.uint8), np.arange(30), "binary")
    assert fit_head(build("logistic", {"pca": 30}), wide)
    with pytest.raises(RecipeError, match="20 images"):  # a fold of an SVM's calibration keeps two thirds
        fit_head(build("svm", {"pca": 21}), wide)


def noisy(rng, n: int = 120, task: str = "binary") -> Table:
    """Two images of each patient, of the same label; one column tells, weakly, and thirty others do not."""
    y = np.repeat(rng.integers(0, 2, n // 2), 2)
    x = rng.normal(size=(n, 30)).astype(np.float32)
    x[:, 0] += 1.5 * y
    labels = np.column_stack([y, rng.permutation(y)]) if task == "multilabel" else y[:, None]
    return Table(x, labels.astype(np.uint8), np.repeat(np.arange(n // 2), 2), task)


@pytest.mark.parametrize("family", ["svm", "forest", "logistic"])
def test_a_search_takes_the_best_of_all_it_tried_and_the_head_holds_it(family, rng):
    data = noisy(rng)
    settings = {"search": "grid"} | ({"n_estimators": 5} if family == "forest" else {}) | ({"kernel": "rbf"} if family == "svm" else {})
    fitted = fit_head(build(family, settings), data)
    tried, chosen = fitted.details["tried"], fitted.details["chosen"]
    names = {"svm": {"C", "gamma"}, "forest": {"max_depth", "min_samples_leaf", "max_features"}, "logistic": {"C"}}[family]
    assert set(chosen) == names and all(set(one) == names | {"roc_auc"} for one in tried) and len(tried) >= 4
    assert next(one for one in tried if chosen.items() <= one.items())["roc_auc"] == max(one["roc_auc"] for one in tried)
    last = fitted.head.calibrated_classifiers_[0].estimator[-1] if family == "svm" else fitted.head
    held = (last[-1] if hasattr(last, "steps") else last).get_params()
    assert {name: held[name] for name in names} == chosen | ({"max_depth": chosen["max_depth"] or None} if family == "forest" else {})


def test_the_score_of_a_search_is_the_roc_auc_of_folds_that_part_no_patient(rng):
    data = noisy(rng)
    tried = fit_head(build("logistic", {"search": "grid"}), data).details["tried"]
    x, y = data.features, data.y[:, 0]
    for one in tried:
        areas = []
        for kept, held in StratifiedGroupKFold(3, shuffle=True, random_state=0).split(x, y, data.groups):
            assert not set(data.groups[kept]) & set(data.groups[held])
            oracle = make_pipeline(StandardScaler(), LogisticRegression(C=one["C"], class_weight="balanced", max_iter=2000))
            areas.append(roc_auc_score(y[held], oracle.fit(x[kept], y[kept]).predict_proba(x[held])[:, 1]))
        assert one["roc_auc"] == pytest.approx(np.mean(areas), abs=1e-6)


@pytest.mark.parametrize("family", ["svm", "forest", "logistic"])
@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_a_search_serves_several_classes_and_labels(family, task, rng):
    data = table(task, rng, 90)
    found = fit_head(build(family, {"search": "grid"} | ({"n_estimators": 3} if family == "forest" else {})), data)
    assert all(0.7 < one["roc_auc"] <= 1 for one in found.details["tried"])
    assert head_scores(found.head, data.features, task).shape == data.y.shape


def test_a_search_stays_within_the_limits_of_each_setting(rng):
    tried = fit_head(build("logistic", {"search": "grid", "C": 1e4}), table("binary", rng)).details["tried"]
    assert max(one["C"] for one in tried) == 1e4


def test_a_search_can_be_stopped(rng):
    class Impatient(Silence):
        def progress(self, progress):
            if progress.phase == "searching" and progress.done == 2:
                raise CancelledError

    with pytest.raises(CancelledError):
        fit_head(build("logistic", {"search": "grid"}), table("binary", rng), Impatient())


@pytest.mark.parametrize("family", ["svm", "logistic"])
def test_a_label_that_nobody_has_gets_its_share_as_its_score(family, rng):
    data = table("multilabel", rng)
    data.y[:, 1] = 0
    found = scores(family, {}, data)
    assert (found[:, 1] == 0).all() and found[:, 0].std() > 0.1


@pytest.mark.parametrize("family", ["svm", "forest", "logistic"])
def test_one_class_only_is_one_clear_error(family, rng):
    data = table("binary", rng)
    data.y[:] = 0
    with pytest.raises(DataError, match="one class only"):
        fit_head(build(family), data)


@pytest.mark.parametrize(("family", "settings"), [("svm", {}), ("logistic", {"search": "grid"}), ("forest", {"search": "grid"})])
def test_too_few_patients_of_a_class_is_one_clear_error(family, settings, rng):
    data = table("binary", rng)
    data.y[:] = 0
    data.y[:4] = 1
    with pytest.raises(DataError, match="too few patients"):
        fit_head(build(family, settings), Table(data.features, data.y, np.where(data.y[:, 0] == 1, 0, data.groups), "binary"))


def test_a_class_of_several_that_train_lacks_is_one_clear_error(rng):
    y = np.eye(3, dtype=np.uint8)[np.arange(60) % 2 * 2]
    with pytest.raises(DataError, match="lacks a class"):
        fit_head(build("logistic"), Table(rng.normal(size=(60, 4)).astype(np.float32), y, np.arange(60), "multiclass"))
