"""Calibration errors against netcal, in the same ten bins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netcal.metrics import ECE

from core.evaluation.calibration_error import bins_of
from core.evaluation.metrics import evaluate, per_label
from core.evaluation.predictions import Predictions
from core.evaluation.weighted_metrics import weighted_metrics


def _ece(right, confidence):
    return ECE(bins=10).measure(np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=int))


@st.composite
def cases(draw):
    """Labels, scores on a grid of fortieths (edges of bins among them) and weights of a binary task."""
    rows = st.tuples(st.integers(0, 1), st.integers(0, 40), st.integers(0, 3))
    truth, score, times = np.array(draw(st.lists(rows, min_size=1, max_size=30))).T
    times[draw(st.integers(0, len(times) - 1))] += 1
    predictions = Predictions("binary", "val", ("P",), np.arange(len(truth)).astype(str), None, truth[:, None], score[:, None] / 40)
    return predictions, times


@settings(max_examples=100, deadline=None)
@given(cases())
def test_the_weighted_error_is_that_of_netcal_on_repeated_images(case):
    predictions, times = case
    truth, score = (np.repeat(column, times) for column in predictions.column("P"))
    (found,) = weighted_metrics(predictions, {"P": 0.5}, times[None], ["ece"])["ece"]
    assert found == pytest.approx(_ece(truth, score), abs=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_of_several_classes_it_is_that_of_the_highest_score(random_multiclass, seed):
    predictions = random_multiclass(seed)
    assert evaluate(predictions, {})["ece"] == pytest.approx(_ece(predictions.y_true.argmax(axis=1), predictions.y_score), abs=1e-6)


def test_of_several_findings_it_is_their_mean(random_multilabel):
    predictions = random_multilabel(5)
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    expected = [_ece(*predictions.column(label)) for label in predictions.labels]
    labels = per_label(predictions, thresholds)
    assert [labels[label]["ece"] for label in predictions.labels] == pytest.approx(expected, abs=1e-9)
    assert evaluate(predictions, thresholds)["ece"] == pytest.approx(np.mean(expected), abs=1e-9)


def test_a_bin_has_its_lower_edge_and_the_last_one_both():
    assert bins_of(np.array([0.0, 0.0999, 0.5, 0.4999, 0.95, 1.0], dtype=np.float32)).tolist() == [0, 0, 5, 4, 9, 9]


def test_a_share_that_meets_every_score_has_no_error(binary):
    assert evaluate(binary([0, 0, 0, 1], [0.25] * 4), {"Pneumonia": 0.5})["ece"] == 0
    assert evaluate(binary([0, 0, 0, 1], [0.75] * 4), {"Pneumonia": 0.5})["ece"] == pytest.approx(0.5)
