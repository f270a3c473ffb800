from dataclasses import replace

import numpy as np
import pytest

from core.evaluation.comparison import Entry, pairs, rows
from core.evaluation.metrics import METRICS, evaluate

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
        assert list(row.intervals) == list(METRICS)
        assert row.unavailable == {}


def test_each_pair_stands_once_with_numbers_and_words(entries):
    found = pairs(entries)
    assert [(pair.first, pair.second) for pair in found] == [("A", "B"), ("A", "C"), ("B", "C")]
    for pair in found:
        assert pair.unavailable is None
        assert pair.low < pair.roc_auc_difference < pair.high
        assert 0 <= pair.p <= pair.p_holm <= 1
        assert 0 <= pair.mcnemar_p <= 1
    assert found[0].sentence.endswith("not resolved with 300 images.")
    assert found[1].sentence.startswith("A beats C by ")
    assert found[1].sentence.endswith(": resolved with 300 images.")


def test_the_sentence_names_the_better_first_whatever_the_order(entries):
    there, back = pairs([entries[0], entries[2]])[0], pairs([entries[2], entries[0]])[0]
    assert there.sentence == back.sentence
    assert there.roc_auc_difference == pytest.approx(-back.roc_auc_difference)


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
    assert pair.roc_auc_difference is pair.p is pair.p_holm is pair.mcnemar_p is None


def test_a_pair_that_cannot_be_compared_does_not_count_in_holm(entries):
    other = Entry("D", _change(entries[1].predictions, "images"), HALF)
    with_it, without = pairs([*entries[:2], other]), pairs(entries[:2])
    assert with_it[0].p_holm == without[0].p_holm == without[0].p


def test_equal_scores_do_not_differ(entries):
    pair = pairs([entries[0], replace(entries[0], name="copy")])[0]
    assert (pair.roc_auc_difference, pair.p, pair.mcnemar_p) == (0, 1, 1)
    assert pair.sentence == "A and copy order all pairs of the 300 images alike: no difference in AUC."


@pytest.mark.parametrize("task", ["random_multiclass", "random_multilabel"])
def test_tasks_with_several_labels_compare_their_mean_area(request, task):
    first = request.getfixturevalue(task)(0, n=200)
    other = request.getfixturevalue(task)(1, n=200)
    second = replace(first, y_score=other.y_score)
    thresholds = dict.fromkeys(first.labels, 0.5)
    pair = pairs([Entry("A", first, thresholds), Entry("B", second, thresholds)])[0]
    expected = evaluate(first, thresholds)["roc_auc"] - evaluate(second, thresholds)["roc_auc"]
    assert pair.roc_auc_difference == pytest.approx(expected)
    assert (pair.mcnemar_p is None) == (task == "random_multilabel")


def test_a_split_without_positives_gives_a_reason_and_no_crash(binary):
    lacking = binary([0, 0, 0], [0.1, 0.2, 0.6], split="test")
    found = [Entry("A", lacking, HALF), Entry("B", lacking, HALF)]
    assert rows(found)[0].unavailable["roc_auc"] == "no image of test has Pneumonia"
    assert "fewer than two images" in pairs(found)[0].sentence
