"""What happened while a run was trained, epoch by epoch, as plain data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EpochRecord:
    """One pass over the training images.

    `learning_rate` is the one really used in the last step of the epoch. What starts with `train_` is of the batches as they were
    trained on, augmented, each before its step. Accuracy, precision, recall and F1 are at 0.5 (of the highest score where there are
    several classes), means over labels; the ROC AUC is the mean over labels, None where the split lacks a class.
    """

    epoch: int
    seconds: float
    images_per_second: float
    learning_rate: float
    train_loss: float
    val_loss: float
    val_accuracy: float
    val_roc_auc: float | None
    train_accuracy: float | None = None
    train_precision: float | None = None
    train_recall: float | None = None
    train_f1: float | None = None
    val_precision: float | None = None
    val_recall: float | None = None
    val_f1: float | None = None
