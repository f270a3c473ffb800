import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from core.evaluation.ranking import area, average_precision, mean_roc_auc, precision_area, roc_auc, steps

SCORES = st.sampled_from([0.0, 0.25, 0.5, 0.7, 1.0])
rows = st.lists(st.tuples(st.integers(0, 1), SCORES, st.lists(st.integers(0, 4), min_size=3, max_size=3)), min_size=1, max_size=15)


def _peers(y_true, y_score, weights):
    """scikit-learn's areas of one draw; nan where it has none."""
    drawn = weights > 0
    true, score, weights = y_true[drawn], y_score[drawn], weights[drawn]
    area = roc_auc_score(true, score, sample_weight=weights) if len(set(true.tolist())) == 2 else np.nan
    return area, average_precision_score(true, score, sample_weight=weights) if true.any() else np.nan


@settings(max_examples=200, deadline=None)
@given(rows)
def test_weighted_areas_are_those_of_scikit_learn(rows):
    y_true, y_score = np.array([row[0] for row in rows], dtype=np.uint8), np.array([row[1] for row in rows], dtype=np.float32)
    times = np.array([row[2] for row in rows]).T  # (3, n)
    expected = np.array([_peers(y_true, y_score, draw) for draw in times]).T
    for weights in (times, times.astype(np.uint16), np.ascontiguousarray(times.T, dtype=np.float32).T):
        np.testing.assert_allclose(roc_auc(y_true, y_score, weights), expected[0], atol=1e-12)
        np.testing.assert_allclose(average_precision(y_true, y_score, weights), expected[1], atol=1e-12)


def test_areas_of_many_scores_of_an_image_are_those_of_scikit_learn():
    """All labels in one ranking: each image lends its weight to its three scores."""
    rng = np.random.default_rng(0)
    y_true, y_score, weights = rng.integers(0, 2, (40, 3)), np.round(rng.random((40, 3)), 1), rng.integers(0, 4, (5, 40))
    images = np.repeat(np.arange(40), 3)
    found = steps(y_true.ravel(), y_score.ravel(), weights, images)
    for draw in range(5):
        each = weights[draw][images]
        assert area(found)[draw] == pytest.approx(roc_auc_score(y_true.ravel(), y_score.ravel(), sample_weight=each))
        assert precision_area(found)[draw] == pytest.approx(average_precision_score(y_true.ravel(), y_score.ravel(), sample_weight=each))


def test_weights_beyond_what_float32_counts_are_added_up_exactly():
    y_true, y_score = np.array([0, 1, 0, 1], dtype=np.uint8), np.array([0.1, 0.4, 0.35, 0.8], dtype=np.float32)
    weights = np.array([[2**24 + 1, 3, 2**25 + 1, 2**24 + 3]])
    expected = roc_auc_score(y_true, y_score, sample_weight=weights[0])
    assert roc_auc(y_true, y_score, weights)[0] == pytest.approx(expected, abs=1e-15)
    y_score[1] = 0.2
    tp, fp = 2**24 + 3, 2**25 + 1
    behind = 3 * fp / ((tp + 3) * (2**24 + 1 + fp))
    assert roc_auc(y_true, y_score, weights)[0] == pytest.approx(1 - behind, rel=1e-15)


def test_the_mean_area_leaves_out_labels_without_both_classes():
    rng = np.random.default_rng(0)
    y_true, y_score = (rng.random((60, 3)) < [0.5, 0.3, 0.0]).astype(np.uint8), rng.random((60, 3))
    expected = np.mean([roc_auc_score(y_true[:, label], y_score[:, label]) for label in (0, 1)])
    assert mean_roc_auc(y_true, y_score) == pytest.approx(expected)
    assert mean_roc_auc(y_true[:, 2:], y_score[:, 2:]) is None
