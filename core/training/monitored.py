"""The value of each epoch that early stopping, plateau and keeping look at. It imports no torch."""

import math
from collections.abc import Sequence

from core.recipe import Training
from core.runs.history import EpochRecord


def badness(training: Training, record: EpochRecord) -> float:
    """The monitored value of an epoch, turned so that lower is better; auto is the validation loss."""
    return _badness("val_loss" if training.monitor == "auto" else training.monitor, record)


def best_epoch(training: Training, history: Sequence[EpochRecord]) -> int:
    """The number of the epoch whose weights `keep` best would keep, the first of equals; auto is the validation ROC AUC."""
    name = "val_roc_auc" if training.monitor == "auto" else training.monitor
    return min(history, key=lambda record: _badness(name, record)).epoch


def is_stale(training: Training, history: Sequence[EpochRecord]) -> bool:
    """Whether the last `patience` epochs were no better than one before them."""
    if not training.patience or not history:
        return False
    values = [badness(training, record) for record in history]
    return len(values) - 1 - values.index(min(values)) >= training.patience


def _badness(name: str, record: EpochRecord) -> float:
    """A value that cannot be had on these images (ROC AUC of one class) gives way to the validation loss; no number is the worst."""
    value = getattr(record, name)
    if value is None:
        name, value = "val_loss", record.val_loss
    if math.isnan(value):
        return math.inf
    return value if name.endswith("loss") else -value
