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


def test_a_share_of_no_image_says_why_with_and_without_patients(random_binary):
    nobody = Share(np.zeros(20, bool), np.zeros(20, bool), "nobody was asked")
    for patients in (None, np.repeat(["a", "b", "c", "d"], 5)):
        found = shares(random_binary(1, n=20, patients=patients), {"none": nobody})["none"]
        assert (found.value, found.low, found.high) == (None, None, None) and found.method == "not available: nobody was asked"
