"""A cell of the confusion matrix as a list of images: each image in one cell, worst first."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from core.errors import EvaluationError
from core.evaluation.mistakes import OF_LABEL, WRONG, cell_in_words, cell_names, cell_of, class_cell, right_by, rows_of, shown_scores
from core.evaluation.predictions import Predictions

LABELS = ("Mass", "Nodule")


def binary(truth, scores) -> Predictions:
    ids = np.array([f"i{number}" for number in range(len(truth))])
    return Predictions("binary", "test", ("sick",), ids, None, np.array(truth)[:, None], np.array(scores, np.float32)[:, None])


def multiclass(truth, scores) -> Predictions:
    ids = np.array([f"i{number}" for number in range(len(truth))])
    return Predictions("multiclass", "val", ("a", "b", "c"), ids, None, np.eye(3, dtype=np.uint8)[truth], np.array(scores, np.float32))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0, 0.2, 0.3, 0.5, 0.9, 1])), min_size=1, max_size=40),
    st.sampled_from([0, 0.3, 1]),
)
def test_cells_hold_as_many_images_as_the_confusion_matrix_of_scikit_learn(rows, threshold):
    truth, scores = zip(*rows, strict=True)
    predictions = binary(truth, scores)
    called = np.array(scores, np.float32) >= np.float32(threshold)
    tn, fp, fn, tp = confusion_matrix(truth, called, labels=[0, 1]).ravel()
    found = {cell: len(rows_of(predictions, {"sick": threshold}, "sick", cell)) for cell in (*OF_LABEL, WRONG)}
    assert found == {"FN": fn, "FP": fp, "TP": tp, "TN": tn, WRONG: fn + fp}


def test_the_worst_image_is_farthest_on_the_wrong_side_and_a_right_one_nearest_to_the_line():
    predictions = binary([1, 1, 1, 0, 0, 0], [0.1, 0.49, 0.9, 0.5, 0.99, 0.45])
    at = {"sick": 0.5}
    assert rows_of(predictions, at, "sick", "FN").tolist() == [0, 1]
    assert rows_of(predictions, at, "sick", "FP").tolist() == [4, 3]
    assert rows_of(predictions, at, "sick", WRONG).tolist() == [4, 0, 1, 3]
    assert rows_of(predictions, at, "sick", "TN").tolist() == [5]
    assert right_by(predictions, at, "sick").round(2).tolist() == pytest.approx([-0.4, -0.01, 0.4, 0, -0.49, 0.05], abs=1e-6)


def test_an_image_on_the_threshold_is_called_and_so_wrong_where_it_lacks_the_label():
    assert cell_of(binary([0, 1], [0.5, 0.5]), {"sick": 0.5}, "sick").tolist() == ["FP", "TP"]


def test_equals_stay_in_the_order_of_the_predictions():
    assert rows_of(binary([1] * 50, [0.2] * 50), {"sick": 0.5}, "sick", "FN").tolist() == list(range(50))


def test_classes_have_a_cell_for_each_pair_and_are_held_against_the_best_other_class():
    predictions = multiclass([0, 0, 1, 2], [[0.2, 0.7, 0.1], [0.4, 0.5, 0.1], [0.1, 0.8, 0.1], [0.6, 0.3, 0.1]])
    assert cell_of(predictions, {}, "a").tolist() == ["a > b", "a > b", "b > b", "c > a"]
    assert rows_of(predictions, {}, "a", class_cell("a", "b")).tolist() == [0, 1]
    assert rows_of(predictions, {}, "a", WRONG).tolist() == [0, 3, 1]
    scores, lines = shown_scores(predictions, {}, "a")
    assert scores.tolist() == pytest.approx([0.2, 0.4, 0.8, 0.1]) and lines.tolist() == pytest.approx([0.7, 0.5, 0.1, 0.6])


def test_of_several_labels_only_the_one_that_is_looked_at_counts():
    ids, y = np.array(["i0", "i1"]), np.array([[1, 0], [0, 1]])
    predictions = Predictions("multilabel", "test", LABELS, ids, None, y, np.array([[0.1, 0.9], [0.1, 0.9]], np.float32))
    points = {"Mass": 0.5, "Nodule": 0.5}
    assert rows_of(predictions, points, "Mass", WRONG).tolist() == [0] and rows_of(predictions, points, "Nodule", WRONG).tolist() == [0]
    assert cell_of(predictions, points, "Nodule").tolist() == ["FP", "TP"]


def test_a_cell_that_is_none_is_refused_by_name():
    with pytest.raises(EvaluationError, match="FX"):
        rows_of(binary([1], [0.5]), {"sick": 0.5}, "sick", "FX")


@pytest.mark.parametrize(("task", "labels"), [("binary", ("sick",)), ("multilabel", LABELS), ("multiclass", LABELS)])
def test_every_cell_is_said_in_words_of_its_own(task, labels):
    words = [cell_in_words(cell, labels[0], labels) for cell in cell_names(task, labels)]
    assert len(set(words)) == len(words) == 5
