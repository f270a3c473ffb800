"""The report against scikit-learn's, letter by letter, and against the published tables."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

from core.errors import EvaluationError
from core.evaluation.classification_report import classification_report
from core.evaluation.decisions import decisions
from core.evaluation.predictions import Predictions

HALF = {"Pneumonia": 0.5}


def _same(found, expected):
    assert list(found) == list(expected)
    for name, row in expected.items():
        assert found[name] == pytest.approx(row), name


def _oracles(truth, called, **named):
    """scikit-learn's report as a dict and as text."""
    return [sk.classification_report(truth, called, zero_division=0, output_dict=as_dict, **named) for as_dict in (True, False)]


def test_a_binary_report_is_that_of_scikit_learn(random_binary):
    predictions = random_binary(0)
    truth, score = predictions.column("Pneumonia")
    report = classification_report(predictions, HALF, classes=("Normal", "Pneumonia"))
    as_dict, as_text = _oracles(truth, score >= 0.5, target_names=["Normal", "Pneumonia"])
    _same(report.as_dict(), as_dict)
    assert report.as_text() == as_text
    assert [row.name for row in classification_report(predictions, HALF).labels] == ["no Pneumonia", "Pneumonia"]


@pytest.mark.parametrize("digits", [2, 4])
def test_a_multiclass_report_is_that_of_scikit_learn(random_multiclass, digits):
    predictions = random_multiclass(0)
    truth, called = predictions.y_true.argmax(axis=1), predictions.y_score.argmax(axis=1)
    report = classification_report(predictions, {})
    _same(report.as_dict(), _oracles(truth, called, target_names=predictions.labels)[0])
    assert report.as_text(digits) == sk.classification_report(truth, called, target_names=predictions.labels, digits=digits)


@pytest.mark.parametrize("wanted", [[0, 1, 2], [2, 0], [1]])
def test_a_report_of_some_findings_is_that_of_scikit_learn(random_multilabel, wanted):
    predictions = random_multilabel(1)
    thresholds, names = dict.fromkeys(predictions.labels, 0.5), [predictions.labels[column] for column in wanted]
    report = classification_report(predictions, thresholds, names)
    columns = [array[:, wanted] for array in (predictions.y_true, decisions(predictions, thresholds))]
    if len(wanted) > 1:  # one column alone is a binary task to scikit-learn
        as_dict, as_text = _oracles(*columns, target_names=names)
        _same(report.as_dict(), as_dict)
        assert report.as_text() == as_text
    else:
        assert report.as_dict()[names[0]]["f1-score"] == pytest.approx(sk.f1_score(*(column[:, 0] for column in columns)))


def test_some_classes_have_a_micro_average_in_the_place_of_accuracy(random_multiclass):
    predictions = random_multiclass(2)
    truth, called = predictions.y_true.argmax(axis=1), predictions.y_score.argmax(axis=1)
    report = classification_report(predictions, {}, ["class 2", "class 0"])
    as_dict, as_text = _oracles(truth, called, labels=[2, 0], target_names=["class 2", "class 0"])
    _same(report.as_dict(), as_dict)
    assert report.as_text() == as_text and "accuracy" not in as_dict


@st.composite
def sparse(draw):
    """Few images with 2 to 4 findings each: labels and decisions are often missing."""
    n, labels = draw(st.integers(1, 6)), draw(st.integers(2, 4))
    cells = st.lists(st.lists(st.integers(0, 1), min_size=labels, max_size=labels), min_size=n, max_size=n)
    names = tuple(f"finding {column}" for column in range(labels))
    return Predictions("multilabel", "val", names, np.arange(n).astype(str), None, np.array(draw(cells)), np.array(draw(cells)))


@settings(max_examples=100, deadline=None)
@given(sparse())
def test_what_cannot_be_had_is_a_dash_with_a_reason_and_all_else_is_that_of_scikit_learn(predictions):
    called = predictions.y_score.astype(int)
    rows = classification_report(predictions, dict.fromkeys(predictions.labels, 0.5))
    expected = sk.classification_report(predictions.y_true, called, target_names=predictions.labels, output_dict=True, zero_division=np.nan)
    for row in rows.labels:
        for heading, value in row.as_dict().items():
            np.testing.assert_allclose(np.nan if value is None else value, expected[row.name][heading], atol=1e-12)
            assert (value is None) == (heading in row.why)
    zeros = sk.classification_report(predictions.y_true, called, target_names=predictions.labels, output_dict=True, zero_division=0)
    both = np.flatnonzero(predictions.y_true.any(axis=0) & ~predictions.y_true.all(axis=0))
    if both.size:
        zeros["macro avg"] = {
            heading: np.mean([zeros[predictions.labels[column]][heading] for column in both])
            for heading in ("precision", "recall", "f1-score")
        }
    for row in rows.averages:
        told = row.as_dict()
        assert {heading for heading, value in told.items() if value is None} == set(row.why)
        assert {heading: zeros[row.name].get(heading, told["support"]) for heading in told if heading not in row.why} == pytest.approx(
            {heading: value for heading, value in told.items() if value is not None}
        )
    reasons = sum(len(row.why) for row in (*rows.labels, *rows.averages))
    assert rows.as_text().count(": not available: ") == rows.as_text().count(" - ") == reasons


def test_a_missing_label_says_so_below_the_table(random_multilabel):
    predictions = random_multilabel(0)
    y_true = predictions.y_true.copy()
    y_true[:, 1] = 0
    report = classification_report(replace(predictions, y_true=y_true, split="test"), dict.fromkeys(predictions.labels, 0.5))
    assert report.as_dict()["finding 1"]["recall"] is None
    assert report.as_text().endswith("\n\nrecall of finding 1: not available: no image of test has finding 1.\n")
    others = [report.as_dict()[name]["recall"] for name in ("finding 0", "finding 2")]
    assert report.as_dict()["macro avg"]["recall"] == pytest.approx(np.mean(others))


@pytest.mark.parametrize("labels", [["Hernia"], [], ["finding 0", "finding 0"]])
def test_labels_that_are_not_there_are_refused(random_multilabel, labels):
    predictions = random_multilabel(0)
    with pytest.raises(EvaluationError, match="each once of finding 0, finding 1, finding 2"):
        classification_report(predictions, dict.fromkeys(predictions.labels, 0.5), labels)


def test_labels_that_no_image_has_have_no_recall_and_raise_no_warning(random_multilabel):
    predictions = random_multilabel(0)
    none = replace(predictions, y_true=np.zeros_like(predictions.y_true))
    made = classification_report(none, dict.fromkeys(predictions.labels, 0.5))
    assert all(row.recall is None and row.why["recall"] for row in made.labels)
