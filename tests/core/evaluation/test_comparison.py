import re
from dataclasses import replace

import numpy as np
import pytest

from core.errors import EvaluationError
from core.evaluation.comparison import Entry, pairs, rows
from core.evaluation.intervals import metric_intervals
from core.evaluation.metrics import evaluate, metrics_of

HALF = {"Pneumonia": 0.5}


@pytest.fixture
def entries(random_binary):
    """Three runs on the same 300 test images: good, nearly as good, much worse."""
    good = random_binary(0, n=300, digits=3, split="test")
    rng = np.random.default_rng(1)
    near = np.clip(good.y_score + rng.normal(0, 0.05, good.y_score.shape), 0, 1)
    poor = 0.15 * good.y_score + 0.85 * rng.random(good.y_score.shape)
    return [Entry("A", good, HALF), Entry("B", replace(good, y_score=near), HALF), Entry("C", replace(good, y_score=poor), HALF)]


def test_each_entry_has_a_row_with_all_metrics(entries):
    found = rows(entries)
    assert [(row.name, row.split, row.images) for row in found] == [("A", "test", 300), ("B", "test", 300), ("C", "test", 300)]
    for row, entry in zip(found, entries, strict=True):
        assert row.metrics == evaluate(entry.predictions, HALF)
        assert row.intervals == metric_intervals(entry.predictions, HALF)
        assert tuple(row.metrics) == metrics_of("binary")
        assert row.unavailable == {}


def test_each_pair_stands_once_with_numbers_and_words(entries):
    found = pairs(entries)
    assert [(pair.first, pair.second) for pair in found] == [("A", "B"), ("A", "C"), ("B", "C")]
    for pair in found:
        assert pair.unavailable is None
        assert (pair.metric, pair.method) == ("roc_auc", "DeLong")
        assert pair.low < pair.difference < pair.high
        assert 0 <= pair.p <= pair.p_holm <= 1
        assert 0 <= pair.mcnemar_p <= 1
    assert found[0].sentence.endswith("not resolved with 300 images.")
    assert found[1].sentence.startswith("A beats C by ")
    assert found[1].sentence.endswith(": resolved with 300 images.")


def test_the_sentence_names_the_better_first_whatever_the_order(entries):
    there, back = pairs([entries[0], entries[2]])[0], pairs([entries[2], entries[0]])[0]
    assert there.sentence == back.sentence
    assert there.difference == pytest.approx(-back.difference)


def test_rows_in_another_order_are_aligned(entries):
    second = entries[1].predictions
    order = np.random.default_rng(0).permutation(second.n)
    shuffled = replace(second, image_ids=second.image_ids[order], y_true=second.y_true[order], y_score=second.y_score[order])
    assert pairs([entries[0], Entry("B", shuffled, HALF)]) == pairs(entries[:2])


def _change(predictions, change):
    return {
        "split": lambda: replace(predictions, split="val"),
        "labels": lambda: replace(predictions, labels=("Effusion",)),
        "images": lambda: replace(predictions, image_ids=np.array([f"other {row}" for row in range(predictions.n)])),
        "true labels": lambda: replace(predictions, y_true=1 - predictions.y_true),
    }[change]()


@pytest.mark.parametrize("change", ["split", "labels", "images", "true labels"])
def test_a_pair_that_cannot_be_compared_says_why(entries, change):
    other = _change(entries[1].predictions, change)
    pair = pairs([entries[0], Entry("B", other, dict.fromkeys(other.labels, 0.5))])[0]
    assert f"the {change}" in pair.unavailable
    assert pair.sentence.startswith("A and B: not available: the ")
    assert pair.difference is pair.p is pair.p_holm is pair.mcnemar_p is None


def test_a_pair_that_cannot_be_compared_does_not_count_in_holm(entries):
    other = Entry("D", _change(entries[1].predictions, "images"), HALF)
    with_it, without = pairs([*entries[:2], other]), pairs(entries[:2])
    assert with_it[0].p_holm == without[0].p_holm == without[0].p


def test_equal_scores_do_not_differ(entries):
    pair = pairs([entries[0], replace(entries[0], name="copy")])[0]
    assert (pair.difference, pair.p, pair.mcnemar_p) == (0, 1, 1)
    assert pair.sentence == "A and copy are alike on the 300 images: no difference in ROC AUC."
    (pair,) = pairs([entries[0], replace(entries[0], name="copy")], "f1")
    assert (pair.difference, pair.low, pair.high, pair.p) == (0, 0, 0, 1)


@pytest.mark.parametrize("task", ["random_multiclass", "random_multilabel"])
def test_tasks_with_several_labels_compare_their_mean_area(request, task):
    first = request.getfixturevalue(task)(0, n=200)
    other = request.getfixturevalue(task)(1, n=200)
    second = replace(first, y_score=other.y_score)
    thresholds = dict.fromkeys(first.labels, 0.5)
    pair = pairs([Entry("A", first, thresholds), Entry("B", second, thresholds)])[0]
    expected = evaluate(first, thresholds)["roc_auc"] - evaluate(second, thresholds)["roc_auc"]
    assert pair.difference == pytest.approx(expected)
    assert (pair.mcnemar_p is None) == (task == "random_multilabel")


