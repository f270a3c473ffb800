"""The validation scores of a training's epochs, in a file that grows while it is trained. It imports no torch.

The file lies beside the checkpoint and is not part of it: an epoch is written once, however many follow. A training that goes on from
a checkpoint goes on in the same file, so that its record is that of a training that nobody disturbed.
"""

import math
import os
from pathlib import Path

import numpy as np

from core.evaluation.epoch_scores import EpochScores

MOST_BYTES = 256 * 2**20  # 112,120 images x 14 labels x 50 epochs are 157 MB


class ScoreRecord:
    """Scores of one training, in `file`.

    Where all its epochs would take more than `most_bytes`, only every second is kept, or every third, and so on, and the last: as many
    as fit. A full disk costs the epochs that it does not take, never the training.
    """

    def __init__(self, file: Path, most_bytes: int = MOST_BYTES):
        self._file, self._most_bytes = file, most_bytes
        self._form, self._step, self._last, self._count = np.dtype([]), 1, 0, 0

    def begin(self, images: int, labels: int, max_epochs: int, done: int) -> None:
        """Be ready for scores (images, labels) of epochs up to `max_epochs`, after the first `done`; what is there of later ones goes."""
        self._form = np.dtype([("epoch", "<i4"), ("y_score", "<f2", (images, labels))])
        self._step = math.ceil(max_epochs * self._form.itemsize / self._most_bytes)
        self._last, self._count = max_epochs, self._kept_of(done)
        self._on_disk(self._cut)

    def append(self, epoch: int, y_score: np.ndarray) -> None:
        """Take the scores of an epoch, (images, labels) in 0..1, unless it is one that is not kept."""
        if epoch % self._step and epoch != self._last:
            return
        row = np.zeros((), self._form)
        row["epoch"], row["y_score"] = epoch, y_score
        if self._on_disk(lambda: self._write(row.tobytes())):
            self._count += 1

    def scores(self) -> EpochScores | None:
        """What was kept; None where that is nothing."""
        if not self._count:
            return None
        rows = np.memmap(self._file, self._form, "r", shape=(self._count,))
        return EpochScores(np.array(rows["epoch"]), np.array(rows["y_score"]))

    def remove(self) -> None:
        """Delete the file."""
        self._file.unlink(missing_ok=True)

    def _kept_of(self, done: int) -> int:
        """How many of the rows in the file are whole and of the first `done` epochs."""
        whole = self._file.stat().st_size // self._form.itemsize if self._file.exists() else 0
        if not whole or not done:
            return 0
        return int(np.searchsorted(np.memmap(self._file, self._form, "r", shape=(whole,))["epoch"], done, side="right"))

    def _cut(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab") as stream:
            stream.truncate(self._count * self._form.itemsize)

    def _write(self, row: bytes) -> None:
        with self._file.open("r+b") as stream:
            stream.seek(self._count * self._form.itemsize)
            stream.write(row)
            stream.flush()
            os.fsync(stream.fileno())

    def _on_disk(self, action) -> bool:
        """Whether the disk took it; where it did not, the log of the training says so."""
        try:
            action()
        except OSError as error:
            print(f"The scores of an epoch could not be kept ({error.strerror}). The training goes on.", flush=True)
            return False
        return True
