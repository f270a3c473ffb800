from dataclasses import replace

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from core.evaluation.intervals import metric_intervals
from core.evaluation.shares import Share, shares


def test_a_share_of_images_has_wilsons_interval(random_binary):
    predictions = random_binary(3, n=50)
    part, whole = np.arange(50) < 12, np.arange(50) < 40
    found = shares(predictions, {"some": Share(part, whole, "")})["some"]
    assert found.value == 12 / 40 and found.method == "Wilson"
    assert (found.low, found.high) == pytest.approx(proportion_confint(12, 40, method="wilson"))


def test_where_patients_repeat_the_interval_is_the_one_that_metrics_have(random_binary):
    predictions = random_binary(5, n=60, patients=np.array([f"p{row // 4}" for row in range(60)]))
    true, called = predictions.y_true[:, 0] == 1, predictions.y_score[:, 0] >= 0.5
    found = shares(predictions, {"found": Share(true & called, true, ""), "left": Share(~called, np.ones(60, bool), "")})["found"]
    known = metric_intervals(predictions, {"Pneumonia": 0.5}, names=["sensitivity"])["sensitivity"]
    assert (found.value, found.low, found.high, found.method) == (known.value, known.low, known.high, "bootstrap by patient")


def test_images_that_are_alike_within_patients_make_a_share_as_uncertain_as_few_patients(rng, random_binary):
    alike, every = np.repeat(rng.random(20) < 0.5, 10), np.ones(200, bool)
    grouped, single = (random_binary(2, n=200, patients=patients) for patients in (np.repeat(np.arange(20), 10).astype(str), None))
    wide, narrow = (shares(one, {"alike": Share(alike, every, "")})["alike"] for one in (grouped, single))
    assert wide.value == narrow.value and wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_of_none_or_all_images_each_patient_counts_once(random_binary):
    """All draws of patients would be alike, which does not mean that the share is certain."""
    predictions = random_binary(5, n=60, patients=np.repeat(np.arange(15), 4).astype(str))
    of = np.arange(60) < 38  # of the first ten patients
    found = shares(predictions, {"none": Share(~of & of, of, ""), "all": Share(of, of, "")})
    for name, patients in (("none", 0), ("all", 10)):
        entry = found[name]
        assert (entry.value, entry.method) == (patients / 10, "Wilson over patients")
        assert (entry.low, entry.high) == pytest.approx(proportion_confint(patients, 10, method="wilson"))


def test_metrics_of_none_or_all_have_that_interval_too(random_binary):
    one = random_binary(5, n=60, patients=np.repeat(np.arange(15), 4).astype(str))
    right = replace(one, y_score=np.where(one.y_true == 1, 0.9, 0.1).astype(np.float32))
    found = metric_intervals(right, {"Pneumonia": 0.5}, names=("sensitivity", "accuracy"))
    ill = np.unique(one.patients[one.y_true[:, 0] == 1]).size
    assert found["sensitivity"].method == found["accuracy"].method == "Wilson over patients"
    assert found["sensitivity"].low == pytest.approx(proportion_confint(ill, ill, method="wilson")[0])
    assert found["accuracy"].low == pytest.approx(proportion_confint(15, 15, method="wilson")[0])


def test_a_share_of_no_image_says_why_with_and_without_patients(random_binary):
    nobody = Share(np.zeros(20, bool), np.zeros(20, bool), "nobody was asked")
    for patients in (None, np.repeat(["a", "b", "c", "d"], 5)):
        found = shares(random_binary(1, n=20, patients=patients), {"none": nobody})["none"]
        assert (found.value, found.low, found.high) == (None, None, None) and found.method == "not available: nobody was asked"
