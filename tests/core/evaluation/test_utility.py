import numpy as np
import pandas as pd
import pytest
from dcurves import dca

from core.errors import EvaluationError
from core.evaluation.counts import Counts, counts_at, counts_at_every_threshold
from core.evaluation.utility import cost_threshold, decision_curve, expected_cost, net_benefit

GRID = np.arange(991) / 1000


def of_dcurves(y_true, y_score, thresholds: list[float]) -> dict[str, np.ndarray]:
    table = pd.DataFrame({"truth": np.asarray(y_true, dtype=int), "score": np.asarray(y_score, dtype=float)})
    found = dca(data=table, outcome="truth", modelnames=["score"], thresholds=thresholds)
    return {model: found[found.model == model].net_benefit.to_numpy() for model in ("score", "all", "none")}


@pytest.mark.parametrize("seed", range(5))
def test_a_decision_curve_is_that_of_dcurves(seed):
    """dcurves calls no image of score 0 positive at the threshold 0; here everything is, so that 0 is treating all."""
    rng = np.random.default_rng(seed)
    y_true = rng.integers(2, size=10 + 10 * seed)
    y_true[:2] = [0, 1]
    y_score = np.round(rng.random(y_true.size), 1 + seed % 4)  # float64, so that both compare alike; with ties
    curve = decision_curve(y_true, y_score, max_points=60)
    expected = of_dcurves(y_true, y_score, curve.thresholds[1:].tolist())
    assert len(curve.thresholds) > 20
    assert curve.net_benefit[1:] == pytest.approx(expected["score"], abs=1e-12)
    assert curve.treat_all[1:] == pytest.approx(expected["all"], abs=1e-12)
    assert curve.treat_none[1:].tolist() == expected["none"].tolist()
    assert curve.net_benefit[0] == curve.treat_all[0] == pytest.approx(y_true.mean())


def test_a_thinned_decision_curve_looks_the_same(random_binary):
    y_true, y_score = random_binary(3, n=3000, digits=6).column("Pneumonia")
    thin, whole = decision_curve(y_true, y_score, max_points=500), decision_curve(y_true, y_score, max_points=4000)
    assert len(thin.thresholds) <= 500 and (thin.thresholds[0], thin.thresholds[-1]) == (0, 0.99)
    for name in ("net_benefit", "treat_all"):
        drawn = np.interp(GRID, thin.thresholds, getattr(thin, name))
        exact = np.interp(GRID, whole.thresholds, getattr(whole, name))
        visible = exact > -0.2
        assert np.abs(drawn - exact)[visible].max() < 3e-3


def test_counts_of_a_decision_curve_are_those_at_its_thresholds(random_binary):
    y_true, y_score = random_binary(1, digits=2).column("Pneumonia")
    curve = decision_curve(y_true, y_score)
    for index in range(0, len(curve.thresholds), 7):
        assert curve.counts.at(index) == counts_at(y_true, y_score, curve.thresholds[index])


def test_net_benefit_by_hand():
    """30 found, 10 alarms among 100 images at odds of 1 to 4."""
    assert net_benefit(Counts(30, 10, 5, 55), 0.2) == pytest.approx(0.3 - 0.1 * 0.25)
    assert net_benefit(Counts(30, 10, 5, 55), 0.0) == pytest.approx(0.3)


@pytest.mark.parametrize("threshold", [1.0, -0.1, float("nan")])
def test_net_benefit_has_no_value_at_1_or_outside(threshold):
    with pytest.raises(EvaluationError, match="at 1 a false alarm costs without end"):
        net_benefit(Counts(1, 1, 1, 1), threshold)


@pytest.mark.parametrize(("truth", "words"), [([0, 0], "no image has the label"), ([1, 1], "every image has the label")])
def test_a_decision_curve_needs_both_classes(truth, words):
    with pytest.raises(EvaluationError, match=words):
        decision_curve(truth, np.array([0.1, 0.9], dtype=np.float32))


@pytest.mark.parametrize(("alarms", "threshold"), [(1, 0.5), (9, 0.1), (99, 0.01), (0.25, 0.8)])
def test_the_threshold_of_a_cost(alarms, threshold):
    assert cost_threshold(alarms) == pytest.approx(threshold)


def test_calibrated_scores_cost_least_at_that_threshold():
    rng = np.random.default_rng(0)
    y_score = rng.random(200_000)
    y_true = rng.random(200_000) < y_score
    thresholds, counts = counts_at_every_threshold(y_true, y_score)
    for alarms in (1, 4, 9):
        cheapest = thresholds[expected_cost(counts, alarms).argmin()]
        assert cheapest == pytest.approx(cost_threshold(alarms), abs=0.03)


def test_the_cost_of_an_image_by_hand():
    assert expected_cost(Counts(tp=3, fp=6, fn=2, tn=9), 10) == pytest.approx((2 * 10 + 6) / 20)


@pytest.mark.parametrize("alarms", [0, -1, float("inf"), float("nan")])
def test_a_miss_costs_more_than_nothing(alarms):
    with pytest.raises(EvaluationError, match="a number above 0"):
        cost_threshold(alarms)
