"""PPV and NPV at any prevalence: the formulas' intervals where images are independent, patients drawn where they are not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import EvaluationError
from core.evaluation.answers import answers
from core.evaluation.counts import counts_at
from core.evaluation.metrics import evaluate
from core.evaluation.predictions import Predictions
from core.evaluation.prevalence import npv_interval, of_people, ppv_interval


def repeated(predictions: Predictions, times: int) -> Predictions:
    """Every image so many times, as that many images of one patient each."""
    rows = np.repeat(np.arange(predictions.n), times)
    ids = np.array([f"image-{number}.png" for number in range(len(rows))])
    patients = rows.astype(str)
    return Predictions(
        predictions.task, predictions.split, predictions.labels, ids, patients, predictions.y_true[rows], predictions.y_score[rows]
    )


def test_images_of_different_patients_have_the_intervals_of_the_formula(random_binary):
    predictions = random_binary(3, n=200, split="test")
    found, counts = answers(predictions, 0.5), counts_at(*predictions.column("Pneumonia"), 0.5)
    for entry, interval in ((found.ppv(0.03), ppv_interval(counts, 0.03)), (found.npv(0.03), npv_interval(counts, 0.03))):
        assert (entry.value, entry.low, entry.high) == pytest.approx(
            (interval.value, interval.low, interval.high)
        ) and entry.method == "Mercaldo"


@given(st.integers(0, 10_000), st.sampled_from([0.2, 0.5, 0.8]))
@settings(max_examples=25, deadline=None)
def test_at_the_prevalence_of_the_images_they_are_precision_and_npv(seed, threshold):
    rng = np.random.default_rng(seed)
    y_true = rng.random(80) < 0.3
    y_true[:2] = [False, True]
    y_score = np.round(rng.random(80), 1).astype(np.float32)
    predictions = Predictions("binary", "test", ("a",), np.arange(80).astype(str), None, y_true[:, None], y_score[:, None])
    found, values = answers(predictions, threshold), evaluate(predictions, {"a": threshold})
    assert found.own_prevalence == pytest.approx(y_true.mean())
    assert found.ppv(found.own_prevalence).value == pytest.approx(values["precision"])
    assert found.npv(found.own_prevalence).value == pytest.approx(values["npv"])


def test_images_that_repeat_make_no_answer_surer(random_binary):
    """Four copies of each image, by patient, tell as much as one: the formula on the single images says how much."""
    single = random_binary(1, n=400, split="test", digits=3)
    truth, found = answers(single, 0.5), answers(repeated(single, 4), 0.5)
    for once, copied in ((truth.ppv(0.1), found.ppv(0.1)), (truth.npv(0.1), found.npv(0.1))):
        assert copied.method == "bootstrap by patient" and copied.value == pytest.approx(once.value)
        assert copied.high - copied.low == pytest.approx(once.high - once.low, rel=0.2)


def test_the_same_images_have_the_same_intervals_again(random_binary):
    predictions = repeated(random_binary(1), 2)
    assert answers(predictions, 0.4).ppv(0.2) == answers(predictions, 0.4).ppv(0.2)


def test_where_nobody_is_called_positive_ppv_says_so_and_npv_stands(binary):
    found = answers(binary([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], "test"), 0.9)
    assert (
        found.ppv(0.1) == (entry := found.ppv(0.2)) and entry.value is None and entry.method == "not available: no image is called positive"
    )
    assert found.npv(0.1).value == pytest.approx(0.9)


@pytest.mark.parametrize(("truth", "words"), [([0, 0, 0], "no image has the label"), ([1, 1, 1], "every image has the label")])
@pytest.mark.parametrize("patients", [None, np.array(["a", "a", "b"])])
def test_a_class_that_is_absent_is_said(binary, truth, words, patients):
    found = answers(replace(binary(truth, [0.1, 0.6, 0.9], "test"), patients=patients), 0.5)
    with pytest.raises(EvaluationError, match=words):
        found.ppv(0.1)
    with pytest.raises(EvaluationError, match=words):
        found.of_people(0.1)


def test_people_are_counted_at_the_rates_of_the_images(binary):
    found = answers(binary([1] * 20 + [0] * 5, [0.9] * 19 + [0.1] + [0.9] + [0.1] * 4, "test"), 0.5)
    assert found.rates == (0.95, 0.8) and found.of_people(0.05) == of_people(0.95, 0.8, 0.05)
