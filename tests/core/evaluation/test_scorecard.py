import json
from dataclasses import replace

import pytest
from sklearn.metrics import f1_score, roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from core.errors import EvaluationError
from core.evaluation.metrics import LABEL_METRICS, metrics_of
from core.evaluation.scorecard import scorecard


def test_a_binary_scorecard_has_every_metric_twice_with_its_interval(random_binary):
    val, test = random_binary(0, n=80), random_binary(1, n=90, split="test")
    found = scorecard({"val": val, "test": test})
    assert found.n == {"val": 80, "test": 90} and found.task == "binary"
    assert set(found.metrics) == {
        f"{split}/{name}{label}" for split in ("val", "test") for name in metrics_of("binary") for label in ("", "/Pneumonia")
    }
    y_true, y_score = test.column("Pneumonia")
    hits, positives = int(((y_score >= 0.5) & (y_true == 1)).sum()), int(y_true.sum())
    one = found.metrics["test/sensitivity"]
    assert (one.value, one.low, one.high) == pytest.approx((hits / positives, *proportion_confint(hits, positives, method="wilson")))
    assert one.method == "Wilson" and found.metrics["test/sensitivity/Pneumonia"] == one
    assert found.metrics["test/roc_auc"].value == pytest.approx(roc_auc_score(y_true, y_score))


def test_several_labels_are_told_in_all_and_each_against_the_rest(random_multilabel):
    test = random_multilabel(0, split="test")
    found = scorecard({"test": test}, "0.3")
    assert {name for name in found.metrics if name.count("/") == 1} == {f"test/{name}" for name in metrics_of("multilabel")}
    for label in test.labels:
        y_true, y_score = test.column(label)
        assert found.metrics[f"test/f1/{label}"].value == pytest.approx(f1_score(y_true, y_score >= 0.3))
        assert {f"test/{name}/{label}" for name in LABEL_METRICS} <= set(found.metrics)
    assert found.metrics["test/macro_f1"].value == pytest.approx(f1_score(test.y_true, test.y_score >= 0.3, average="macro"))


def test_a_rule_chooses_on_val_and_the_thresholds_hold_on_every_split(random_multilabel):
    val, test = random_multilabel(0), random_multilabel(1, split="test")
    found = scorecard({"val": val, "test": test}, "sensitivity=0.9")
    assert found.point.chosen_on == "val" and set(found.point.thresholds) == set(val.labels)
    for label, threshold in found.point.thresholds.items():
        y_true, y_score = val.column(label)
        assert (y_score[y_true == 1] >= threshold).mean() >= 0.9
        y_true, y_score = test.column(label)
        assert found.metrics[f"test/sensitivity/{label}"].value == pytest.approx((y_score[y_true == 1] >= threshold).mean())


def test_a_rule_that_looks_at_scores_is_refused_where_there_is_no_val(random_binary):
    test = random_binary(0, split="test")
    with pytest.raises(EvaluationError, match="no scores on val, only on test; the rule youden.*fixed number such as 0.5"):
        scorecard({"test": test}, "youden")
    assert scorecard({"test": test}, "0.4").point.thresholds == {"Pneumonia": 0.4}


def test_what_cannot_be_had_says_why_and_is_never_a_number(random_multilabel):
    test = random_multilabel(0, split="test")
    y_true = test.y_true.copy()
    y_true[:, 1] = 0
    found = scorecard({"test": replace(test, y_true=y_true)})
    for name in ("roc_auc", "sensitivity", "average_precision"):
        one = found.metrics[f"test/{name}/finding 1"]
        assert (one.value, one.low, one.high) == (None, None, None) and one.method == "not available: no image of test has finding 1"
    assert found.metrics["test/roc_auc"].value is not None
    assert "NaN" not in json.dumps(found.as_dict(), allow_nan=False)


def test_a_value_without_an_interval_keeps_the_value(binary):
    found = scorecard({"test": binary([0, 1], [0.2, 0.9], split="test")})
    one = found.metrics["test/f1"]
    assert one.value == 1 and one.low is None and one.method.startswith("not available: the draws")


def test_classes_are_decided_by_the_highest_score(random_multiclass):
    test = random_multiclass(0, split="test")
    found = scorecard({"test": test}, "0.9")
    right = test.y_score.argmax(axis=1) == test.y_true.argmax(axis=1)
    assert found.metrics["test/accuracy"].value == pytest.approx(right.mean())
    has_it = test.y_true[:, 1] == 1
    assert found.metrics["test/sensitivity/class 1"].value == pytest.approx((test.y_score[has_it].argmax(axis=1) == 1).mean())
