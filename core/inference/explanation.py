"""Why a run says what it says of a picture: a map over the picture for each label, of one scale, whatever made it.

A map's values are 0..1: 1 is the place that speaks most for the label, 0 one that does not speak for it, or speaks against it. They are
shares of the map's own maximum: two maps can be compared in where, not in how much.
"""

from dataclasses import dataclass

import numpy as np

from core.errors import ExplanationError
from core.images.picture_map import onto_picture

_THIRDS = {(0, 0): "upper left", (0, 1): "upper middle", (0, 2): "upper right", (1, 0): "middle left", (1, 1): "middle",
           (1, 2): "middle right", (2, 0): "lower left", (2, 1): "lower middle", (2, 2): "lower right"}  # fmt: skip


@dataclass(frozen=True, eq=False)
class SquareMaps:
    """One model's maps over the square that it sees: signed float32 (l, h, w), a map for each asked label."""

    maps: np.ndarray
    aspect: str


@dataclass(frozen=True, eq=False)
class HeatMap:
    """`values` float32 (H, W) in 0..1 over the picture; all 0 in a flat one, where nothing speaks for the label."""

    label: str
    values: np.ndarray
    method: str

    @property
    def is_flat(self) -> bool:
        return not self.values.any()

    @property
    def peak(self) -> tuple[float, float] | None:
        """Where the highest value is, as shares of the width and the height; the middle of several; None in a flat map."""
        if self.is_flat:
            return None
        rows, columns = np.nonzero(self.values == self.values.max())
        height, width = self.values.shape
        return float((columns.mean() + 0.5) / width), float((rows.mean() + 0.5) / height)

    @property
    def words(self) -> str:
        """Where it is highest, as a clause for those who do not see it ("highest in the lower right")."""
        if self.peak is None:
            return f"nothing speaks for {self.label}"
        left, top = self.peak
        return f"highest in the {_THIRDS[min(int(3 * top), 2), min(int(3 * left), 2)]}"


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a run's models say of a picture, and where that comes from.

    `scores` float32 (L,) are the run's own for all its labels; `labels` are those that were asked about; `models` has one entry, or one
    for each member of an ensemble. `opposite` is the other class of a binary run, for which speaks what speaks against the label.
    """

    scores: np.ndarray
    labels: tuple[str, ...]
    models: tuple[SquareMaps, ...]
    method: str
    opposite: str | None = None

    def heat_map(self, label: str, height: int, width: int) -> HeatMap:
        """The map of a label, or of the opposite class, over the picture in so many pixels; of an ensemble the mean of its members' maps.

        Raises ExplanationError for a label that was not asked about.
        """
        sign = -1 if label == self.opposite else 1
        asked = self.labels[0] if label == self.opposite else label
        if asked not in self.labels:
            raise ExplanationError(f"there is no map of {label[:80]!r}", f"there is one of {', '.join(self.labels)}")
        number = self.labels.index(asked)
        parts = [_on_picture(sign * one.maps[number], height, width, one.aspect) for one in self.models]
        return HeatMap(label, _scaled(np.mean(parts, axis=0, dtype=np.float32)), self.method)


def _on_picture(places: np.ndarray, height: int, width: int, aspect: str) -> np.ndarray:
    """A model's map over the picture; flat where no place speaks for the label, whatever the enlarging swings to beside one against it."""
    if places.max() <= 0:
        return np.zeros((height, width), np.float32)
    return _scaled(onto_picture(places, height, width, aspect))


def _scaled(values: np.ndarray) -> np.ndarray:
    """What is above 0, as shares of its maximum."""
    kept = np.maximum(values, 0)
    highest = kept.max()
    return kept / highest if highest > np.finfo(np.float32).tiny else np.zeros_like(kept)
