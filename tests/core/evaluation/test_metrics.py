from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as sk

from core.errors import EvaluationError
from core.evaluation.decisions import decisions
from core.evaluation.metrics import evaluate, per_label, unavailable


def _binary_oracle(y_true, y_score, decided):
    return {
        "accuracy": sk.accuracy_score(y_true, decided),
        "balanced_accuracy": sk.balanced_accuracy_score(y_true, decided),
        "sensitivity": sk.recall_score(y_true, decided),
        "specificity": sk.recall_score(y_true, decided, pos_label=0),
        "precision": sk.precision_score(y_true, decided, zero_division=np.nan),
        "npv": sk.precision_score(y_true, decided, pos_label=0, zero_division=np.nan),
        "f1": sk.f1_score(y_true, decided),
        "roc_auc": sk.roc_auc_score(y_true, y_score),
        "average_precision": sk.average_precision_score(y_true, y_score),
        "brier": sk.brier_score_loss(y_true, y_score),
        "log_loss": sk.log_loss(y_true, y_score),
    }


def _check(values, oracle):
    for name, expected in oracle.items():
        if np.isnan(expected):
            assert values[name] is None, name
        else:
            assert values[name] == pytest.approx(expected, rel=2e-5, abs=1e-7), name


@pytest.mark.parametrize("seed", range(40))
def test_binary_metrics_are_those_of_scikit_learn(random_binary, seed):
    predictions = random_binary(seed, n=5 + 2 * seed)
    y_true, y_score = predictions.column("Pneumonia")
    threshold = [0.0, 0.3, 0.5, 0.9, 1.0][seed % 5]
    _check(evaluate(predictions, {"Pneumonia": threshold}), _binary_oracle(y_true, y_score, y_score >= threshold))


@pytest.mark.parametrize("seed", range(15))
def test_multiclass_metrics_are_those_of_scikit_learn(random_multiclass, seed):
    predictions = random_multiclass(seed)
    truth, scores = predictions.y_true.argmax(axis=1), predictions.y_score
    called = scores.argmax(axis=1)
    values = evaluate(predictions, {})
    oracle = {
        "accuracy": sk.accuracy_score(truth, called),
        "balanced_accuracy": sk.balanced_accuracy_score(truth, called),
        "sensitivity": sk.recall_score(truth, called, average="macro"),
        "precision": sk.precision_score(truth, called, average="macro", zero_division=0),
        "f1": sk.f1_score(truth, called, average="macro"),
        "roc_auc": sk.roc_auc_score(predictions.y_true, scores, average="macro"),
        "average_precision": sk.average_precision_score(predictions.y_true, scores, average="macro"),
        "brier": np.mean(np.sum((scores - predictions.y_true) ** 2, axis=1)),
        "log_loss": sk.log_loss(truth, scores.astype(np.float64) / scores.sum(axis=1, keepdims=True, dtype=np.float64)),
    }
    _check(values, oracle)
    cells = sk.multilabel_confusion_matrix(truth, called)  # (L, 2, 2): [[tn, fp], [fn, tp]]
    assert values["specificity"] == pytest.approx(np.mean(cells[:, 0, 0] / cells[:, 0].sum(axis=1)))
    assert values["npv"] == pytest.approx(np.mean(cells[:, 0, 0] / cells[:, :, 0].sum(axis=1)))


@pytest.mark.parametrize("seed", range(15))
def test_multilabel_metrics_are_means_over_labels(random_multilabel, seed):
    predictions = random_multilabel(seed)
    thresholds = {"finding 0": 0.3, "finding 1": 0.5, "finding 2": 0.7}
    decided = predictions.y_score >= np.array([0.3, 0.5, 0.7], dtype=np.float32)
    oracles = [_binary_oracle(*columns) for columns in zip(predictions.y_true.T, predictions.y_score.T, decided.T, strict=True)]
    values = evaluate(predictions, thresholds)
    _check(values, {name: np.mean([oracle[name] for oracle in oracles]) for name in oracles[0]})
    assert values["accuracy"] == pytest.approx(1 - sk.hamming_loss(predictions.y_true, decided))
    assert values["f1"] == pytest.approx(sk.f1_score(predictions.y_true, decided, average="macro"))
    for oracle, found in zip(oracles, per_label(predictions, thresholds).values(), strict=True):
        _check(found, oracle)


