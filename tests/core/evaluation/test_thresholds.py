from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from core.errors import EvaluationError
from core.evaluation.counts import counts_at
from core.evaluation.rates import RATES, sensitivity, specificity
from core.evaluation.threshold_rules import parse_rule
from core.evaluation.thresholds import OperatingPoint, choose, sweep


def _cells(y_true, y_score, threshold):
    decided = y_score >= np.float32(threshold)
    return [int(((y_true == truth) & (decided == call)).sum()) for truth, call in ((1, 1), (0, 1), (1, 0), (0, 0))]


def _by_trying(rule, y_true, y_score):
    """The threshold by trying every validation score, from the highest to the lowest."""
    tried = sorted(set(y_score.tolist()), reverse=True)
    cells = {threshold: _cells(y_true, y_score, threshold) for threshold in tried}
    if rule.startswith("sensitivity"):
        return max(t for t, (tp, _, fn, _) in cells.items() if tp / (tp + fn) >= float(rule[12:]))
    if rule.startswith("specificity"):
        reached = [t for t, (_, fp, _, tn) in cells.items() if tn / (tn + fp) >= float(rule[12:])]
        return min(reached) if reached else float(np.nextafter(np.float32(tried[0]), np.float32(2)))
    if rule.startswith("flagged"):
        reached = [t for t, (tp, fp, _, _) in cells.items() if tp + fp <= float(rule[8:]) * y_true.size]
        return min(reached) if reached else float(np.nextafter(np.float32(tried[0]), np.float32(2)))
    if rule.startswith("cost"):
        cost = {t: int(rule[5:]) * fn + fp for t, (_, fp, fn, _) in cells.items()}
        silence = int(rule[5:]) * int(y_true.sum())
        best = max(t for t in tried if cost[t] == min(cost.values()))
        return best if cost[best] < silence else float(np.nextafter(np.float32(tried[0]), np.float32(2)))
    if rule == "prevalence":
        return max(t for t in tried if abs(cells[t][1] - cells[t][2]) == min(abs(fp - fn) for _, fp, fn, _ in cells.values()))
    f1 = {t: Fraction(2 * tp, 2 * tp + fp + fn) for t, (tp, fp, fn, _) in cells.items()}
    youden = {t: Fraction(tp, tp + fn) + Fraction(tn, tn + fp) for t, (tp, fp, fn, tn) in cells.items()}
    merit = f1 if rule == "f1" else youden
    return max(t for t in tried if merit[t] == max(merit.values()))


RULES = [
    "youden", "f1", "sensitivity=0.95", "sensitivity=1.0", "specificity=0.95", "specificity=0.8", "flagged=0.5", "flagged=0.01",
    "cost=1", "cost=10", "prevalence",
]  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("seed", range(12))
def test_the_chosen_threshold_is_the_one_found_by_trying_all(random_binary, rule, seed):
    predictions = random_binary(seed, n=8 + 4 * seed, digits=2)
    y_true, y_score = predictions.column("Pneumonia")
    y_score = np.minimum(y_score, np.float32(0.99))
    predictions = replace(predictions, y_score=y_score[:, None])
    point = choose(rule, predictions)
    assert point == OperatingPoint(parse_rule(rule).text, "val", {"Pneumonia": _by_trying(rule, y_true, y_score)})
    assert np.float32(point.thresholds["Pneumonia"]) == point.thresholds["Pneumonia"]


@pytest.mark.parametrize("seed", range(10))
def test_a_promised_rate_is_kept_on_validation(random_binary, seed):
    predictions = random_binary(seed)
    for rate, rule in ((sensitivity, "sensitivity=0.9"), (specificity, "specificity=0.7")):
        threshold = choose(rule, predictions).thresholds["Pneumonia"]
        assert rate(counts_at(*predictions.column("Pneumonia"), threshold)) >= float(rule.split("=")[1])


def test_equally_good_thresholds_give_the_highest(binary):
    assert choose("youden", binary([1, 0, 1, 0], [0.9, 0.7, 0.5, 0.3])).thresholds["Pneumonia"] == np.float32(0.9)


