"""Stretched and shifted scores: the numbers of scikit-learn's logistic regression, and what they do to a threshold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from core.errors import EvaluationError
from core.evaluation.decisions import decisions
from core.evaluation.logistic_calibration import LogisticCalibration, fit_logistic


def shifted(seed: int, n: int = 600, shift: float = 1.5, factor: float = 2.0):
    """(y_true, y_score) of true probabilities sigmoid(z), told as sigmoid(factor z + shift)."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-0.5, 1.2, n)
    return (rng.random(n) < expit(z)).astype(int), expit(factor * z + shift)


@given(st.integers(0, 10_000), st.floats(-2, 2), st.floats(0.5, 3))
@settings(max_examples=25, deadline=None)
def test_intercept_and_slope_are_those_of_scikit_learn(binary_of, seed, shift, factor):
    y_true, y_score = shifted(seed, 300, shift, factor)
    found = fit_logistic(predictions := binary_of(y_true, y_score))
    z = logit(np.clip(predictions.y_score.astype(float), 1e-7, 1 - 1.2e-7))
    expected = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(z, y_true)
    assert found.slope == pytest.approx(expected.coef_[0, 0], abs=2e-3)
    assert found.intercept == pytest.approx(expected.intercept_[0], abs=2e-3)


@pytest.fixture(scope="module")
def binary_of():
    """Predictions on val from plain arrays; for hypothesis, whose examples share it."""
    from core.evaluation.predictions import Predictions

    def make(y_true, y_score, split="val"):
        ids = np.arange(len(y_true)).astype(str)
        return Predictions("binary", split, ("a",), ids, None, np.asarray(y_true)[:, None], np.asarray(y_score, np.float32)[:, None])

    return make


def test_a_shift_in_training_is_found_and_taken_back(binary_of):
    found = fit_logistic(binary_of(*shifted(1, 60_000)))
    assert found.slope == pytest.approx(0.5, abs=0.02) and found.intercept == pytest.approx(-0.75, abs=0.04) and found.images == 60_000
    assert found.raw_threshold(0.5) == pytest.approx(expit(1.5), abs=0.01)


def test_calibrated_scores_decide_as_raw_ones_at_the_raw_threshold_and_keep_their_auc(binary_of):
    val, test = binary_of(*shifted(2)), binary_of(*shifted(3), split="test")
    found = fit_logistic(val)
    calibrated = found.applied(test)
    for threshold in (0.05, 0.1, 0.5, 0.7):
        same = decisions(calibrated, {"a": threshold}) == decisions(test, {"a": found.raw_threshold(threshold)})
        assert same.all() and found.raw_threshold(threshold) != pytest.approx(threshold, abs=0.01)
    assert roc_auc_score(test.y_true, calibrated.y_score) == pytest.approx(roc_auc_score(test.y_true, test.y_score), abs=1e-6)


def test_the_ends_stay():
    found = LogisticCalibration(1.0, 0.5, 10)
    assert (found.raw_threshold(0), found.raw_threshold(1)) == (0, 1)


def test_only_validation_calibrates(binary_of):
    with pytest.raises(EvaluationError, match="fitted on test"):
        fit_logistic(binary_of(*shifted(1), split="test"))


@pytest.mark.parametrize(
    ("y_true", "y_score", "words"),
    [
        ([0, 0, 0], [0.1, 0.2, 0.3], "no image of val has a"),
        ([1, 1, 1], [0.1, 0.2, 0.3], "every image of val has a"),
        ([0, 1, 1], [0.3, 0.3, 0.3], "all the same"),
        ([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.9], "without a mistake"),
        ([1, 1, 0, 0], [0.1, 0.2, 0.6, 0.9], "without a mistake"),
        ([1, 0, 1, 0], [0.1, 0.2, 0.6, 0.9], "point away from the truth"),
    ],
)
def test_scores_that_no_stretching_suits_are_said(binary_of, y_true, y_score, words):
    with pytest.raises(EvaluationError, match=words):
        fit_logistic(binary_of(y_true, y_score))
