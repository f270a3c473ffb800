import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from core.evaluation.decision_f1 import decision_f1, macro_f1_change
from core.evaluation.draws import draw_weights, drawn_sums
from core.evaluation.intervals import label_metric_intervals, metric_intervals


def _thresholds(predictions, threshold=0.5):
    return dict.fromkeys(predictions.labels, threshold)


@pytest.mark.parametrize("patients", [None, 4])
def test_of_thresholds_it_is_the_f1_that_all_other_pages_show(random_multilabel, patients):
    names = None if patients is None else np.array([f"p{row // patients}" for row in range(80)])
    predictions = random_multilabel(2, patients=names)
    found = decision_f1(predictions, (predictions.y_score >= np.float32(0.5)).astype(np.uint8))
    labels = label_metric_intervals(predictions, _thresholds(predictions))
    macro = metric_intervals(predictions, _thresholds(predictions), names=["macro_f1"])["macro_f1"]
    for one, known in [(found.labels[label], labels[label]["f1"]) for label in labels] + [(found.macro, macro)]:
        assert (one.value, one.low, one.high) == pytest.approx((known.value, known.low, known.high)) and one.method == known.method


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_any_decisions_have_the_f1_of_scikit_learn(random_multilabel_of, seed):
    predictions = random_multilabel_of(seed)
    decision = np.random.default_rng(seed).integers(0, 2, predictions.y_true.shape)
    found = decision_f1(predictions, decision, draws=5)
    assert found.macro.value == pytest.approx(f1_score(predictions.y_true, decision, average="macro"))
    assert [found.labels[label].value for label in predictions.labels] == pytest.approx(
        f1_score(predictions.y_true, decision, average=None)
    )


@pytest.fixture(scope="module")
def random_multilabel_of():
    """A function may be called many times by hypothesis, a function-scoped fixture may not."""
    from core.evaluation.predictions import Predictions

    def make(seed):
        rng = np.random.default_rng(seed)
        truth = rng.integers(0, 2, (30, 3))
        truth[0], truth[1] = 0, 1
        ids = np.array([str(row) for row in range(30)])
        return Predictions("multilabel", "test", ("a", "b", "c"), ids, None, truth, rng.random((30, 3)))

    return make


def test_the_gain_is_the_difference_and_its_interval_that_of_paired_draws(random_multilabel):
    predictions = random_multilabel(7, split="test")
    before, after = ((predictions.y_score >= np.float32(threshold)).astype(np.uint8) for threshold in (0.6, 0.3))
    found = macro_f1_change(predictions, before, after)
    assert found.gain.value == pytest.approx(found.after.value - found.before.value)
    drawn = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for weights in np.concatenate(list(draw_weights(predictions, 1000, 0))):
            rows = np.repeat(np.arange(predictions.n), weights.astype(int))
            first, second = (f1_score(predictions.y_true[rows], one[rows], average="macro") for one in (before, after))
            drawn.append(second - first)
    assert (found.gain.low, found.gain.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])))


def test_a_label_that_nobody_has_and_none_is_called_has_no_f1_and_says_so(random_multilabel):
    predictions = random_multilabel(1)
    predictions.y_true[:, 1] = 0
    decision = (predictions.y_score >= 0.5).astype(np.uint8)
    decision[:, 1] = 0
    found = decision_f1(predictions, decision)
    assert found.labels["finding 1"].value is None
    assert found.labels["finding 1"].method == "not available: no image of val has finding 1 or is called finding 1"
    assert found.macro.value == pytest.approx(f1_score(predictions.y_true[:, [0, 2]], decision[:, [0, 2]], average="macro"))


@pytest.mark.parametrize("patients", [None, 3])
def test_sums_over_drawn_units_are_sums_over_drawn_images(random_binary, patients):
    names = None if patients is None else np.array([f"p{row // patients}" for row in range(40)])
    predictions = random_binary(4, n=40, patients=names)
    columns = np.random.default_rng(0).integers(0, 3, (40, 2))
    weights = np.concatenate(list(draw_weights(predictions, 60, 9)))
    assert np.array_equal(drawn_sums(predictions, columns, 60, 9), weights.astype(float) @ columns)
