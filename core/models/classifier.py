"""The contract that every model keeps, whatever its family: fit, predict_proba, save, load."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from core.models.attribution import Attribution
from core.runs.history import EpochRecord
from core.training.checkpoint import Checkpoint
from core.training.history import SILENCE, Monitor
from core.training.samples import Rows
from core.training.score_record import ScoreRecord


@dataclass(frozen=True, eq=False)
class Labelled:
    """Images of one split with their labels.

    `pixels` uint8 (n, H, W), in memory or not; `y` uint8 (n, L); `groups` (n,) int, equal for rows that must not be parted (one
    patient); `key` names data, split and size, so that what is computed of them can be kept; `classes` as `Dataset` has them.
    """

    pixels: Rows
    y: np.ndarray
    groups: np.ndarray
    key: tuple[str, ...]
    classes: tuple[str, ...] = ()


class Classifier(Protocol):
    """A model of images."""

    def fit(
        self, train: Labelled, val: Labelled, monitor: Monitor, checkpoint: Checkpoint | None = None, record: ScoreRecord | None = None
    ) -> list[EpochRecord]:
        """Learn from train; val only chooses (weights of the best epoch, early stop). Families without epochs return none.

        A training that was interrupted goes on from its checkpoint, and ends with the weights of one that was not. The scores of val
        after each epoch go into the record.
        """

    def predict_proba(self, pixels: Rows, key: tuple[str, ...] | None = None, monitor: Monitor = SILENCE) -> np.ndarray:
        """Scores float32 (n, L) in 0..1 of uint8 (n, H, W), in exact float32; `key` as in `Labelled` where the images have one."""

    def scores_and_features(self, pixels: Rows) -> tuple[np.ndarray, np.ndarray]:
        """Those scores, and what the last layer or the head is given, float32 (n, F), from one pass over uint8 (n, H, W)."""

    def explain(self, pixels: np.ndarray, columns: Sequence[int]) -> Attribution:
        """What each place of images, uint8 (n, H, W), adds to the scores of the labels in `columns`, and the scores themselves.

        The scores are those of `predict_proba`, of the same pass. Raises ExplanationError where it cannot be told, and says why.
        """

    def quicken(self) -> None:
        """Make scoring quicker, with scores that stay the same to rounding; from then on it is not trained and not saved."""

    def parameters(self) -> int:
        """How many numbers were learned."""

    def details(self) -> dict:
        """What there is to say of the training, as JSON can hold it; see `Run.details`."""

    def save(self, folder: Path) -> None:
        """Write weights into a folder; no pickle."""

    def load(self, folder: Path) -> None:
        """Read what `save` wrote. Raises StoreError where it does not fit."""
