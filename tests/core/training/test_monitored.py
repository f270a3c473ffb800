"""Stopping, plateau and keeping look at the value that the recipe names, and at their own where it names none."""

import math

import pytest

from core.runs.history import EpochRecord
from core.training.monitored import badness, best_epoch, is_stale
from tests.core.training.small_trainings import training_of


def record(epoch: int, **values) -> EpochRecord:
    plain = {
        "seconds": 1,
        "images_per_second": 1,
        "learning_rate": 1,
        "train_loss": 1,
        "val_loss": 1,
        "val_accuracy": 0,
        "val_roc_auc": 0.5,
    }
    return EpochRecord(epoch=epoch, **plain | values)


HISTORY = [
    record(1, val_loss=0.9, val_roc_auc=0.6, val_accuracy=0.9, val_f1=None, train_loss=0.9),
    record(2, val_loss=0.5, val_roc_auc=0.7, val_accuracy=0.5, val_f1=0.2, train_loss=0.8),
    record(3, val_loss=0.7, val_roc_auc=0.9, val_accuracy=0.9, val_f1=0.1, train_loss=0.7),
]


def test_auto_keeps_by_roc_auc_and_stops_by_loss():
    assert best_epoch(training_of(), HISTORY) == 3
    assert badness(training_of(), HISTORY[1]) == 0.5


@pytest.mark.parametrize(("monitor", "epoch"), [("val_loss", 2), ("val_roc_auc", 3), ("val_accuracy", 1), ("val_f1", 2), ("train_loss", 3)])
def test_a_named_value_decides_and_the_first_of_equals_is_best(monitor, epoch):
    assert best_epoch(training_of(monitor=monitor), HISTORY) == epoch


def test_a_value_that_cannot_be_had_gives_way_to_the_loss():
    history = [record(1, val_roc_auc=None, val_loss=0.3), record(2, val_roc_auc=None, val_loss=0.2)]
    assert best_epoch(training_of(), history) == 2


def test_no_number_is_the_worst():
    assert badness(training_of(), record(1, val_loss=math.nan)) == math.inf


@pytest.mark.parametrize(("patience", "stale_after"), [(0, None), (1, 3), (2, 4)])
def test_a_training_is_stale_when_patience_is_over(patience, stale_after):
    history = [record(n, val_loss=loss) for n, loss in enumerate((0.9, 0.5, 0.7, 0.5, 0.6), start=1)]
    found = [n for n in range(6) if is_stale(training_of(patience=patience), history[:n])]
    assert (found[0] if found else None) == stale_after
