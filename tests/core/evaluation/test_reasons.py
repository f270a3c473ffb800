"""A metric that cannot be had has a reason, and one that can be had has none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation.metrics import evaluate, per_label, unavailable, unavailable_of_label
from core.evaluation.predictions import Predictions


@st.composite
def few_images(draw):
    """1 to 5 images of any task with up to three labels: nearly everything is missing now and then."""
    task, n = draw(st.sampled_from(["binary", "multiclass", "multilabel"])), draw(st.integers(1, 5))
    width = 1 if task == "binary" else draw(st.integers(2 if task == "multiclass" else 1, 3))
    cells = [np.array(draw(st.lists(st.lists(st.integers(0, 1), min_size=width, max_size=width), min_size=n, max_size=n))) for _ in "ts"]
    if task == "multiclass":
        cells = [np.eye(width)[array.argmax(axis=1)] for array in cells]
    return Predictions(task, "test", tuple(f"label {one}" for one in range(width)), np.arange(n).astype(str), None, *cells)


@settings(max_examples=300, deadline=None)
@given(few_images())
def test_exactly_what_is_none_has_a_reason(predictions):
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    values, reasons = evaluate(predictions, thresholds), unavailable(predictions, thresholds)
    assert {name for name, value in values.items() if value is None} == set(reasons)
    found = unavailable_of_label(predictions, thresholds)
    for label, of_label in per_label(predictions, thresholds).items():
        assert {name for name, value in of_label.items() if value is None} == set(found[label])
    clauses = [*reasons.values(), *(why for whys in found.values() for why in whys.values())]
    assert all("test" in why and "{" not in why for why in clauses)


def _multilabel(truth, called):
    truth = np.array(truth)
    return Predictions("multilabel", "test", ("A", "B"), np.arange(len(truth)).astype(str), None, truth, np.array(called))


HALF = {"A": 0.5, "B": 0.5}


def test_each_label_has_its_own_reasons():
    found = unavailable_of_label(_multilabel([[0, 1], [0, 0]], [[1, 0], [0, 0]]), HALF)
    assert set(found) == {"A", "B"}
    assert found["A"]["roc_auc"] == found["A"]["sensitivity"] == "no image of test has A"
    assert found["B"] == {
        "precision": "no image of test is called B at this threshold",
        "mcc": "no image of test is called B at this threshold",
    }


@pytest.mark.parametrize(
    ("name", "truth", "called", "why"),
    [
        ("precision", [[1, 1], [0, 0]], [[0, 0], [0, 0]], "no label with both classes in test has Precision at these thresholds"),
        ("weighted_precision", [[1, 1], [0, 0]], [[0, 0], [0, 0]], "no label that an image has in test has Precision at these thresholds"),
        ("weighted_f1", [[0, 0], [0, 0]], [[1, 0], [0, 0]], "no image of test has any label"),
        ("micro_precision", [[1, 1], [0, 0]], [[0, 0], [0, 0]], "no image of test is called any label at these thresholds"),
        ("micro_f1", [[0, 0], [0, 0]], [[0, 0], [0, 0]], "no image of test has any label or is called any at these thresholds"),
        ("micro_roc_auc", [[1, 1], [1, 1]], [[1, 1], [0, 0]], "every image of test has every label"),
        ("macro_roc_auc", [[1, 0], [1, 0]], [[1, 1], [0, 0]], "no label has images with and without it in test"),
    ],
)
def test_an_average_says_what_is_missing(name, truth, called, why):
    assert unavailable(_multilabel(truth, called), HALF)[name] == why


def test_the_correlation_of_classes_says_what_is_one_class():
    def of(truth, called):
        return Predictions("multiclass", "val", ("A", "B"), np.arange(2).astype(str), None, np.eye(2)[truth], np.eye(2)[called])

    assert unavailable(of([0, 0], [0, 1]), {})["mcc"] == "all images of val are of one class"
    assert unavailable(of([0, 1], [1, 1]), {})["mcc"] == "all images of val are called one class"
    assert unavailable_of_label(of([0, 1], [1, 1]), {})["A"]["precision"] == "no image of val is called A"
