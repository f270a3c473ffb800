"""Exponentials and sines that are the same on every machine: tables with straight lines between their points.

NumPy's own take other paths on other processors, and differ in the last digit; the sums, products, quotients and square roots that are
left here may not.
"""

import math
from collections.abc import Callable

import numpy as np

from core.data.radiograph.chance import coarse


class Curve:
    """A function of one number between two bounds; beyond them it stays as it is at the bound."""

    def __init__(self, function: Callable[[float], float], low: float, high: float, points: int = 4096):
        values = np.array([coarse(16 * function(low + (high - low) * i / (points - 1))) / 16 for i in range(points)])
        self._low, self._per_unit, self._last = low, (points - 1) / (high - low), points - 1
        self._values = values.astype(np.float32)
        self._rises = np.append(np.diff(values), 0).astype(np.float32)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """The function of each value, float32."""
        place = (np.asarray(x, np.float32) - self._low) * self._per_unit
        place = np.minimum(np.maximum(place, 0), self._last)
        cell = place.astype(np.intp)
        place -= cell.astype(np.float32)
        return self._values.take(cell) + place * self._rises.take(cell)


decay = Curve(lambda x: math.exp(-x), 0, 16)  # exp(-x)
softplus = Curve(lambda x: math.log1p(math.exp(x)), -16, 16)  # log(1 + exp(x))
_ONE_TURN = Curve(lambda turns: math.sin(2 * math.pi * turns), 0, 1)


def sine(x: np.ndarray) -> np.ndarray:
    """The sine of angles in radians, float32."""
    turns = np.asarray(x, np.float64) * (1 / (2 * math.pi))
    return _ONE_TURN(turns - np.floor(turns))


def cosine(x: np.ndarray) -> np.ndarray:
    """The cosine of angles in radians, float32."""
    return sine(np.asarray(x, np.float64) + math.pi / 2)
