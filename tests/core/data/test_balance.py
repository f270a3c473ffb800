"""Balanced training rows have the counts that the rule promises."""

import numpy as np
import pytest

from core.data.balance import MOST_REPEATS, NO_LABEL, Balance, balanced_rows, counts_of, says
from core.errors import DataError

CLASSES = ("Normal", "COVID", "Opacity")
INDEX = np.repeat([0, 1, 2], [1000, 150, 400])
Y = np.eye(3, dtype=np.uint8)[INDEX]


def after(rule: Balance, seed: int = 0) -> list[int]:
    return np.bincount(INDEX[balanced_rows(rule, Y, "multiclass", CLASSES, seed)], minlength=3).tolist()


@pytest.mark.parametrize(
    ("rule", "counts"),
    [
        (Balance(), [1000, 150, 400]), (Balance("under"), [150, 150, 150]), (Balance("under", 300), [300, 150, 300]),
        (Balance("under", 500, ("Normal",)), [500, 150, 400]), (Balance("over"), [1000, 1000, 1000]),
        (Balance("over", 450), [1000, 450, 450]), (Balance("over", None, ("COVID",)), [1000, 1000, 400]),
    ],
)  # fmt: skip
def test_counts_are_those_of_the_rule(rule, counts):
    assert after(rule) == counts


def test_fewer_images_are_all_different_and_more_use_each_alike():
    rows = balanced_rows(Balance("under"), Y, "multiclass", CLASSES)
    assert len(np.unique(rows)) == len(rows)
    times = np.bincount(balanced_rows(Balance("over"), Y, "multiclass", CLASSES))[INDEX == 1]
    assert set(times.tolist()) == {6, 7}


def test_the_seed_chooses_and_repeats():
    first, again, other = (balanced_rows(Balance("under"), Y, "multiclass", CLASSES, seed) for seed in (0, 0, 1))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_a_binary_task_has_two_classes():
    y = (np.arange(100) < 20).astype(np.uint8)[:, None]
    rows = balanced_rows(Balance("under"), y, "binary", ("normal", "pneumonia"))
    assert counts_of(y[rows], "binary", ("normal", "pneumonia")) == {"normal": 20, "pneumonia": 20}


def test_a_multi_label_task_loses_images_without_labels_only(rng):
    y = (rng.random((2000, 3)) < [0.2, 0.05, 0.01]).astype(np.uint8)
    rows = balanced_rows(Balance("under"), y, "multilabel", CLASSES)
    counts = counts_of(y[rows], "multilabel", CLASSES)
    assert counts[NO_LABEL] == y.sum(axis=0).max() and [counts[name] for name in CLASSES] == y.sum(axis=0).tolist()
    assert counts_of(y[balanced_rows(Balance("under", 7), y, "multilabel", CLASSES)], "multilabel", CLASSES)[NO_LABEL] == 7


def test_a_multi_label_task_repeats_images_of_rare_labels(rng):
    y = (rng.random((20_000, 3)) < [0.2, 0.05, 0.001]).astype(np.uint8)
    times = np.bincount(balanced_rows(Balance("over"), y, "multilabel", CLASSES), minlength=len(y))
    assert times[y[:, 2] == 1].tolist() == [MOST_REPEATS] * int(y[:, 2].sum())
    second = (y[:, 1] == 1) & (y[:, 2] == 0)
    assert times[second].mean() == pytest.approx(np.sqrt(y[:, 0].sum() / y[:, 1].sum()), rel=0.03)
    assert (times[y[:, 1:].sum(axis=1) == 0] == 1).all()


def test_what_is_no_rule_is_one_clear_error():
    for make in (lambda: Balance("sideways"), lambda: Balance("under", 0)):
        with pytest.raises(DataError):
            make()
    with pytest.raises(DataError, match="'Mass'.*Normal, COVID, Opacity"):
        balanced_rows(Balance("under", None, ("Mass",)), Y, "multiclass", CLASSES)
    with pytest.raises(DataError, match="together"):
        balanced_rows(Balance("under", None, ("COVID",)), Y, "multilabel", CLASSES)
    with pytest.raises(DataError, match="has a label"):
        balanced_rows(Balance("over"), Y * 0, "multilabel", CLASSES)


def test_each_rule_is_said_in_words():
    assert says(Balance("under", 5000, ("Normal",)), "multiclass") == "Normal is cut down to 5,000, chosen at random"
    assert "commonest" in says(Balance("over"), "binary") and "sqrt" in says(Balance("over"), "multilabel")
    assert "without a label" in says(Balance("under"), "multilabel") and "once" in says(Balance(), "binary")
