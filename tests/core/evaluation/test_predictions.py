import csv
from dataclasses import replace

import numpy as np
import pytest

from core.errors import EvaluationError
from core.evaluation.predictions import Predictions


def test_a_saved_file_is_read_back_the_same(tmp_path, random_multilabel):
    written = random_multilabel(0, patients=np.array([f"patient {row // 2}" for row in range(80)]))
    written.save(tmp_path / "predictions.npz")
    read = Predictions.load(tmp_path / "predictions.npz")
    assert (read.task, read.split, read.labels) == (written.task, written.split, written.labels)
    for field in ("image_ids", "patients", "y_true", "y_score"):
        np.testing.assert_array_equal(getattr(read, field), getattr(written, field))
    assert read.y_true.dtype == np.uint8
    assert read.y_score.dtype == np.float32


def test_unknown_patients_stay_unknown(tmp_path, binary):
    binary([0, 1], [0.1, 0.9]).save(tmp_path / "predictions.npz")
    assert Predictions.load(tmp_path / "predictions.npz").patients is None


def test_csv_scores_give_the_same_float32(tmp_path, binary):
    scores = np.random.default_rng(0).random(20_000).astype(np.float32) ** np.float32(6)
    binary(np.arange(scores.size) % 2, scores).write_csv(tmp_path / "predictions.csv")
    with (tmp_path / "predictions.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    np.testing.assert_array_equal(np.array([float(row["score:Pneumonia"]) for row in rows]).astype(np.float32), scores)


def test_csv_has_a_column_per_label_and_the_patient_where_known(random_multiclass):
    known = random_multiclass(0, n=5, classes=2, patients=np.array(list("abcde")), split="test")
    header, first, *_ = known.to_csv_rows()
    assert header == ["id", "split", "patient", "true:class 0", "true:class 1", "score:class 0", "score:class 1"]
    assert first[:5] == ["image-0.png", "test", "a", "1", "0"]
    assert next(replace(known, patients=None).to_csv_rows())[:3] == ["id", "split", "true:class 0"]


def test_a_column_is_looked_up_by_its_label(random_multilabel):
    predictions = random_multilabel(1)
    y_true, y_score = predictions.column("finding 2")
    np.testing.assert_array_equal(y_true, predictions.y_true[:, 2])
    np.testing.assert_array_equal(y_score, predictions.y_score[:, 2])
    with pytest.raises(EvaluationError, match="no label 'Hernia'; the labels are finding 0"):
        predictions.column("Hernia")


def test_one_label_against_the_rest_is_a_binary_task(random_multiclass):
    predictions = random_multiclass(1, split="test")
    single = predictions.of_label("class 2")
    assert (single.task, single.split, single.labels) == ("binary", "test", ("class 2",))
    for mine, whole in zip(single.column("class 2"), predictions.column("class 2"), strict=True):
        np.testing.assert_array_equal(mine, whole)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task": "regression"}, "task is 'regression'"),
        ({"split": "holdout"}, "split is 'holdout'"),
        ({"labels": ()}, "labels are"),
        ({"labels": ("a", "a")}, "labels are"),
        ({"labels": ("a", "b")}, "binary task has 2 labels"),
        ({"image_ids": np.array(["a", "a"])}, "occurs twice"),
        ({"image_ids": np.array([])}, "for no image"),
        ({"patients": np.array(["a"])}, "patients has the shape"),
        ({"y_true": np.array([0, 1])}, "y_true has the shape"),
        ({"y_true": np.array([[0], [2]])}, "something else than 0 and 1"),
        ({"y_true": np.array([[0], [256]])}, "something else than 0 and 1"),
        ({"y_true": np.array([["0"], ["1"]])}, "something else than 0 and 1"),
        ({"y_score": np.array([[0.1], [np.nan]])}, "no finite number"),
        ({"y_score": np.array([[0.1], [1.5]])}, "goes from 0.1 to 1.5"),
        ({"y_score": np.array([[0.1, 0.9]])}, "y_score has the shape"),
    ],
)
def test_what_does_not_fit_is_refused(binary, change, message):
    with pytest.raises(EvaluationError, match=message):
        replace(binary([0, 1], [0.1, 0.9]), **change)


def test_a_multiclass_image_has_one_class_and_scores_that_add_up_to_one(random_multiclass):
    predictions = random_multiclass(0)
    with pytest.raises(EvaluationError, match="no class or several"):
        replace(predictions, y_true=np.ones_like(predictions.y_true))
    with pytest.raises(EvaluationError, match="add up to 1"):
        replace(predictions, y_score=predictions.y_score / 2)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"not a zip at all", b"\x93NUMPY"])
def test_a_file_of_something_else_is_refused(tmp_path, content):
    (tmp_path / "predictions.npz").write_bytes(content)
    with pytest.raises(EvaluationError, match="cannot be read"):
        Predictions.load(tmp_path / "predictions.npz")


def test_a_missing_file_and_missing_arrays_are_refused(tmp_path):
    with pytest.raises(EvaluationError, match="cannot be read"):
        Predictions.load(tmp_path / "absent.npz")
    np.savez(tmp_path / "other.npz", task=np.array("binary"))
    with pytest.raises(EvaluationError, match="has no split"):
        Predictions.load(tmp_path / "other.npz")


def test_a_pickled_object_is_never_opened(tmp_path, binary):
    binary([0, 1], [0.1, 0.9]).save(tmp_path / "good.npz")
    arrays = dict(np.load(tmp_path / "good.npz")) | {"image_ids": np.array([{"a": 1}, {"b": 2}], dtype=object)}
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(EvaluationError, match="cannot be read"):
        Predictions.load(tmp_path / "bad.npz")


def test_repeated_patients_are_noticed(binary):
    assert not binary([0, 1], [0.1, 0.9]).has_repeated_patients
    assert not binary([0, 1], [0.1, 0.9], patients=np.array(["a", "b"])).has_repeated_patients
    assert binary([0, 1], [0.1, 0.9], patients=np.array(["a", "a"])).has_repeated_patients


def test_groups_are_kept_in_the_file_in_the_table_and_with_chosen_rows(tmp_path, binary):
    predictions = replace(binary([0, 1, 1], [0.1, 0.9, 0.4]), groups={"sex": np.array(["F", "", "M"])})
    predictions.save(tmp_path / "predictions.npz")
    assert Predictions.load(tmp_path / "predictions.npz").groups["sex"].tolist() == ["F", "", "M"]
    assert [row[-1] for row in predictions.to_csv_rows()] == ["sex", "F", "", "M"]
    assert predictions.select(np.array([2, 0])).groups["sex"].tolist() == ["M", "F"]
    with pytest.raises(EvaluationError, match="group sex"):
        replace(predictions, groups={"sex": np.array(["F"])})


def test_images_whose_patients_are_not_known_are_not_taken_for_one_patient(binary):
    made = binary([0, 1, 1], [0.1, 0.9, 0.8], patients=np.array(["a", "", ""]))
    assert not made.has_repeated_patients and len(set(made.patients)) == 3
    assert binary([0, 1], [0.1, 0.9], patients=np.array(["", ""])).patients is None


def test_an_unknown_patient_is_told_as_unknown_and_counts_as_one():
    found = Predictions("binary", "test", ("x",), np.array(["a", "b", "c"]), np.array(["p", "", "p"]), np.eye(3)[:, :1], np.eye(3)[:, :1])
    assert found.known_patients.tolist() == ["p", "", "p"] and len(set(found.units.tolist())) == 2
    assert [row[2] for row in found.to_csv_rows()] == ["patient", "p", "", "p"]
