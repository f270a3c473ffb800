"""Heads as torch modules say what scikit-learn says, for every family, task and setting."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.models.head_module import HeadScores
from core.models.heads import Table, fit_head, head_scores
from core.recipe import build


def table(task: str, seed: int, images: int = 120, features: int = 6) -> Table:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(images, features)).astype(np.float32)
    drawn = x @ rng.normal(size=(features, 4)) + rng.normal(size=(images, 4))
    y = {"binary": drawn[:, :1] > 0, "multiclass": np.eye(4)[drawn.argmax(axis=1)], "multilabel": drawn > 0.3}[task]
    return Table(x, y.astype(np.uint8), np.arange(images), task)


def both(family: str, chosen: dict, data: Table, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    head = fit_head(build(family, chosen), data).head
    with torch.no_grad():
        return head_scores(head, rows, data.task), HeadScores(head, data.task).eval()(torch.from_numpy(rows)).numpy()


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
@pytest.mark.parametrize(
    ("family", "chosen"),
    [("svm", {}), ("svm", {"kernel": "rbf", "C": 10.0}), ("svm", {"standardise": False, "pca": 3, "kernel": "rbf"}), ("logistic", {}),
     ("logistic", {"pca": 3, "class_weight": "balanced"}), ("forest", {"n_estimators": 12}),
     ("forest", {"n_estimators": 5, "standardise": True, "pca": 3, "max_depth": 4})],
)  # fmt: skip
def test_a_head_says_the_same_as_a_module(family, chosen, task, rng):
    data = table(task, 1)
    rows = rng.normal(size=(300, data.features.shape[1])).astype(np.float32)
    for seen in (rows, data.features, 10 * rows, rows[:1]):
        expected, found = both(family, chosen, data, seen)
        assert found.dtype == np.float32 and found.shape == expected.shape
        assert np.abs(found - expected).max() <= 1e-5


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), depth=st.integers(1, 12), trees=st.integers(1, 8))
def test_a_forest_on_its_own_thresholds_turns_as_scikit_learn_turns(seed, depth, trees):
    data = table("multiclass", seed)
    whole = np.round(data.features * 2)  # features in steps, so that many lie on a threshold exactly
    data = Table(whole, data.y, data.groups, data.task)
    expected, found = both("forest", {"n_estimators": trees, "max_depth": depth}, data, np.vstack([whole, whole + 0.5, whole - 0.5]))
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("family", ["svm", "logistic", "forest"])
def test_a_label_that_could_not_be_learned_keeps_its_constant_score(family):
    data = table("multilabel", 2)
    data.y[:, 3], data.y[:, 2] = 0, 1
    expected, found = both(family, {}, data, data.features)
    assert np.abs(found - expected).max() <= 1e-6 and np.ptp(found[:, 3]) == 0 and found[0, 3] == 0 and found[0, 2] == 1
