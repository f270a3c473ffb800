"""Slow: half a minute. How often 95 % intervals hold the truth, on simulated data whose truth is known."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from core.evaluation.intervals import delong_interval, metric_intervals
from core.evaluation.metrics import evaluate
from core.evaluation.predictions import Predictions

SAMPLES, IMAGES = 700, 600
SKILL, CUT = 1.7, 0.85  # positives lie one normal `SKILL` above negatives; called positive from CUT on


def _predictions(y_true, y_score):
    return Predictions("binary", "test", ("x",), np.arange(len(y_true)), None, y_true[:, None], y_score[:, None])


def _truth(prevalence):
    """Of endlessly many images."""
    sensitivity, specificity = norm.sf(CUT - SKILL), norm.cdf(CUT)
    hits, called = sensitivity * prevalence, sensitivity * prevalence + (1 - specificity) * (1 - prevalence)

    def precision_times_density(cut):
        hits, alarms = prevalence * norm.sf(cut - SKILL), (1 - prevalence) * norm.sf(cut)
        return norm.pdf(cut - SKILL) * hits / (hits + alarms)

    return {
        "roc_auc": norm.cdf(SKILL / np.sqrt(2)),
        "sensitivity": sensitivity,
        "f1": 2 * hits / (called + prevalence),
        "average_precision": quad(precision_times_density, -8, 8)[0],
    }


@pytest.mark.parametrize("prevalence", [0.2, 0.6])
def test_intervals_cover_the_truth_as_often_as_they_say(prevalence):
    """Each sample is 600 images at random, so that its share of positives varies. Of 700 intervals that hold the truth with chance .95,
    93 to 97 % do so in 98 of 100 tries; the seed is fixed, and the outcome is the same each time."""
    rng, truth = np.random.default_rng(0), _truth(prevalence)
    covered = dict.fromkeys(truth, 0)
    for sample in range(SAMPLES):
        y_true = rng.random(IMAGES) < prevalence
        y_score = norm.cdf((rng.normal(size=IMAGES) + SKILL * y_true - CUT) / 2)
        found = metric_intervals(_predictions(y_true, y_score), {"x": 0.5}, seed=sample, names=tuple(truth))
        for name, value in truth.items():
            covered[name] += found[name].low <= value <= found[name].high
    for name, times in covered.items():
        assert 0.93 <= times / SAMPLES <= 0.97, f"{name}: {times} of {SAMPLES}"


@pytest.mark.parametrize("sharpening", [1.0, 1.3, 2.0])
def test_intervals_of_the_calibration_error_hold_it_though_the_value_is_too_large(sharpening):
    """Scores with their logits stretched; 1 is calibrated, and the true error 0. The middle of the draws alone seldom holds it."""

    def sample(images):
        logit = rng.normal(-1, 1.5, size=images)
        return _predictions(rng.random(images) < 1 / (1 + np.exp(-logit)), 1 / (1 + np.exp(-sharpening * logit)))

    rng = np.random.default_rng(0)
    truth = evaluate(sample(1_000_000), {"x": 0.5})["ece"] if sharpening > 1 else 0.0
    intervals = [metric_intervals(sample(300), {"x": 0.5}, draws=300, seed=seed, names=("ece",))["ece"] for seed in range(200)]
    assert np.mean([interval.value for interval in intervals]) > truth
    assert 0.88 <= np.mean([interval.low <= truth <= interval.high for interval in intervals]) <= 0.99


@pytest.mark.parametrize("positives", [1, 2, 3, 5, 10, 14, 15, 20])
@pytest.mark.parametrize("each", [1, 4])
def test_intervals_of_the_area_hold_it_with_few_images_or_patients_of_a_class(positives, each):
    """Patients of `each` images that are rather alike; 100 patients without the label."""
    rng, hits = np.random.default_rng(positives), 0
    y_true = np.repeat([1, 0], [positives, 100])
    for _ in range(400):
        own = rng.normal(SKILL * y_true, 0.8)
        y_score = np.repeat(own, each) + rng.normal(0, 0.6, y_true.size * each)
        patients = np.repeat(np.arange(y_true.size), each)
        interval = delong_interval(np.repeat(y_true, each), y_score, patients=patients if each > 1 else None)
        hits += interval.low <= norm.cdf(SKILL / np.sqrt(2)) <= interval.high
    assert hits / 400 >= 0.9


@pytest.mark.parametrize("each", [1, 40])
def test_where_all_pairs_are_in_order_the_interval_counts_patients(each):
    """A true area of .983; of samples in order, hardly any interval may leave it out."""
    rng, y_true, missed, met = np.random.default_rng(0), np.repeat([1, 0], [5, 10]), 0, 0
    for _ in range(400):
        own = rng.normal(3.0 * y_true, 1)
        y_score = np.repeat(own, each) + rng.normal(0, 0.01, y_true.size * each)
        interval = delong_interval(np.repeat(y_true, each), y_score, patients=np.repeat(np.arange(15), each) if each > 1 else None)
        met += interval.value == 1
        missed += interval.value == 1 and interval.low > norm.cdf(3 / np.sqrt(2))
    assert met > 100 and missed == 0
