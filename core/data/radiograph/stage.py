"""What a finding is painted on: a chest before the film, and how far and where the finding goes."""

from dataclasses import dataclass

import numpy as np

from core.data.radiograph.chance import Chance
from core.data.radiograph.fields import Frame, value_at
from core.data.radiograph.patient import Anatomy, Moment, Outline
from core.data.radiograph.tissue import Chest


@dataclass(frozen=True)
class Stage:
    """A chest that findings are painted on, one after the other: they change the arrays of `chest` in place.

    `full` is the air of the lungs before any finding, 0..1, float32 (size, size).
    """

    ground: Frame
    anatomy: Anatomy
    moment: Moment
    borders: Outline
    chest: Chest
    full: np.ndarray

    def fill(self, share: np.ndarray, denser: float = 0.0) -> np.ndarray:
        """Replace a share of the lung's air by fluid or tissue, `denser` than the trunk. Returns the air replaced."""
        self.chest.air[...] *= 1 - share
        replaced = share * self.full
        if denser:
            self.chest.tissue[...] += replaced * denser
        return replaced

    def across(self, side: float, v: float, share: float) -> float:
        """u at a share of the way from the mediastinum to the chest wall of a side, at level `v`."""
        medial, wall = value_at(self.borders.inner(side), v), value_at(self.borders.wall, v)
        return side * (medial + share * (wall - medial))

    def dome(self, side: float) -> float:
        """Level of the top of the diaphragm on a side."""
        return self.moment.dome(side) - (self.anatomy.dome_difference if side < 0 else 0)


@dataclass(frozen=True)
class Grade:
    """How plainly a finding shows, above 0 to 1; the side that it keeps to where it has one; its own random numbers."""

    visibility: float
    side: float
    chance: Chance