def test_the_score_of_the_threshold_counts_as_positive(binary):
    predictions = binary([0, 0, 1, 1], [0.1, 0.3, 0.6, 0.7])
    threshold = choose("youden", predictions).thresholds["Pneumonia"]
    assert counts_at(*predictions.column("Pneumonia"), threshold).tp == 2


@pytest.mark.parametrize("split", ["test", "train"])
def test_only_validation_chooses(random_binary, split):
    with pytest.raises(EvaluationError, match=f"on {split}; validation chooses, test reports"):
        choose("youden", random_binary(0, split=split))


def test_a_fixed_number_needs_no_data(random_multilabel):
    point = choose("0.4", random_multilabel(0, split="test"))
    assert point == OperatingPoint("0.4", "prespecified", {"finding 0": 0.4, "finding 1": 0.4, "finding 2": 0.4})


def test_each_label_has_its_own_threshold(random_multilabel, random_multiclass):
    for predictions in (random_multilabel(0), random_multiclass(0, n=30)):
        point = choose("sensitivity=0.9", predictions)
        for index, label in enumerate(predictions.labels):
            assert point.thresholds[label] == _by_trying("sensitivity=0.9", predictions.y_true[:, index], predictions.y_score[:, index])


@pytest.mark.parametrize(("truth", "message"), [(0, "no image of val has finding 1"), (1, "every image of val has finding 1")])
def test_a_label_that_lacks_a_class_is_named(random_multilabel, truth, message):
    predictions = random_multilabel(0)
    y_true = predictions.y_true.copy()
    y_true[:, 1] = truth
    with pytest.raises(EvaluationError, match=message):
        choose("youden", replace(predictions, y_true=y_true))


def test_a_specificity_that_cannot_be_reached_is_refused(binary):
    with pytest.raises(EvaluationError, match=r"Pneumonia cannot reach specificity 0.95 on val; .* at most 0.500"):
        choose("specificity=0.95", binary([0, 0, 1, 1], [0.2, 1.0, 0.6, 1.0]))


def test_a_specificity_that_only_silence_reaches_is_reached(binary):
    threshold = choose("specificity=1", binary([0, 0, 1, 1], [0.2, 0.8, 0.6, 0.7])).thresholds["Pneumonia"]
    assert threshold == np.nextafter(np.float32(0.8), np.float32(1))


@pytest.mark.parametrize("seed", range(10))
def test_two_rates_at_once_are_kept_with_the_most_of_both_or_refused(random_binary, seed):
    predictions = random_binary(seed, digits=2)
    y_true, y_score = predictions.column("Pneumonia")
    tried = {t: _cells(y_true, y_score, t) for t in sorted(set(y_score.tolist()))}
    rates = {t: (tp / (tp + fn), tn / (tn + fp)) for t, (tp, fp, fn, tn) in tried.items()}
    for least in (0.7, 0.999):
        rule = f"sensitivity={least},specificity={least}"
        if reached := [t for t, pair in rates.items() if min(pair) >= least]:
            chosen = choose(rule, predictions).thresholds["Pneumonia"]
            assert chosen in reached
            assert sum(rates[chosen]) == pytest.approx(max(sum(rates[t]) for t in reached))
        else:
            with pytest.raises(EvaluationError, match="together on val"):
                choose(rule, predictions)


def test_a_share_that_scores_one_cannot_be_left_unflagged(binary):
    with pytest.raises(EvaluationError, match=r"cannot be flagged in 0.2 of val or less; a share of 0.500"):
        choose("flagged=0.2", binary([0, 1, 1, 0], [1.0, 1.0, 0.6, 0.1]))


@pytest.mark.parametrize("seed", range(5))
def test_a_sweep_has_the_metrics_at_each_threshold(random_binary, seed):
    y_true, y_score = random_binary(seed).column("Pneumonia")
    swept = sweep(y_true, y_score)
    assert swept.thresholds.shape == (1001,)
    assert swept.thresholds[[0, 500, -1]].tolist() == [0, 0.5, 1]
    for index in range(0, 1001, 50):
        counts = counts_at(y_true, y_score, swept.thresholds[index])
        for name, values in swept.metrics.items():
            np.testing.assert_equal(values[index], float(RATES[name](counts)))
