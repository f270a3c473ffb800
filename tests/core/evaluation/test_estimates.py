import numpy as np
import pytest

from core.errors import EvaluationError
from core.evaluation.estimates import estimates, label_estimates
from core.evaluation.intervals import label_metric_intervals, metric_intervals
from core.evaluation.metrics import LABEL_METRICS, METRICS, metrics_of, per_label
from core.evaluation.predictions import Predictions


def predictions_of(task: str, rng: np.random.Generator, n: int = 120) -> Predictions:
    labels = ("A",) if task == "binary" else ("A", "B", "C")
    if task == "multiclass":
        y_true = np.eye(3, dtype=np.uint8)[rng.integers(0, 3, n)]
        y_score = np.exp(rng.normal(size=(n, 3)) + y_true)
        y_score /= y_score.sum(axis=1, keepdims=True)
    else:
        y_true = rng.integers(0, 2, (n, len(labels)), dtype=np.uint8)
        y_score = 1 / (1 + np.exp(-(rng.normal(size=y_true.shape) + y_true - 0.5)))
    return Predictions(task, "test", labels, np.arange(n).astype(str), None, y_true, y_score)


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel"])
def test_each_entry_is_the_value_and_the_interval_of_its_metric(task, rng):
    predictions = predictions_of(task, rng)
    thresholds = dict.fromkeys(predictions.labels, 0.4)
    names = ("roc_auc", "f1", "brier")
    found, expected = estimates(predictions, thresholds, names), metric_intervals(predictions, thresholds, names=names)
    for name in names:
        one = expected[name]
        assert (found[name].value, found[name].low, found[name].high, found[name].method) == (one.value, one.low, one.high, one.method)


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_of_a_label_values_are_those_of_the_label_and_intervals_nearly_those_that_are_drawn_for_all_labels(task, rng):
    predictions = predictions_of(task, rng)
    thresholds = dict.fromkeys(predictions.labels, 0.4)
    values, intervals = per_label(predictions, thresholds), label_metric_intervals(predictions, thresholds)
    found = label_estimates(predictions, thresholds, "B", LABEL_METRICS)
    assert list(found) == list(LABEL_METRICS)
    for name, entry in found.items():
        assert entry.value == pytest.approx(values["B"][name]), name
        assert (entry.low, entry.high) == pytest.approx((intervals["B"][name].low, intervals["B"][name].high), abs=0.04), name


def test_what_cannot_be_had_says_why(rng):
    predictions = predictions_of("multilabel", rng)
    empty = Predictions(
        "multilabel", "test", ("A", "B", "C"), predictions.image_ids, None, predictions.y_true * [1, 1, 0], predictions.y_score
    )
    found = label_estimates(empty, dict.fromkeys("ABC", 0.5), "C", ("sensitivity", "roc_auc"))
    assert {entry.method for entry in found.values()} == {"not available: no image of test has C"}
    (foreign,) = estimates(predictions_of("binary", rng), {"A": 0.5}, ("subset_accuracy",)).values()
    assert foreign.value is None and foreign.method == "not available: Subset accuracy is no metric of binary tasks"
    with pytest.raises(EvaluationError, match="there is no label"):
        label_estimates(predictions, dict.fromkeys("ABC", 0.5), "D", ("f1",))


def test_a_value_without_an_interval_says_so():
    y_true = np.array([[1], [1], [0], [0]], np.uint8)
    certain = Predictions("binary", "test", ("A",), np.arange(4).astype(str), None, y_true, y_true.astype(float))
    found = estimates(certain, {"A": 0.5}, ("brier",))["brier"]
    assert found.value == 0 and found.low is None and found.method.startswith("not available: ")


def test_every_metric_of_a_task_can_be_asked_for(rng):
    for task in ("binary", "multiclass", "multilabel"):
        predictions = predictions_of(task, rng, 40)
        found = estimates(predictions, dict.fromkeys(predictions.labels, 0.5), tuple(METRICS))
        assert {name for name, entry in found.items() if "is no metric of" not in entry.method} == set(metrics_of(task))
