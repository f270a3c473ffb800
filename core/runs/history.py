"""What happened while a run was trained, epoch by epoch, as plain data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochRecord:
    """One pass over the training images.

    `learning_rate` is the one really used in the last step of the epoch. `val_roc_auc` is the mean over labels, None where the
    validation split lacks a class.
    """

    epoch: int
    seconds: float
    images_per_second: float
    learning_rate: float
    train_loss: float
    val_loss: float
    val_accuracy: float
    val_roc_auc: float | None
