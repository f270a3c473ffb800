"""The vessels of the lungs: they fan out from the hila, fork, and taper towards the walls."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from core.data.radiograph.chance import Chance
from core.data.radiograph.curves import cosine, sine
from core.data.radiograph.fields import Frame, Strokes, soft_lines
from core.data.radiograph.patient import TREES, Anatomy, Moment

_STEP = 0.006
_HILUM_U, _HILUM_V = 0.07, 0.4
_VESSELS = 3  # the key of their random numbers
_TRUNKS, _TWIGS_PER_TRUNK = 11, 3
_TRUNK_HALF_WIDTH = 0.009
_TRUNK, _TWIG = 0.165, 0.09  # attenuation where they start


@dataclass(frozen=True)
class Walks:
    """Lines from their starts on: u, v, heading (radians below the level, outwards) and density, each (lines, steps)."""

    u: np.ndarray
    v: np.ndarray
    heading: np.ndarray
    density: np.ndarray

    def beside(self, distance: float) -> "Walks":
        """The same lines, moved sideways by `distance` where they are densest, less where they taper."""
        out = distance * self.density
        return replace(self, u=self.u - sine(self.heading) * out, v=self.v + cosine(self.heading) * out)


def vessels(anatomy: Anatomy, moment: Moment, ground: Frame) -> np.ndarray:
    """Attenuation of the vessels where the lung is full of air, float32 (size, size). The left hilum lies a little higher."""
    left, right = (_tree(number) for number in anatomy.vessel_trees)
    u = np.concatenate([-left.u, right.u]) + np.float32(0.03 * moment.turn)
    v = np.concatenate([left.v + np.float32(0.012), right.v - np.float32(0.012)])
    density = np.concatenate([left.density, right.density])
    density *= 1 + (anatomy.hilum - 1) * (np.abs(u) < 0.2)
    if moment.vessels != 1:
        density *= np.float32(moment.vessels)
    return soft_lines(ground, Strokes(u, v, density, _STEP), 0.0044)


@lru_cache(maxsize=TREES)
def _tree(number: int) -> Strokes:
    """The vessels of one lung on the right of the image: trunks, each three lines side by side, and twigs."""
    chance = Chance(_VESSELS, number)
    trunks = _walks(chance, *_hilar_starts(chance), length=0.22)
    twigs = _walks(chance, *_forks(chance, trunks), length=0.13)
    lines = (twigs, trunks, trunks.beside(-_TRUNK_HALF_WIDTH), trunks.beside(_TRUNK_HALF_WIDTH))
    weights = (_TWIG, _TRUNK / 3, _TRUNK / 3, _TRUNK / 3)
    density = np.concatenate([weight * line.density.ravel() for weight, line in zip(weights, lines, strict=True)])
    u, v = (np.concatenate([getattr(line, name).ravel() for line in lines]) for name in "uv")
    return Strokes(*(part[density > 0].astype(np.float32) for part in (u, v, density)), step=_STEP)


def _hilar_starts(chance: Chance) -> tuple[np.ndarray, ...]:
    """u, v and heading of the vessels that leave the hilum."""
    heading = np.linspace(-1.35, 1.45, _TRUNKS) + 0.15 * chance.normals(_TRUNKS)
    return _HILUM_U + 0.015 * chance.shares(_TRUNKS), _HILUM_V + 0.03 * sine(heading), heading


def _walks(chance: Chance, u: np.ndarray, v: np.ndarray, heading: np.ndarray, length: float) -> Walks:
    """Bent and tapering lines of 0.6 to 1 times `length`."""
    along = np.arange(round(length / _STEP)) * _STEP
    bend, wave, at = chance.normals(3, len(u), 1)
    course = heading[:, None] + 2 * bend * along + 0.25 * wave * sine(35 * along + 3 * at)
    taper = 1 - along / (length * (0.6 + 0.4 * chance.shares(len(u))[:, None]))
    across, down = np.cumsum(cosine(course), 1) * _STEP, np.cumsum(sine(course), 1) * _STEP
    return Walks(u[:, None] + across, v[:, None] + down, course, np.maximum(taper, 0))


def _forks(chance: Chance, trunks: Walks) -> tuple[np.ndarray, ...]:
    """u, v and heading of the smaller vessels that leave each trunk at 20 to 50 degrees."""
    line = np.repeat(np.arange(len(trunks.u)), _TWIGS_PER_TRUNK)
    step = 5 + (22 * chance.shares(len(line))).astype(np.intp)
    turn = (0.35 + 0.5 * chance.shares(len(line))) * np.where(chance.shares(len(line)) < 0.5, -1.0, 1.0)
    return trunks.u[line, step], trunks.v[line, step], trunks.heading[line, step] + turn
