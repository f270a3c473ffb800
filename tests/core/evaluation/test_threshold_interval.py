import numpy as np
import pytest

from core.errors import EvaluationError
from core.evaluation.threshold_interval import threshold_interval
from core.evaluation.thresholds import choose


@pytest.mark.parametrize("rule", ["youden", "f1", "sensitivity=0.9", "specificity=0.9", "flagged=0.5", "cost=5", "prevalence"])
def test_the_interval_holds_the_middle_of_thresholds_chosen_on_resampled_images(random_binary, rule):
    predictions = random_binary(3, n=200, digits=3)
    found = threshold_interval(rule, predictions, "Pneumonia")
    rng = np.random.default_rng(1)
    chosen = []
    for _ in range(400):
        rows = rng.integers(200, size=200)
        again = predictions.of_label("Pneumonia")
        object.__setattr__(again, "y_true", predictions.y_true[rows])  # the same images may be drawn twice, with one name each
        object.__setattr__(again, "y_score", predictions.y_score[rows])
        chosen.append(choose(rule, again).thresholds["Pneumonia"])
    low, high = np.quantile(chosen, [0.025, 0.975])
    assert abs(found.low - low) < 0.05 and abs(found.high - high) < 0.05
    assert found.met > 0.95


def test_a_threshold_chosen_on_more_images_is_known_better(random_binary):
    few, many = (threshold_interval("sensitivity=0.9", random_binary(0, n=n, digits=3), "Pneumonia") for n in (60, 2000))
    assert many.high - many.low < few.high - few.low


def test_the_same_seed_gives_the_same_interval(random_multilabel):
    predictions = random_multilabel(0)
    assert threshold_interval("f1", predictions, "finding 1") == threshold_interval("f1", predictions, "finding 1")


def test_a_fixed_number_has_none_and_test_is_refused(random_binary):
    assert threshold_interval("0.5", random_binary(0), "Pneumonia") is None
    with pytest.raises(EvaluationError, match="chosen on val"):
        threshold_interval("f1", random_binary(0, split="test"), "Pneumonia")


def test_a_rule_that_is_met_by_luck_only_has_none(binary):
    perfect = binary([0] * 30 + [1] * 30, [0.4] * 29 + [0.9] + [0.6] * 29 + [0.1])
    assert threshold_interval("sensitivity=1,specificity=1", perfect, "Pneumonia") is None


def test_where_silence_would_cost_least_the_interval_is_of_what_can_be_said(binary):
    rng = np.random.default_rng(0)
    y_true = np.repeat([0, 1], [60, 40])
    val = binary(y_true, np.where(rng.random(100) < 0.3, 1.0, rng.random(100).round(2)))
    point = choose("cost=0.01", val)
    found = threshold_interval("cost=0.01", val, val.labels[0])
    assert list(point.thresholds.values()) == [1.0] and (found.low, found.high, found.met) == (1.0, 1.0, 1.0)
