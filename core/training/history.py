"""Who listens while a model is trained, and what is told. It imports no torch."""

from dataclasses import dataclass
from typing import Protocol

from core.runs.history import EpochRecord


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


SILENCE = Silence()
