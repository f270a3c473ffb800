"""The validation scores of the epochs of one training, as float16: enough to draw any metric at any threshold over epochs.

Rounding to float16 moves a score by at most 0.00025, so a score that lies as near to a threshold may come out on its other side.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True, eq=False)
class EpochScores:
    """`epochs` (E,) int32, ascending, from 1; an epoch that was not kept is left out. `y_score` float16 (E, n, L), 0..1, its rows in
    the order of the run's predictions on val.
    """

    epochs: np.ndarray
    y_score: np.ndarray

    def save(self, path: Path) -> None:
        """Write a .npz file without pickled objects. A file that is already there is replaced."""
        with path.open("wb") as file:
            np.savez(file, epochs=self.epochs, y_score=self.y_score)

    @classmethod
    def load(cls, path: Path) -> "EpochScores":
        """Read what `save` wrote. Nothing is unpickled."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(arrays["epochs"], arrays["y_score"])