def test_a_label_without_positives_is_left_out_of_the_means(random_multilabel):
    predictions = random_multilabel(3)
    y_true = predictions.y_true.copy()
    y_true[:, 1] = 0
    lacking = replace(predictions, y_true=y_true)
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    labels, values = per_label(lacking, thresholds), evaluate(lacking, thresholds)
    assert labels["finding 1"]["roc_auc"] is None
    for name in ("sensitivity", "roc_auc", "f1"):
        assert values[name] == pytest.approx((labels["finding 0"][name] + labels["finding 2"][name]) / 2)
    assert unavailable(lacking, thresholds) == {}


def test_an_undefined_precision_counts_zero_in_the_mean_as_in_scikit_learn(random_multilabel):
    predictions = random_multilabel(4)
    thresholds = {"finding 0": 0.5, "finding 1": 0.5, "finding 2": 1.0}
    y_score = np.minimum(predictions.y_score, np.float32(0.9))
    predictions = replace(predictions, y_score=y_score)
    decided = decisions(predictions, thresholds)
    assert per_label(predictions, thresholds)["finding 2"]["precision"] is None
    expected = sk.precision_score(predictions.y_true, decided, average="macro", zero_division=0)
    assert evaluate(predictions, thresholds)["precision"] == pytest.approx(expected)


def test_what_cannot_be_had_is_none_with_a_reason(binary):
    negatives = binary([0, 0, 0], [0.1, 0.2, 0.3], split="test")
    values, reasons = evaluate(negatives, {"Pneumonia": 0.5}), unavailable(negatives, {"Pneumonia": 0.5})
    assert {name for name, value in values.items() if value is None} == set(reasons)
    balanced = {"balanced_accuracy", "youden", "decision_roc_auc", "mcc", "roc_auc"}
    assert set(reasons) == {*balanced, "sensitivity", "precision", "f1", "average_precision"}
    assert reasons["roc_auc"] == "no image of test has Pneumonia"
    assert reasons["precision"] == "no image of test is called Pneumonia at this threshold"
    positives = binary([1, 1], [0.6, 0.7])
    assert unavailable(positives, {"Pneumonia": 0.5}) == {
        **dict.fromkeys({*balanced, "specificity"}, "every image of val has Pneumonia"),
        "npv": "every image of val is called Pneumonia at this threshold",
    }


def test_a_multilabel_split_without_any_finding_says_so(random_multilabel):
    predictions = random_multilabel(0)
    empty = replace(predictions, y_true=np.zeros_like(predictions.y_true))
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    assert evaluate(empty, thresholds)["accuracy"] is not None
    assert unavailable(empty, thresholds)["roc_auc"] == "no label has images with and without it in val"


def test_multiclass_decisions_take_the_highest_score(random_multiclass):
    predictions = random_multiclass(0)
    decided = decisions(predictions, {})
    assert decided.dtype == np.uint8
    np.testing.assert_array_equal(decided.argmax(axis=1), predictions.y_score.argmax(axis=1))
    assert (decided.sum(axis=1) == 1).all()


@pytest.mark.parametrize("thresholds", [{}, {"Pneumonia": 1.5}, {"Pneumonia": float("nan")}])
def test_a_missing_or_impossible_threshold_is_refused(binary, thresholds):
    with pytest.raises(EvaluationError, match="threshold for Pneumonia"):
        evaluate(binary([0, 1], [0.1, 0.9]), thresholds)
