import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from core.evaluation.counts import Counts, counts_at, counts_at_every_threshold, counts_at_thresholds, is_positive

rows = st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.9, 1.0])), min_size=1, max_size=25)


def _by_hand(y_true, y_score, threshold):
    cells = {(True, True): 0, (False, True): 0, (True, False): 0, (False, False): 0}
    for truth, score in zip(y_true, y_score, strict=True):
        cells[bool(truth), bool(score >= np.float32(threshold))] += 1
    return Counts(*cells.values())


def _arrays(rows):
    y_true, y_score = zip(*rows, strict=True)
    return np.array(y_true, dtype=np.uint8), np.array(y_score, dtype=np.float32)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_every_threshold_has_the_counts_of_plain_counting(rows):
    y_true, y_score = _arrays(rows)
    thresholds, counts = counts_at_every_threshold(y_true, y_score)
    assert thresholds.tolist() == [np.inf, *sorted(set(y_score.tolist()), reverse=True)]
    for index, threshold in enumerate(thresholds):
        assert counts.at(index) == _by_hand(y_true, y_score, threshold)


@settings(max_examples=60, deadline=None)
@given(rows, st.lists(st.floats(0, 1), min_size=1, max_size=5))
def test_given_thresholds_have_the_counts_of_plain_counting(rows, thresholds):
    y_true, y_score = _arrays(rows)
    together = counts_at_thresholds(y_true, y_score, np.array(thresholds))
    for index, threshold in enumerate(thresholds):
        assert together.at(index) == counts_at(y_true, y_score, threshold) == _by_hand(y_true, y_score, threshold)


def test_counts_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    y_true, y_score = rng.integers(2, size=200), rng.random(200).astype(np.float32)
    counts = counts_at(y_true, y_score, 0.3)
    np.testing.assert_array_equal(confusion_matrix(y_true, y_score >= 0.3), [[counts.tn, counts.fp], [counts.fn, counts.tp]])


@pytest.mark.parametrize("threshold", [0.1, 0.4, 0.6, 0.9])
def test_a_score_that_prints_as_the_threshold_reaches_it(threshold):
    """float32(0.9) is below the float64 0.9, float32(0.1) above the float64 0.1."""
    score = np.array([threshold], dtype=np.float32)
    assert is_positive(score, threshold).all()
    assert counts_at(np.array([1]), score, threshold).tp == 1