@pytest.mark.parametrize("metric", ["accuracy", "f1", "average_precision", "brier", "log_loss", "ece", "mcc"])
def test_other_metrics_are_compared_on_the_same_resampled_images(entries, metric):
    found = pairs(entries, metric)
    for pair, (first, second) in zip(found, [(0, 1), (0, 2), (1, 2)], strict=True):
        values = [evaluate(entries[place].predictions, HALF)[metric] for place in (first, second)]
        assert (pair.metric, pair.method) == (metric, "paired bootstrap")
        assert pair.difference == pytest.approx(values[0] - values[1])
        assert pair.low < pair.high
        assert 0 <= pair.p <= pair.p_holm <= 1
    alone = [rows(entries)[place].intervals[metric] for place in (0, 1)]
    assert found[0].high - found[0].low < 0.9 * sum(interval.high - interval.low for interval in alone) / np.sqrt(2)


def test_accuracy_is_compared_as_the_closed_formula_does(entries):
    """The difference of paired shares has the variance (b + c - (b - c)^2 / n) / n^2, for b and c images that only one decides rightly."""
    (pair,) = pairs(entries[::2], "accuracy")
    first, second = (((entry.predictions.y_score >= 0.5) == entry.predictions.y_true)[:, 0] for entry in entries[::2])
    b, c, n = (first & ~second).sum(), (second & ~first).sum(), first.size
    error = np.sqrt(b + c - (b - c) ** 2 / n) / n
    assert pair.difference == pytest.approx((b - c) / n)
    assert pair.low == pytest.approx(pair.difference - 1.96 * error, abs=0.2 * error)
    assert pair.high == pytest.approx(pair.difference + 1.96 * error, abs=0.2 * error)


def test_rows_in_another_order_are_drawn_alike(entries):
    second = entries[1].predictions
    shuffled = second.select(np.random.default_rng(0).permutation(second.n))
    assert pairs([entries[0], Entry("B", shuffled, HALF)], "f1")[0] == pairs(entries[:2], "f1")[0]


def test_a_run_that_does_not_know_the_patients_is_compared_by_patient(entries):
    patients = np.arange(300) // 3
    known = [replace(entry, predictions=replace(entry.predictions, patients=patients)) for entry in entries[:2]]
    for metric in ("roc_auc", "f1"):
        (both,) = pairs(known, metric)
        assert both.method.endswith(" by patient")
        assert pairs([known[0], entries[1]], metric)[0] == pairs([entries[0], known[1]], metric)[0] == both


@pytest.mark.parametrize("metric", ["brier", "log_loss"])
def test_where_less_is_better_the_lower_run_beats_the_higher(entries, metric):
    there, back = pairs(entries[::2], metric)[0], pairs(entries[:0:-1][:1] + entries[:1], metric)[0]
    assert there.difference < 0 < back.difference
    assert there.sentence == back.sentence
    assert there.sentence.startswith("A beats C by ") and "(less is better); 95 % interval " in there.sentence
    low, high = (float(word) for word in there.sentence.split("interval ")[1].split(":")[0].split(" to "))
    assert 0 < low < high


def test_sentences_are_worded_alike_for_all_metrics(entries):
    for metric, words in {"f1": "points of F1", "npv": "points of NPV", "mcc": "points of Matthews correlation", "log_loss": "of log loss",
                          "average_precision": "points of average precision", "youden": "points of Youden's J"}.items():  # fmt: skip
        (pair,) = pairs(entries[:2], metric)
        number = r"-?\d+(\.\d+)?"
        gap = rf"[AB] beats [AB] by {number} {words}( \(less is better\))?"
        pattern = rf"{gap}; 95 % interval {number} to {number}: (not )?resolved with 300 images\."
        assert re.fullmatch(pattern, pair.sentence), pair.sentence


def test_what_cannot_be_compared_in_a_metric_says_why(entries, binary):
    assert pairs(entries[:2], "samples_f1")[0].unavailable == "Samples F1 is no metric of binary tasks; one of the task"
    never = Entry("D", replace(entries[1].predictions, y_score=np.full((300, 1), 0.1)), HALF)
    found = pairs([entries[0], never], "precision")[0]
    assert "Precision of D cannot be had" in found.unavailable and "no image of test is called Pneumonia" in found.unavailable
    assert found.difference is found.p is found.method is None
    perfect = binary([0, 0, 1, 1] * 5, [0, 0, 1, 1] * 5, split="test")
    wrong = replace(perfect, y_score=1 - perfect.y_score)
    assert "the same difference" in pairs([Entry("A", perfect, HALF), Entry("B", wrong, HALF)], "f1")[0].unavailable
    with pytest.raises(EvaluationError, match="'speed' is no metric"):
        pairs(entries, "speed")


def test_an_entry_finds_its_draws_once(entries):
    assert pairs(entries[:2], "f1") and entries[0].drawn is entries[0].drawn
    assert pairs([replace(entries[0], name="A2"), entries[1]], "f1")[0].low == pairs(entries[:2], "f1")[0].low


def test_a_split_without_positives_gives_a_reason_and_no_crash(binary):
    lacking = binary([0, 0, 0], [0.1, 0.2, 0.6], split="test")
    found = [Entry("A", lacking, HALF), Entry("B", lacking, HALF)]
    assert rows(found)[0].unavailable["roc_auc"] == "no image of test has Pneumonia"
    assert pairs(found)[0].sentence.startswith("A and B: not available: no image of test has Pneumonia")
