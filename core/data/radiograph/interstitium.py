"""The framework of the lung: edema, fibrosis."""

from dataclasses import replace

import numpy as np

from core.data.radiograph.fields import Strokes, bounded, clouds, soft_lines, value_at
from core.data.radiograph.opacities import bat_wing
from core.data.radiograph.patient import Anatomy, Moment
from core.data.radiograph.stage import Grade, Stage


def congest(anatomy: Anatomy, moment: Moment, grade: Grade) -> tuple[Anatomy, Moment]:
    """Fuller vessels, most of all at the hila."""
    return replace(anatomy, hilum=anatomy.hilum * (1 + 0.35 * grade.visibility)), replace(moment, vessels=1 + 0.35 * grade.visibility)


def edema(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Haze like the wings of a bat around the hila, and Kerley's lines at the bases."""
    haze = bat_wing(stage, grade)
    stage.chest.tissue[...] += _kerley_lines(stage, grade) * stage.full
    return [haze]


def _kerley_lines(stage: Stage, grade: Grade) -> np.ndarray:
    """Short level lines that reach the wall above the costophrenic angles."""
    chance, lines = grade.chance, 6
    along = np.linspace(0, 1, 12)[:, None]
    u, v = [], []
    for side in (-1.0, 1.0):
        level = stage.dome(side) + 0.02 - 0.024 * np.arange(lines) + 0.005 * (chance.shares(lines) - 0.5)
        wall = np.array([value_at(stage.borders.wall, float(at)) for at in level]) - 0.006
        length = 0.035 + 0.03 * chance.shares(lines)
        u.append(side * (wall - length * along))
        v.append(level + 0.006 * along)
    u, v = np.concatenate(u, 1).ravel(), np.concatenate(v, 1).ravel()
    return soft_lines(stage.ground, Strokes(u, v, np.full(u.shape, 0.05 + 0.17 * grade.visibility), 0.0045), 0.0028)


def fibrosis(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """A coarse net of lines at the bases and along the walls of small lungs."""
    ground, chance, seen = stage.ground, grade.chance, grade.visibility
    top = min(stage.dome(-1), stage.dome(1)) - chance.uniform(0.26, 0.36)
    across = np.minimum(ground.side / np.maximum(ground.by_level(stage.borders.wall), 0.05), 1)
    across *= across
    zone = bounded((ground.v - top) * 4.5, 0, 1) * (0.3 + 0.7 * across)
    zone *= bounded(0.9 + 0.3 * clouds(chance, 7, ground.size), 0.2, 1.2)
    # near the zeros of a random field run closed, branching lines
    net = 1 - bounded(np.abs(clouds(chance, 30, ground.size)) * 1.6, 0, 1)
    net += 0.7 * (1 - bounded(np.abs(clouds(chance, 46, ground.size)) * 1.6, 0, 1))
    zone *= stage.full
    stage.chest.tissue[...] += (0.06 + 0.24 * seen) * net * zone
    stage.chest.air[...] *= 1 - (0.05 + 0.2 * seen) * zone
    return [zone]
