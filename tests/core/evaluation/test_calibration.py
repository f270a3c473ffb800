from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss, roc_auc_score

from core.errors import EvaluationError
from core.evaluation.calibration import Temperature, fit_temperature
from core.evaluation.decisions import decisions
from core.evaluation.predictions import Predictions


class Logits(ClassifierMixin, BaseEstimator):
    """A classifier whose decision function is its input, so that scikit-learn's temperature can be asked for any logits."""

    def fit(self, x, y):
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, x):
        return x[:, 0] if len(self.classes_) == 2 else x

    def predict(self, x):
        return self.decision_function(x)


def of_scikit_learn(logits: np.ndarray, y: np.ndarray) -> float:
    calibrated = CalibratedClassifierCV(FrozenEstimator(Logits().fit(logits, y)), method="temperature").fit(logits, y)
    return float(1 / calibrated.calibrated_classifiers_[0].calibrators[0].beta_)


def overconfident(seed: int, n: int = 400, factor: float = 3.0, digits: int | None = None):
    """(y_true, y_score) of true probabilities sigmoid(z), told as sigmoid(factor z)."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-0.5, 1.5, n)
    y_true = rng.random(n) < 1 / (1 + np.exp(-z))
    y_score = 1 / (1 + np.exp(-factor * z))
    return y_true.astype(int), y_score if digits is None else np.round(y_score, digits)


@pytest.mark.parametrize("seed", range(5))
def test_a_binary_temperature_is_that_of_scikit_learn(binary, seed):
    val = binary(*overconfident(seed, factor=2.0))  # no score is so near to 0 or 1 that it is kept away from them
    logits = np.log(val.y_score.astype(float) / (1 - val.y_score.astype(float)))
    assert fit_temperature(val).values["Pneumonia"] == pytest.approx(of_scikit_learn(logits / 2, val.y_true[:, 0]), rel=1e-5)


@pytest.mark.parametrize("seed", range(5))
def test_a_multiclass_temperature_is_that_of_scikit_learn(random_multiclass, seed):
    val = random_multiclass(seed, n=300)
    found = fit_temperature(val)
    assert found.values["class 0"] == pytest.approx(of_scikit_learn(np.log(val.y_score.astype(float)), val.y_true.argmax(axis=1)), rel=1e-5)
    assert len(set(found.values.values())) == 1 and len(found.values) == 4


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.3, 6), digits=st.sampled_from([1, 2, 8]))
def test_no_neighbouring_temperature_has_a_lower_log_loss(seed, factor, digits):
    y_true, y_score = overconfident(seed, 120, factor, digits)
    ids = np.array([str(row) for row in range(120)])
    val = Predictions("binary", "val", ("a",), ids, None, y_true[:, None], y_score[:, None].astype(np.float32))
    found = fit_temperature(val)
    clipped = np.clip(val.y_score[:, 0].astype(float), 2**-23, 1 - 2**-23)

    def loss(temperature):
        return log_loss(y_true, 1 / (1 + (1 / clipped - 1) ** (1 / temperature)))

    best = found.values["a"]
    assert loss(best) <= min(loss(best * 1.01), loss(best / 1.01), loss(1.0)) + 1e-12


def test_scores_three_times_too_sharp_have_a_temperature_of_three(binary):
    found = fit_temperature(binary(*overconfident(1, n=20_000)))
    assert found.values["Pneumonia"] == pytest.approx(3, abs=0.15)


def test_calibrated_scores_keep_their_order_and_their_decisions(binary):
    val, test = binary(*overconfident(2)), binary(*overconfident(3), split="test")
    found = fit_temperature(val)
    calibrated = found.applied(test)
    assert calibrated.split == "test" and calibrated.y_score.dtype == np.float32
    assert roc_auc_score(test.y_true, calibrated.y_score) == pytest.approx(roc_auc_score(test.y_true, test.y_score), abs=1e-12)
    assert log_loss(test.y_true, calibrated.y_score) < log_loss(test.y_true, test.y_score)
    for threshold in (0.0, 0.07, 0.5, float(test.y_score[5, 0]), 1.0):
        moved = {"Pneumonia": found.threshold("Pneumonia", threshold)}
        assert (decisions(calibrated, moved) == decisions(test, {"Pneumonia": threshold})).all()


def test_scores_of_exactly_0_and_1_are_calibrated_too(binary):
    y_true, y_score = overconfident(4, factor=40)
    val = binary(y_true, y_score)
    assert {0.0, 1.0} <= set(np.round(val.y_score[:, 0], 9).tolist())
    calibrated = fit_temperature(val).applied(val).y_score
    assert np.isfinite(calibrated).all() and calibrated.min() > 0 and calibrated.max() < 1


def test_float32_scores_of_only_0_and_1_are_calibrated_to_their_accuracy(binary):
    val = binary([1] * 8 + [0] * 2 + [0] * 8 + [1] * 2, [1.0] * 10 + [0.0] * 10)
    assert fit_temperature(val).applied(val).y_score.ravel() == pytest.approx(np.array([0.8] * 10 + [0.2] * 10), abs=1e-6)


def test_an_image_keeps_the_order_of_its_classes(random_multiclass):
    val = random_multiclass(1, n=200)
    calibrated = fit_temperature(val).applied(val)
    assert (calibrated.y_score.argmax(axis=1) == val.y_score.argmax(axis=1)).all()
    assert calibrated.y_score.sum(axis=1) == pytest.approx(np.ones(200), abs=1e-6)


def test_each_finding_has_its_own_temperature_and_one_without_both_classes_keeps_1(random_multilabel):
    val = random_multilabel(0, n=300, findings=3)
    truth = val.y_true.copy()
    truth[:, 1] = 0
    val = replace(val, y_true=truth)
    found = fit_temperature(val)
    alone = fit_temperature(val.of_label("finding 2"))
    assert found.values["finding 1"] == 1 and found.values["finding 0"] != found.values["finding 2"] == alone.values["finding 2"]
    assert list(found.kept) == ["finding 1"] and "no image of val has finding 1" in found.kept["finding 1"]
    assert "finding 1 keeps 1: no image of val has finding 1" in found.sentence
    calibrated = found.applied(val)
    assert (calibrated.y_score[:, 1] == val.y_score[:, 1]).all() and (calibrated.y_score[:, 0] != val.y_score[:, 0]).any()


def test_only_validation_calibrates(random_binary):
    for split in ("train", "test"):
        with pytest.raises(EvaluationError, match="validation calibrates"):
            fit_temperature(random_binary(0, split=split))


@pytest.mark.parametrize(
    ("truth", "words"), [([0, 0, 0], "no image of val has Pneumonia"), ([1, 1, 1], "every image of val has Pneumonia")]
)
def test_a_class_that_is_absent_is_said(binary, truth, words):
    with pytest.raises(EvaluationError, match=words):
        fit_temperature(binary(truth, [0.2, 0.4, 0.9]))


def test_a_single_class_among_several_is_said(random_multiclass):
    val = random_multiclass(0, n=20)
    with pytest.raises(EvaluationError, match="every image of val has class 0"):
        fit_temperature(val.select(np.flatnonzero(val.y_true[:, 0])))


def test_scores_that_no_temperature_suits_are_said(binary):
    with pytest.raises(EvaluationError, match="right side of 0.5"):
        fit_temperature(binary([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]))
    with pytest.raises(EvaluationError, match="away from the truth"):
        fit_temperature(binary([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9]))


def test_other_labels_are_refused(random_binary, random_multilabel):
    found = fit_temperature(random_binary(0))
    with pytest.raises(EvaluationError, match="binary task with Pneumonia"):
        found.applied(random_multilabel(0))


@given(st.floats(0.01, 0.99), st.floats(0.6, 10))
def test_a_raw_threshold_is_the_way_back_and_a_half_stays(threshold, value):
    temperature = Temperature("binary", {"a": value}, 100)
    assert temperature.raw_threshold("a", temperature.threshold("a", threshold)) == pytest.approx(threshold, abs=1e-3)
    assert temperature.raw_threshold("a", 0.5) == pytest.approx(0.5)
    assert (temperature.raw_threshold("a", 0), temperature.raw_threshold("a", 1)) == (0, 1)


def test_calibrated_scores_at_a_threshold_decide_as_raw_ones_at_its_raw_threshold(binary):
    predictions = binary(*overconfident(4))
    temperature = fit_temperature(predictions)
    calibrated = temperature.applied(predictions)
    for threshold in (0.05, 0.091, 0.3, 0.5, 0.8):
        raw = temperature.raw_threshold("Pneumonia", threshold)
        same = decisions(predictions, {"Pneumonia": raw}) == decisions(calibrated, {"Pneumonia": threshold})
        assert same.all() and (raw == pytest.approx(threshold)) == (threshold == 0.5)


def test_no_single_raw_threshold_decides_as_calibrated_classes_do(random_multiclass):
    assert fit_temperature(random_multiclass(1)).raw_threshold("a", 0.3) is None
