"""The drawing ground: patient coordinates, soft edges, cloudy fields and soft lines.

It knows no anatomy. Lengths are shares of the side of an image at scale 1, so one drawing looks the same at every size. The bytes of a
drawing are the same on every machine: nothing here but sums, products, quotients, square roots, and matrix products that stay exact.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.data.radiograph.chance import Chance, coarse

_TABLE_TOP, _ROWS_PER_SIDE, _TABLE_ROWS = -0.25, 512, 768
LEVELS = (_TABLE_TOP + np.arange(_TABLE_ROWS) / _ROWS_PER_SIDE).astype(np.float32)  # v of each row of a table by level
_SQRT_TAU = 2.5066282746310002
_SPLINE_DEVIATION = 0.479  # of a uniform cubic B-spline through unit normal values, in two dimensions


@dataclass(frozen=True)
class View:
    """How the patient lies on the film: magnification, tilt in radians, shift in shares of the side."""

    scale: float
    tilt: float
    shift_u: float
    shift_v: float

    @property
    def turn(self) -> tuple[float, float]:
        """Sine and cosine of the tilt."""
        return coarse(math.sin(self.tilt)), coarse(math.cos(self.tilt))


@dataclass(frozen=True)
class Frame:
    """The pixels of one image in patient coordinates.

    `u` runs from the midline to the right of the image (the patient's left), `v` downwards from 0 to 1, `side` is the distance from the
    midline: float32 (size, size). `row` holds the row of each pixel in a table by level. `pixel` is the side of a pixel.
    """

    view: View
    size: int
    pixel: float
    u: np.ndarray
    v: np.ndarray
    side: np.ndarray
    row: np.ndarray

    def by_level(self, profile: np.ndarray) -> np.ndarray:
        """A profile over LEVELS, spread over the pixels: float32 (size, size)."""
        # mode="clip" spares a check of bounds: three times as fast
        return profile.astype(np.float32, copy=False).take(self.row, mode="clip")

    def edge(self, distance: np.ndarray, softness: float) -> np.ndarray:
        """0 outside, 1 inside, a ramp between: `distance` is positive inside; the ramp is never shorter than the pixels need."""
        ramp = distance * (1 / max(softness, 1.6 * self.pixel))
        ramp += 0.5
        np.maximum(ramp, 0, out=ramp)
        return np.minimum(ramp, 1, out=ramp)

    def disc(self, u: float, v: float, half_width: float, half_height: float, softness: float, mirrored: bool = False) -> np.ndarray:
        """A filled ellipse, or one on each side of the midline, with an edge as wide as `softness` of its half-axes."""
        across = ((self.side if mirrored else self.u) - u) * (1 / half_width)
        down = (self.v - v) * (1 / half_height)
        across *= across
        down *= down
        across += down
        return smooth(self.edge(1 - across, 2 * softness))

    def strip(self, top: float, bottom: float) -> tuple[slice, "Frame"]:
        """The rows of pixels between two levels, and the frame of these alone: small things need not be drawn everywhere."""
        slack = 0.6 * abs(self.view.turn[0])
        first, last = (((level - 0.5) * self.view.scale + self.view.shift_v + 0.5) * self.size for level in (top - slack, bottom + slack))
        first = min(max(int(first), 0), self.size - 1)
        rows = slice(first, max(int(last) + 1, first + 1))
        return rows, replace(self, u=self.u[rows], v=self.v[rows], side=self.side[rows], row=self.row[rows])

    def pixel_place(self, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Column and row, in pixels and fractions of them, where patient coordinates fall."""
        sine, cosine = self.view.turn
        x = (u * cosine - (v - 0.5) * sine) * self.view.scale + self.view.shift_u
        y = (u * sine + (v - 0.5) * cosine) * self.view.scale + self.view.shift_v
        return (x + 0.5) * self.size - 0.5, (y + 0.5) * self.size - 0.5


def frame(view: View, size: int) -> Frame:
    """The patient coordinates of all pixels of an image with side `size`."""
    places = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    x, y = (places - view.shift_u)[None, :] / view.scale, (places - view.shift_v)[:, None] / view.scale
    sine, cosine = view.turn
    u, v = x * cosine + y * sine, 0.5 - x * sine + y * cosine
    row = ((v - _TABLE_TOP) * _ROWS_PER_SIDE).astype(np.intp)
    return Frame(view, size, 1 / (size * view.scale), u, v, np.abs(u), row)


def bounded(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values held between two bounds; np.clip costs twice the time on small arrays."""
    return np.minimum(np.maximum(values, low), high)


def smooth(ramp: np.ndarray) -> np.ndarray:
    """A ramp from 0 to 1 without its corners, which the eye sees where a ramp is long."""
    return ramp * ramp * (3 - 2 * ramp)


def value_at(profile: np.ndarray, v: float) -> float:
    """The value of a profile over LEVELS at the level next to `v`."""
    return float(profile[min(max(round((v - _TABLE_TOP) * _ROWS_PER_SIDE), 0), _TABLE_ROWS - 1)])


def clouds(chance: Chance, cells: int, size: int) -> np.ndarray:
    """A smooth random field, float32 (size, size), mean 0, deviation about 1, with `cells` random values along a side.

    The values lie on a lattice that does not depend on `size`: the same clouds at every size. Weights are multiples of 2^-8 and values of
    2^-5, so that every sum of products fits in 24 bits and no order of adding can round it.
    """
    lattice = chance.normals(cells + 3, cells + 3)
    spread = _spline(cells, size)
    return spread @ lattice @ spread.T * np.float32(1 / _SPLINE_DEVIATION)


@lru_cache(maxsize=64)
def _spline(cells: int, size: int) -> np.ndarray:
    """Weights of the uniform cubic B-spline: float32 (size, cells + 3), multiples of 2^-8."""
    place = (np.arange(size) + 0.5) * cells / size
    cell = place.astype(int)
    t = place - cell
    r = 1 - t
    weights = np.stack([r * r * r, (3 * t - 6) * t * t + 4, ((-3 * t + 3) * t + 3) * t + 1, t * t * t], axis=1) / 6
    matrix = np.zeros((size, cells + 3), np.float32)
    for offset in range(4):
        matrix[np.arange(size), cell + offset] = np.rint(weights[:, offset] * 256) / 256
    return matrix


@dataclass(frozen=True)
class Strokes:
    """Points along lines, `step` apart, in patient coordinates, and how dense the line is at each: float arrays (points,)."""

    u: np.ndarray
    v: np.ndarray
    density: np.ndarray
    step: float


def soft_lines(ground: Frame, strokes: Strokes, width: float) -> np.ndarray:
    """The strokes with a Gaussian cross-section of deviation `width` whose peak is the density: float32 (size, size)."""
    column, row = ground.pixel_place(strokes.u, strokes.v)
    last = ground.size - 1.001
    inside = (column > 0) & (row > 0) & (column < last) & (row < last) & (strokes.density > 0)
    mass = strokes.density[inside] * (strokes.step * _SQRT_TAU * width / (ground.pixel * ground.pixel))
    return _blurred(_dots(column[inside], row[inside], mass, ground.size), _bell(max(width / ground.pixel, 0.4)))


def _bell(deviation: float) -> list[float]:
    """Weights of a Gaussian from its middle outwards; with those of the other side they sum to 1."""
    reach = int(2.5 * deviation + 0.5)
    weights = [coarse(math.exp(-0.5 * (step / deviation) ** 2)) for step in range(reach + 1)]
    total = weights[0] + 2 * sum(weights[1:])
    return [weight / total for weight in weights]


def _blurred(field: np.ndarray, weights: list[float]) -> np.ndarray:
    """A field blurred down and across by shifted copies of itself; what lies beyond its borders is 0."""
    for turned in (False, True):
        source = field.T if turned else field
        blurred = source * weights[0]
        for step, weight in enumerate(weights[1:], 1):
            part = source * weight
            blurred[step:] += part[:-step]
            blurred[:-step] += part[step:]
        field = blurred.T if turned else blurred
    return field


def _dots(column: np.ndarray, row: np.ndarray, mass: np.ndarray, size: int) -> np.ndarray:
    """Each mass shared among the four pixels around its point: float32 (size, size)."""
    left, top = column.astype(np.intp), row.astype(np.intp)
    x, y = column - left, row - top
    at = top * size + left
    right, upper = x * mass, (1 - y)
    places = np.concatenate([at, at + 1, at + size, at + size + 1])
    shares = np.concatenate([(mass - right) * upper, right * upper, (mass - right) * y, right * y])
    return np.bincount(places, shares, size * size).reshape(size, size).astype(np.float32)
