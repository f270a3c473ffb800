"""Counted decisions give the metrics that scikit-learn has, over batches of any size."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, precision_recall_fscore_support

from core.training.tally import Tally


def metrics(task: str, y: np.ndarray, y_score: np.ndarray) -> dict:
    tally = Tally(task, y.shape[1], torch.device("cpu"))
    for rows in np.array_split(np.arange(len(y)), 4):
        tally.add(torch.from_numpy(y_score[rows]), torch.from_numpy(y[rows]).float())
    return tally.metrics()


@pytest.mark.parametrize(("task", "average"), [("binary", "binary"), ("multiclass", "macro"), ("multilabel", "macro")])
def test_metrics_of_batches_are_those_of_all_images(task, average, rng):
    labels = 1 if task == "binary" else 4
    y_score = rng.random((90, labels)).astype(np.float32)
    y = np.eye(4)[rng.integers(0, 4, 90)] if task == "multiclass" else (rng.random((90, labels)) < 0.4).astype(float)
    decided = np.eye(4)[y_score.argmax(1)] if task == "multiclass" else y_score >= 0.5
    found = metrics(task, y, y_score)
    expected = precision_recall_fscore_support(y, decided, average=average)[:3]
    assert [found[name] for name in ("precision", "recall", "f1")] == pytest.approx(expected)
    right = accuracy_score(y.argmax(1), y_score.argmax(1)) if task == "multiclass" else (y == decided).mean()
    assert found["accuracy"] == pytest.approx(right)


def test_what_has_nothing_to_divide_by_is_none_not_zero():
    found = metrics("binary", np.array([[1.0], [0.0]] * 4), np.full((8, 1), 0.1, np.float32))
    assert found == {"accuracy": 0.5, "precision": None, "recall": 0.0, "f1": 0.0}


def test_a_label_that_is_never_called_counts_zero_beside_others():
    y = np.array([[1.0, 1.0], [0.0, 0.0]] * 4)
    found = metrics("multilabel", y, np.tile(np.array([[0.9, 0.1], [0.1, 0.1]], np.float32), (4, 1)))
    assert (found["precision"], found["recall"]) == (0.5, 0.5)
