"""A run is asked about what both it and the data know, in its own words, whatever the task of either."""

from dataclasses import replace

import numpy as np
import pytest

from core.data.dataset import ArrayReader, Dataset
from core.errors import DataError
from core.inference.shared_labels import common_labels, shared_labels
from core.runs.run import DataRecord


def trained_on(task: str, labels: tuple[str, ...], classes: tuple[str, ...] = ()) -> DataRecord:
    return DataRecord("a", "a", "A", "0" * 16, task, classes or labels, labels, "unknown", "as found", None, False, {"train": 1})


def data(task: str, labels: tuple[str, ...], y: list, classes: tuple[str, ...] = ()) -> Dataset:
    y = np.array(y, np.uint8)
    ids = np.arange(len(y)).astype(str)
    reader = ArrayReader(np.zeros((len(y), 4, 4), np.uint8))
    return Dataset("b", "B", "b", task, classes or labels, labels, ids, np.full(len(y), "test"), y, None, reader, 4, "as found")


CHEST = trained_on("binary", ("PNEUMONIA",), ("NORMAL", "PNEUMONIA"))
FOURTEEN = trained_on("multilabel", ("Mass", "Pleural_Thickening", "Edema"))
THREE = trained_on("multiclass", ("Bacterial", "Normal", "Viral"))


def test_names_may_differ_in_case_and_marks():
    found = shared_labels(FOURTEEN, data("multilabel", ("edema", "Hernia", "pleural thickening"), [[1, 0, 0], [0, 1, 1]]))
    assert found.task == "multilabel" and found.columns.tolist() == [1, 2]
    assert found.y.tolist() == [[0, 1], [1, 0]] and found.rows.tolist() == [0, 1] and not found.left_out


def test_one_label_of_many_makes_a_binary_task():
    found = shared_labels(FOURTEEN, data("multilabel", ("Mass", "Hernia"), [[1, 0], [0, 1]]))
    assert found.task == "binary" and found.columns.tolist() == [0] and found.y.tolist() == [[1], [0]]


@pytest.mark.parametrize("classes", [("normal", "pneumonia"), ("other", "Pneumonia")])
def test_binary_data_needs_only_the_positive_class_of_the_same_name(classes):
    found = shared_labels(CHEST, data("binary", classes[1:], [[1], [0]], classes))
    assert (found.task, found.y.tolist()) == ("binary", [[1], [0]])


def test_data_that_calls_the_other_class_positive_is_turned():
    found = shared_labels(CHEST, data("binary", ("Normal",), [[1], [0], [0]], ("Pneumonia", "Normal")))
    assert found.y.tolist() == [[0], [1], [1]]


def test_images_of_a_third_class_are_left_out_and_counted():
    found = shared_labels(CHEST, data("multiclass", ("COVID", "Normal", "Pneumonia"), np.eye(3)[[0, 2, 1, 0]]))
    assert found.rows.tolist() == [1, 2] and found.y.tolist() == [[1], [0]]
    assert list(found.left_out.values()) == [2]


def test_several_classes_keep_the_order_and_the_number_of_the_run():
    found = shared_labels(THREE, data("multiclass", ("normal", "viral", "other"), np.eye(3)[[0, 1, 2, 1]]))
    assert found.task == "multiclass" and found.columns.tolist() == [0, 1, 2] and found.rows.tolist() == [0, 1, 3]
    assert found.y.tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 1]]


def test_of_images_with_several_labels_those_of_exactly_one_class_are_asked_about():
    found = shared_labels(THREE, data("multilabel", ("Viral", "Bacterial", "Mass"), [[1, 0, 1], [1, 1, 0], [0, 0, 1], [0, 1, 0]]))
    assert found.rows.tolist() == [0, 3] and found.y.tolist() == [[0, 0, 1], [1, 0, 0]]


def test_no_label_in_common_is_refused_in_words():
    with pytest.raises(DataError, match="B has NORMAL, TB; the run tells PNEUMONIA. Choose a data set with at least one label"):
        shared_labels(CHEST, data("binary", ("TB",), [[1], [0]], ("NORMAL", "TB")))


def test_no_image_of_a_known_class_is_refused_in_words():
    with pytest.raises(DataError, match="no image of B is of the classes"):
        shared_labels(THREE, data("multiclass", ("Viral", "other"), [[0, 1], [0, 1]]))


def test_names_that_differ_in_their_marks_alone_are_not_mixed_up():
    trained = replace(FOURTEEN, labels=("A+", "A-"))
    found = shared_labels(trained, data("multilabel", ("A-", "B"), [[1, 0], [0, 1]]))
    assert found.columns.tolist() == [1] and found.y.tolist() == [[1], [0]]


def test_labels_of_several_runs_are_one_where_they_differ_in_case_blanks_and_marks():
    found = common_labels({"a": ("PNEUMONIA",), "b": ("Edema", "Pneumonia"), "c": ("pneu monia",)})
    assert [one.label for one in found] == ["PNEUMONIA", "Edema"]
    assert found[0].own == {"a": "PNEUMONIA", "b": "Pneumonia", "c": "pneu monia"} and found[1].own == {"b": "Edema"}


def test_labels_that_differ_in_marks_alone_in_one_run_are_compared_as_they_are():
    assert [one.own for one in common_labels({"a": ("A+", "A-"), "b": ("A",)})] == [{"a": "A+"}, {"a": "A-"}, {"b": "A"}]
