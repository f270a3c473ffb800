"""What happened while a model was trained, as plain data, and the line on which it is told. It imports no torch."""

from dataclasses import dataclass
from typing import Protocol


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


@dataclass(frozen=True)
class Progress:
    """How far a run is: `done` of `total` units of its present phase, and seconds left of the whole run where that can be said."""

    phase: str
    done: int
    total: int
    images_per_second: float | None = None
    seconds_left: float | None = None


class CancelledError(Exception):
    """The run was asked to stop. No defect and no failure: it travels to whoever started the work."""


class Monitor(Protocol):
    """Who listens while a model is trained."""

    def progress(self, progress: Progress) -> None:
        """Take note of how far the run is. Raises CancelledError when the run shall stop."""

    def epoch(self, record: EpochRecord) -> None:
        """Take note of a finished epoch."""


class Silence:
    """A monitor that listens to nothing and never stops a run."""

    def progress(self, progress: Progress) -> None:
        pass

    def epoch(self, record: EpochRecord) -> None:
        pass
