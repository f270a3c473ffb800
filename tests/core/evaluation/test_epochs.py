"""Metrics over epochs are those of each epoch's scores, at any threshold, whatever the task."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, f1_score, recall_score, roc_auc_score

from core.errors import EvaluationError
from core.evaluation.epoch_scores import EpochScores
from core.evaluation.epochs import EpochMetrics, metrics_over_epochs, threshold_metrics_of
from core.evaluation.metrics import evaluate
from core.evaluation.predictions import Predictions

THRESHOLDS = (0.4, 0.5, 0.6)


def predictions_of(task: str, y_true: np.ndarray, y_score: np.ndarray) -> Predictions:
    labels = tuple("abc"[: y_true.shape[1]])
    return Predictions(task, "val", labels, np.arange(len(y_true)).astype(str), None, y_true, y_score)


def made(task: str, seed: int, n: int = 60, epochs: int = 4) -> tuple[Predictions, EpochScores]:
    """Few distinct scores, so that many are equal and some are a threshold."""
    random, labels = np.random.default_rng(seed), 1 if task == "binary" else 3
    if task == "multiclass":
        y_true = np.eye(labels, dtype=np.uint8)[random.integers(0, labels, n)]
        y_score = random.dirichlet(np.ones(labels), (epochs, n)).astype(np.float16)
    else:
        y_true = (random.random((n, labels)) < random.random(labels)).astype(np.uint8)
        y_score = (random.integers(0, 11, (epochs, n, labels)) / 10).astype(np.float16)
    return predictions_of(task, y_true, y_score[0]), EpochScores(np.arange(1, epochs + 1), y_score)


@given(st.integers(0, 10**6), st.sampled_from(["binary", "multiclass", "multilabel"]))
@settings(max_examples=60, deadline=None)
def test_each_epoch_has_the_metrics_that_its_scores_alone_have(seed, task):
    truth, scores = made(task, seed)
    found = metrics_over_epochs(truth, scores, THRESHOLDS)
    for row, y_score in enumerate(scores.y_score):
        for number, threshold in enumerate(THRESHOLDS):
            rounded = float(np.float32(np.float16(threshold)))  # compared in the precision of the scores
            expected = evaluate(predictions_of(task, truth.y_true, y_score), dict.fromkeys(truth.labels, rounded))
            at = {name: values[number, row] for name, values in found.at_thresholds.items()}
            for name, value in (at | {name: values[row] for name, values in found.free.items()}).items():
                if name in expected:
                    assert value == pytest.approx(np.nan if expected[name] is None else expected[name], nan_ok=True), name


def test_one_label_is_as_scikit_learn_has_it():
    truth, scores = made("multilabel", 3, n=400)
    found = metrics_over_epochs(truth, scores, THRESHOLDS, label="b")
    y_true = truth.y_true[:, 1]
    for row, y_score in enumerate(scores.y_score[:, :, 1].astype(float)):
        assert found.free["roc_auc"][row] == pytest.approx(roc_auc_score(y_true, y_score))
        assert found.free["average_precision"][row] == pytest.approx(average_precision_score(y_true, y_score))
        for number, threshold in enumerate(THRESHOLDS):
            decided = y_score >= float(np.float16(threshold))
            assert found.at_thresholds["f1"][number, row] == pytest.approx(f1_score(y_true, decided))
            assert found.at_thresholds["decision_roc_auc"][number, row] == pytest.approx(roc_auc_score(y_true, decided))


def test_labels_together_are_as_scikit_learn_has_them():
    truth, scores = made("multilabel", 5, n=400)
    found, last = metrics_over_epochs(truth, scores, THRESHOLDS), scores.y_score[-1].astype(float)
    decided = last >= float(np.float16(0.6))
    assert found.at_thresholds["f1"][2, -1] == pytest.approx(f1_score(truth.y_true, decided, average="macro"))
    assert found.at_thresholds["micro_f1"][2, -1] == pytest.approx(f1_score(truth.y_true, decided, average="micro"))
    assert found.at_thresholds["micro_sensitivity"][2, -1] == pytest.approx(recall_score(truth.y_true, decided, average="micro"))
    assert found.at_thresholds["decision_roc_auc"][2, -1] == pytest.approx(roc_auc_score(truth.y_true, decided, average="macro"))
    assert found.free["roc_auc"][-1] == pytest.approx(roc_auc_score(truth.y_true, last, average="macro"))


def test_the_auc_of_the_decision_moves_with_the_threshold_and_that_of_the_scores_does_not():
    truth, scores = made("multilabel", 1, n=400)
    low, high = (metrics_over_epochs(truth, scores, [threshold]) for threshold in (0.2, 0.8))
    assert not np.allclose(low.at_thresholds["decision_roc_auc"], high.at_thresholds["decision_roc_auc"])
    assert np.array_equal(low.free["roc_auc"], high.free["roc_auc"])


def test_several_classes_are_told_apart_by_the_highest_score_whatever_the_thresholds():
    truth, scores = made("multiclass", 2)
    found = metrics_over_epochs(truth, scores, (0.1,))
    assert found.thresholds == () and found.at_thresholds == {}
    hits = scores.y_score.argmax(axis=2) == truth.y_true.argmax(axis=1)
    assert found.free["accuracy"] == pytest.approx(hits.mean(axis=1))


def test_what_cannot_be_had_is_none_in_json_and_all_else_a_number():
    y_score = np.full((2, 5, 1), 0.3, np.float16)
    truth = predictions_of("binary", np.ones((5, 1)), y_score[0])
    told = metrics_over_epochs(truth, EpochScores(np.array([1, 3]), y_score), (0.25, 0.5)).as_dict()
    assert told["epochs"] == [1, 3] and told["metrics"]["roc_auc"] == [None, None]
    assert told["metrics"]["precision"] == {"0.25": [1.0, 1.0], "0.5": [None, None]}
    assert told["metrics"]["sensitivity"]["0.5"] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("thresholds", "names", "label", "words"),
    [
        ((), None, None, "0 thresholds"),
        ((1.5,), None, None, "a threshold is 1.5"),
        ((0.5,), ["brier"], None, "'brier' is no metric over epochs"),
        ((0.5,), None, "z", "there is no label 'z'"),
        ((0.5,), ["micro_f1"], "a", "'micro_f1' is no metric over epochs"),
    ],
)
def test_what_is_asked_wrongly_is_refused_in_words(thresholds, names, label, words):
    with pytest.raises(EvaluationError, match=words):
        metrics_over_epochs(*made("multilabel", 0), thresholds, names, label)


def test_scores_of_other_images_are_refused():
    truth, scores = made("binary", 0)
    with pytest.raises(EvaluationError, match="scores of epochs have the shape"):
        metrics_over_epochs(truth.select(np.arange(9)), scores, (0.5,))


def test_only_what_is_asked_for_is_given():
    found = metrics_over_epochs(*made("binary", 0), THRESHOLDS, ["f1", "roc_auc"])
    assert set(found.at_thresholds) == {"f1"} and set(found.free) == {"roc_auc"}
    assert "micro_f1" not in threshold_metrics_of("binary")


def test_the_highest_value_is_that_of_the_first_epoch_that_has_it():
    rows = np.array([[0.2, 0.7, 0.7, np.nan], [np.nan] * 4])
    found = EpochMetrics(np.array([2, 4, 6, 8]), (0.4, 0.6), {"f1": rows}, {})
    assert found.highest("f1", 0) == (4, 0.7) and found.highest("f1", 1) == (None, None)
