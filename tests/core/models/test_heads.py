"""SVM and forest: every task, scores that are scores, and storage without pickle."""

import numpy as np
import pytest
import skops.io

from core.errors import DataError
from core.models.heads import fit_head, head_scores
from core.recipe import build


def features(task: str, rng, n: int = 150):
    index = rng.integers(0, 3, n)
    x = np.eye(3)[index] * 3 + rng.normal(size=(n, 3))
    if task == "binary":
        return x.astype(np.float32), (index[:, None] == 1).astype(np.uint8)
    if task == "multiclass":
        return x.astype(np.float32), np.eye(3, dtype=np.uint8)[index]
    return x.astype(np.float32), np.column_stack([index == 0, index != 2]).astype(np.uint8)


@pytest.mark.parametrize("family", ["svm", "forest"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
def test_a_head_learns_every_task_and_comes_back_from_skops(family, task, rng, tmp_path):
    from core.models.classical import _TRUSTED

    x, y = features(task, rng)
    head = fit_head(build(family, {"C": 1.0} if family == "svm" else {}), x, y, np.arange(len(x)), task)
    scores = head_scores(head, x, task)
    assert scores.shape == y.shape and scores.min() >= 0 and scores.max() <= 1
    right = (scores.argmax(1) == y.argmax(1)) if task == "multiclass" else ((scores >= 0.5) == y).all(axis=1)
    assert right.mean() > 0.8
    skops.io.dump(head, tmp_path / "head.skops")
    again = skops.io.load(tmp_path / "head.skops", trusted=list(_TRUSTED))
    assert np.array_equal(head_scores(again, x, task), scores)


@pytest.mark.parametrize("setting", [{"kernel": "rbf"}, {"C": 100.0}, {"class_weight": "none"}])
def test_every_svm_setting_changes_the_scores(setting, rng):
    x, y = features("binary", rng)
    plain, other = (fit_head(build("svm", one), x, y, np.arange(len(x)), "binary") for one in ({}, setting))
    assert not np.allclose(head_scores(plain, x, "binary"), head_scores(other, x, "binary"))


FOREST_SETTINGS = [{"n_estimators": 7}, {"max_depth": 1}, {"min_samples_leaf": 30}, {"class_weight": "none"}, {"seed": 9}]


@pytest.mark.parametrize("setting", FOREST_SETTINGS)
def test_every_forest_setting_changes_the_scores(setting, rng):
    x, y = features("binary", rng)
    plain, other = (fit_head(build("forest", one), x, y, np.arange(len(x)), "binary") for one in ({}, setting))
    assert not np.allclose(head_scores(plain, x, "binary"), head_scores(other, x, "binary"))


def test_one_class_only_is_one_clear_error(rng):
    x, y = features("binary", rng)
    with pytest.raises(DataError, match="one class only"):
        fit_head(build("svm"), x, y * 0, np.arange(len(x)), "binary")


def test_too_few_patients_of_a_class_is_one_clear_error(rng):
    x, y = features("binary", rng)
    y[:] = 0
    y[:4] = 1
    with pytest.raises(DataError, match="too few patients"):
        fit_head(build("svm"), x, y, np.where(y[:, 0] == 1, 0, np.arange(len(x))), "binary")
