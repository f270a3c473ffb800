"""Classes are balanced as the settings say, and a class that is not there is refused with those that are."""

import numpy as np
import pytest

from core.errors import RecipeError
from core.training.sampling import sampled_rows
from tests.core.training.small_trainings import training_of

CLASSES = ("COVID", "Normal", "Viral")


def counts(task="multiclass", classes=CLASSES, **settings) -> list[int]:
    y = np.eye(3, dtype=np.uint8)[[0] * 20 + [1] * 50 + [2] * 5]
    y = y[:, 1:2] if task == "binary" else y
    rows = sampled_rows(training_of(**settings), y, task, classes, 0)
    found = y[rows]
    return [len(found) - int(found.sum()), int(found.sum())] if task == "binary" else found.sum(axis=0).tolist()


def test_as_it_is_each_image_is_shown_once():
    assert counts() == [20, 50, 5]
    assert counts(sampling="as_is", sampling_classes="nobody") == [20, 50, 5]


def test_all_classes_come_down_to_the_rarest_or_up_to_the_commonest():
    assert counts(sampling="under") == [5, 5, 5]
    assert counts(sampling="over") == [50, 50, 50]
    assert counts(sampling="over", sampling_to=30) == [30, 50, 30]


def test_the_commonest_class_alone_is_cut_down():
    assert counts(sampling="under", sampling_to=30, sampling_classes="commonest") == [20, 30, 5]
    assert counts(sampling="under", sampling_to=30, sampling_classes=" normal , COVID") == [20, 30, 5]
    assert counts("binary", ("sick", "Normal"), sampling="under", sampling_classes="commonest") == [25, 25]


def test_a_class_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(RecipeError, match="names 'Norm'; the classes are COVID, Normal, Viral, or commonest"):
        counts(sampling="under", sampling_classes="Norm")
