import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

from core.errors import EvaluationError
from core.evaluation.one_vs_rest import by_highest, by_thresholds


def test_the_highest_score_leaves_nothing_undecided_and_gives_the_matrix_of_scikit_learn(random_multiclass):
    predictions = random_multiclass(3, split="test")
    actual, called = predictions.y_true.argmax(axis=1), predictions.y_score.argmax(axis=1)
    found = by_highest(predictions)
    assert np.array_equal(found.matrix[:, :-1], confusion_matrix(actual, called)) and not found.matrix[:, -1].any()
    assert found.accuracy.value == pytest.approx(accuracy_score(actual, called)) and found.accuracy.method == "Wilson"
    assert found.macro_f1.value == pytest.approx(f1_score(actual, called, average="macro"))
    assert [one.value for one in found.sensitivity.values()] == pytest.approx(recall_score(actual, called, average=None))
    assert (found.none, found.several, found.undecided.value) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("threshold", [0.2, 0.4, 0.6])
def test_thresholds_decide_as_going_image_by_image_does(random_multiclass, seed, threshold):
    predictions = random_multiclass(seed)
    matrix, none, several = np.zeros((4, 5), int), 0, 0
    for truth, scores in zip(predictions.y_true.tolist(), predictions.y_score, strict=True):
        passing = [number for number, score in enumerate(scores) if score >= np.float32(threshold)]
        matrix[truth.index(1), passing[0] if len(passing) == 1 else 4] += 1
        none, several = none + (not passing), several + (len(passing) > 1)
    found = by_thresholds(predictions, dict.fromkeys(predictions.labels, threshold))
    assert np.array_equal(found.matrix, matrix) and (found.none, found.several) == (none, several)
    assert found.undecided.value == (none + several) / predictions.n
    assert found.accuracy.value == pytest.approx(np.trace(matrix[:, :4]) / matrix[:, :4].sum())


def test_an_undecided_image_is_missed_by_its_own_class(random_multiclass):
    predictions = random_multiclass(1)
    found = by_thresholds(predictions, dict.fromkeys(predictions.labels, 0.6))
    actual = predictions.y_true.argmax(axis=1)
    passing = predictions.y_score >= np.float32(0.6)
    called = np.where(passing.sum(axis=1) == 1, passing.argmax(axis=1), 4)
    assert found.none > 0
    assert found.macro_f1.value == pytest.approx(f1_score(actual, called, labels=range(4), average="macro"))
    assert [one.value for one in found.f1.values()] == pytest.approx(f1_score(actual, called, labels=range(4), average=None))
    assert [one.value for one in found.sensitivity.values()] == pytest.approx((np.diag(found.matrix) / found.matrix.sum(axis=1)).tolist())


def test_where_all_pass_or_none_the_accuracy_of_the_decided_says_why_there_is_none(random_multiclass):
    predictions = random_multiclass(2)
    nobody = by_thresholds(predictions, dict.fromkeys(predictions.labels, 1.0))
    everybody = by_thresholds(predictions, dict.fromkeys(predictions.labels, 0.0))
    assert (nobody.none, everybody.several) == (80, 80)
    for found in (nobody, everybody):
        assert found.undecided.value == 1 and found.accuracy.method == "not available: every image of val is undecided"
        assert found.macro_f1.value == 0


def test_a_missing_threshold_of_a_class_is_refused(random_multiclass):
    with pytest.raises(EvaluationError, match="no threshold for class 1"):
        by_thresholds(random_multiclass(2), {"class 0": 0.5})
