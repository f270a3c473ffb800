"""One label of several runs at one point each: what it gives, how sure that is, and which runs can be told apart."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score, precision_score, recall_score

from core.errors import EvaluationError
from core.evaluation import comparison
from core.evaluation.intervals import metric_intervals
from core.evaluation.label_point import COMPARED, label_point, pairs
from tests.made_scores import made_scores


def cells(point) -> list[list[int]]:
    return [[point.counts.tn, point.counts.fp], [point.counts.fn, point.counts.tp]]


@pytest.mark.parametrize("task", ["binary", "multilabel", "multiclass"])
def test_counts_and_rates_are_those_of_scikit_learn(task):
    scores = made_scores(task, "test")
    label = scores.labels[-1]
    truth, y_score = scores.column(label)
    point = label_point("a", scores, label, 0.375)
    called = y_score >= 0.375
    assert cells(point) == confusion_matrix(truth, called).tolist()
    assert point.rates["sensitivity"].value == pytest.approx(recall_score(truth, called))
    assert point.rates["precision"].value == pytest.approx(precision_score(truth, called))
    assert point.rates["f1"].value == pytest.approx(f1_score(truth, called))


def test_intervals_are_those_of_the_metrics_of_the_label():
    scores = made_scores("multilabel", "test")
    found = label_point("a", scores, "Edema", 0.5).rates
    expected = metric_intervals(scores.of_label("Edema"), {"Edema": 0.5})
    assert set(found) == set(COMPARED)
    for name in COMPARED:
        assert (found[name].value, found[name].low, found[name].high) == (expected[name].value, expected[name].low, expected[name].high)


def test_without_a_threshold_the_highest_score_of_the_classes_decides():
    scores = made_scores("multiclass", "test")
    point = label_point("a", scores, "viral", None)
    column = scores.label_index("viral")
    assert point.threshold is None
    assert cells(point) == confusion_matrix(scores.y_true[:, column], scores.y_score.argmax(axis=1) == column).tolist()


def test_only_classes_have_a_highest_score():
    with pytest.raises(EvaluationError, match="a multilabel task has no highest score"):
        label_point("a", made_scores("multilabel", "test"), "Mass", None)


def test_pairs_are_those_of_the_comparison_at_these_thresholds():
    first, second = (made_scores("binary", "test", number) for number in (0, 2))
    points = [label_point("a", first, "pneumonia", 0.3), label_point("b", second, "pneumonia", 0.6)]
    entries = [comparison.Entry("a", first, {"pneumonia": 0.3}), comparison.Entry("b", second, {"pneumonia": 0.6})]
    for metric in COMPARED:
        assert pairs(points, metric) == comparison.pairs(entries, metric)


def test_a_metric_that_needs_no_threshold_is_refused():
    points = [label_point(name, made_scores("binary", "test"), "pneumonia", 0.5) for name in "ab"]
    with pytest.raises(EvaluationError, match="'roc_auc' does not follow from decisions"):
        pairs(points, "roc_auc")


def test_a_rate_without_images_says_why():
    point = label_point("a", made_scores("binary", "test").select(np.arange(20)), "pneumonia", 1.0)
    assert point.rates["precision"].value is None and point.rates["precision"].method.startswith("not available: ")
