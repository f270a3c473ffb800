from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from core.errors import EvaluationError
from core.evaluation.intervals import (
    delong_interval,
    drawn_interval,
    label_metric_intervals,
    metric_intervals,
)
from core.evaluation.metrics import LABEL_METRICS, evaluate, metrics_of, per_label
from core.evaluation.predictions import Predictions
from core.evaluation.proportion import wilson

WILSON = {"accuracy", "sensitivity", "specificity", "precision", "npv"}
PUBLISHED = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("successes", "n", "low", "high"), PUBLISHED)
def test_wilson_gives_the_published_intervals(successes, n, low, high):
    """Newcombe (1998), Statistics in Medicine 17:857, table I, method 3."""
    assert wilson(successes, n) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


def test_wilson_is_symmetric_and_stays_within_its_bounds():
    assert wilson(0, 7)[0] == 0
    assert wilson(7, 7)[1] == 1
    assert wilson(2, 7)[0] == pytest.approx(1 - wilson(5, 7)[1])
    for wrong in ((0, 0), (3, 2), (-1, 5)):
        with pytest.raises(EvaluationError, match="no proportion"):
            wilson(*wrong)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_wilson_is_that_of_statsmodels(level):
    for n in (1, 2, 7, 60, 5000):
        for successes in {0, 1, n // 3, n - 1, n}:
            expected = proportion_confint(successes, n, alpha=1 - level, method="wilson")
            assert wilson(successes, n, level) == pytest.approx(expected, abs=1e-12)


def test_methods_of_a_binary_task(random_binary):
    predictions = random_binary(0, n=200, digits=3)
    found, values = metric_intervals(predictions, {"Pneumonia": 0.5}), evaluate(predictions, {"Pneumonia": 0.5})
    assert tuple(found) == metrics_of("binary")
    for name, interval in found.items():
        assert interval.value == pytest.approx(values[name])
        assert interval.low < interval.value <= interval.high
        expected = "Wilson" if name in WILSON else "DeLong" if name == "roc_auc" else "bootstrap"
        assert interval.method == expected


@pytest.mark.parametrize("task", ["random_multiclass", "random_multilabel"])
def test_means_over_labels_have_bootstrap_intervals(request, task):
    predictions = request.getfixturevalue(task)(0)
    closed = {
        "random_multiclass": {"accuracy", "micro_precision", "micro_sensitivity", "micro_f1"},
        "random_multilabel": {"subset_accuracy"},
    }
    for name, interval in metric_intervals(predictions, dict.fromkeys(predictions.labels, 0.5)).items():
        assert interval.low < interval.value <= interval.high
        assert interval.method == ("Wilson" if name in closed[task] else "bootstrap")


def test_only_the_metrics_that_are_asked_for_are_given(random_multilabel):
    predictions = random_multilabel(0)
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    some = metric_intervals(predictions, thresholds, names=("micro_f1", "roc_auc"))
    everything = metric_intervals(predictions, thresholds)
    assert some == {name: everything[name] for name in ("micro_f1", "roc_auc")}


def test_each_label_has_its_own_intervals(random_multilabel):
    predictions = random_multilabel(1, n=150)
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    found, values = label_metric_intervals(predictions, thresholds), per_label(predictions, thresholds)
    assert tuple(found) == predictions.labels
    for label, intervals in found.items():
        alone = metric_intervals(predictions.of_label(label), thresholds)
        assert tuple(intervals) == LABEL_METRICS
        for name, interval in intervals.items():
            assert interval.value == pytest.approx(values[label][name])
            assert interval.method == alone[name].method
            tolerance = 0 if interval.method != "bootstrap" else 0.15 * (alone[name].high - alone[name].low)
            assert (interval.low, interval.high) == pytest.approx((alone[name].low, alone[name].high), abs=tolerance)


def test_a_label_that_lacks_a_class_leaves_the_others_alone(random_multilabel):
    predictions = random_multilabel(1, n=150)
    y_true = predictions.y_true.copy()
    y_true[:, 0] = 0
    lacking = replace(predictions, y_true=y_true)
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    found, whole = label_metric_intervals(lacking, thresholds), label_metric_intervals(predictions, thresholds)
    assert found[predictions.labels[1]] == whole[predictions.labels[1]]
    first = found[predictions.labels[0]]
    assert first["roc_auc"] is first["sensitivity"] is first["average_precision"] is None
    assert first["specificity"].method == "Wilson"


def test_intervals_of_labels_are_by_patient_where_patients_repeat(random_multilabel):
    patients = np.arange(80) // 2
    found = label_metric_intervals(random_multilabel(0, patients=patients), dict.fromkeys([f"finding {index}" for index in range(3)], 0.5))
    methods = {interval.method for intervals in found.values() for interval in intervals.values()}
    assert methods == {"bootstrap by patient", "DeLong by patient"}


def test_repeated_patients_widen_every_interval(random_binary, binary):
    single = random_binary(4, n=200, digits=3)
    twice = [np.repeat(array, 2) for array in (single.y_true[:, 0], single.y_score[:, 0], single.image_ids)]
    naive = metric_intervals(binary(twice[0], twice[1]), {"Pneumonia": 0.5})
    honest = metric_intervals(binary(twice[0], twice[1], patients=twice[2]), {"Pneumonia": 0.5})
    for name in set(honest) - {"ece"}:  # which is nearer to 0 than its noise
        assert honest[name].method.endswith(" by patient")
        assert honest[name].high - honest[name].low > 1.1 * (naive[name].high - naive[name].low)


def test_perfect_order_still_leaves_doubt(binary):
    perfect = binary(np.repeat([0, 1], 20), np.repeat([0.1, 0.9], 20))
    found = metric_intervals(perfect, {"Pneumonia": 0.5})
    assert found["roc_auc"].method == "Newcombe"
    assert found["roc_auc"].value == found["roc_auc"].high == 1
    assert 0.8 < found["roc_auc"].low < 0.95
    assert found["accuracy"].low < 1
    assert found["f1"] is None


def test_what_has_no_value_has_no_interval(binary):
    found = metric_intervals(binary([0, 0, 0, 0], [0.1, 0.2, 0.3, 0.6]), {"Pneumonia": 0.5})
    missing = {"balanced_accuracy", "sensitivity", "f1", "mcc", "youden", "decision_roc_auc", "roc_auc", "average_precision"}
    assert {name for name, interval in found.items() if interval is None} == missing
    with pytest.raises(EvaluationError, match="ROC AUC cannot be had"):
        delong_interval(np.zeros(5), np.arange(5) / 5)


def test_draws_without_a_value_are_left_out_but_not_most_of_them():
    drawn = np.array([np.nan, 0.2, 0.4, 0.6])
    assert drawn_interval("f1", 0.4, drawn, level=0.5).low == pytest.approx(0.3)
    assert drawn_interval("f1", 0.4, np.array([np.nan, np.nan, np.nan, 0.2])) is None
    assert drawn_interval("f1", 0.4, np.full(4, np.nan)) is None


def test_areas_stay_within_0_and_1_and_a_calibration_error_holds_its_value(random_multilabel):
    predictions = random_multilabel(0, n=40)
    sharp = replace(predictions, y_score=np.where(predictions.y_true == 1, 0.9, 0.1 + 0.81 * (np.arange(40)[:, None] == 5)))
    found = metric_intervals(sharp, dict.fromkeys(sharp.labels, 0.5))
    for name in ("average_precision", "micro_roc_auc", "weighted_average_precision"):
        assert 0 < found[name].low < found[name].value < found[name].high < 1
    drawn = np.random.default_rng(0).normal(0.06, 0.01, 1000)  # draws of a calibration error lie above it
    interval = drawn_interval("ece", 0.04, drawn)
    assert (interval.low, interval.high) == (0, 0.04)


@pytest.mark.parametrize("shift", [1.0, 2.5])
def test_delong_covers_the_true_area_about_as_often_as_it_says(shift):
    """Two normals that lie `shift` apart: the true area is Phi(shift / sqrt 2). 400 samples of 40 + 60 images."""
    from scipy.stats import norm

    rng, truth = np.random.default_rng(0), norm.cdf(shift / np.sqrt(2))
    y_true, covered = np.repeat([0, 1], [40, 60]), 0
    for _ in range(400):
        interval = delong_interval(y_true, rng.normal(shift * y_true))
        covered += interval.low <= truth <= interval.high
    assert 0.92 <= covered / 400 <= 0.98


def test_all_binary_intervals_of_624_images_take_a_moment(random_binary):
    predictions = random_binary(0, n=624, digits=4)
    times = []
    for _ in range(3):
        start = perf_counter()
        metric_intervals(predictions, {"Pneumonia": 0.5})
        times.append(perf_counter() - start)
    assert min(times) < 1.0  # about 0.1 s on an idle core


def test_draws_that_differ_by_rounding_alone_are_no_certainty():
    """All images have the same score, so every draw has the same log loss but for the last digits."""
    truth = np.tile([0, 1], 30)[:, None].astype(np.uint8)
    one = Predictions("binary", "test", ("A",), np.arange(60).astype(str), None, truth, np.full((60, 1), 0.5, np.float32))
    assert metric_intervals(one, {"A": 0.5}, names=("log_loss", "brier")) == {"log_loss": None, "brier": None}
