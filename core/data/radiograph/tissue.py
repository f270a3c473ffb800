"""The soft parts of the chest: trunk, heart, diaphragm, breasts, and the air of lungs, windpipe and stomach.

Attenuation is a sum over what the ray passes. The trunk of an average patient is 0.86; bone adds, air takes away.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.data.radiograph.bones import bones
from core.data.radiograph.chance import Chance
from core.data.radiograph.curves import decay, sine
from core.data.radiograph.fields import LEVELS, Frame, Strokes, bounded, clouds, smooth, soft_lines
from core.data.radiograph.patient import Anatomy, Moment, Outline
from core.data.radiograph.vessels import vessels

LUNG_AIR = 0.62  # what a full lung takes away
_CARINA = 0.3


@dataclass(frozen=True)
class Chest:
    """What the ray passes, each float32 (size, size).

    `tissue` is the attenuation of all but the lungs, `air` the share of a full lung 0..1, `vessels` the attenuation of its vessels.
    """

    tissue: np.ndarray
    air: np.ndarray
    vessels: np.ndarray


def chest(anatomy: Anatomy, moment: Moment, borders: Outline, ground: Frame, chance: Chance) -> Chest:
    """The chest of a patient at one moment. `chance` makes what no one can see coming: grain of the tissues and harmless streaks."""
    heart, height = _heart(borders, ground), _above_diaphragm(anatomy, moment, ground)
    under = ground.edge(-height, 0.014)
    tissue = _soft_tissue(anatomy, moment, ground, heart, under)
    tissue += bones(anatomy, moment, borders, ground) * (1 - 0.6 * np.maximum(under, 0.7 * heart))
    air = _air(anatomy, moment, borders, ground, heart, under)
    air *= _texture(moment, ground, height, chance)
    marks = vessels(anatomy, moment, ground)
    if moment.streaks:
        marks += _streaks(moment, ground, chance)
    return Chest(tissue, air, marks)


def _heart(borders: Outline, ground: Frame) -> np.ndarray:
    """Heart and mediastinum: 1 between their borders, 0 outside."""
    heart = ground.edge(ground.by_level(borders.medial_right) - ground.u, 0.018)
    heart *= ground.edge(ground.u - ground.by_level(borders.medial_left), 0.018)
    return heart


def _above_diaphragm(anatomy: Anatomy, moment: Moment, ground: Frame) -> np.ndarray:
    """Height above the diaphragm, whose two domes fall to the costophrenic angles at the sides; negative below."""
    from_top = ground.side - 0.17
    beyond = np.maximum(from_top - 0.1, 0)
    fall = np.square(from_top) * 1.5 + np.square(beyond) * 4
    if moment.flattened:
        fall *= 1 - moment.flattened
    right, left = anatomy.dome_difference + moment.raised[0], moment.raised[1]
    fall -= left + (right - left) * ground.edge(-ground.u, 0.1)
    return moment.diaphragm + fall - ground.v


def _soft_tissue(anatomy: Anatomy, moment: Moment, ground: Frame, heart: np.ndarray, under: np.ndarray) -> np.ndarray:
    tissue = _trunk(anatomy, ground) * (0.86 + 0.08 * anatomy.build)
    tissue += heart * ground.by_level(0.17 * bounded(2.2 * (LEVELS - 0.1), 0.1, 1)) * (1 - 0.8 * under)
    tissue += under * (0.12 + 0.04 * anatomy.build)
    rows, strip = ground.strip(-0.2, 0.4)
    tissue[rows] -= _windpipe(moment, strip)
    dome = moment.dome(1)
    rows, strip = ground.strip(dome, dome + 0.14)
    tissue[rows] -= 0.2 * under[rows] * strip.disc(0.15, dome + 0.075, 0.08, 0.045, 0.5)  # gas in the stomach
    if anatomy.breast:
        rows, strip = ground.strip(anatomy.breast_level - 0.2, anatomy.breast_level + 0.2)
        tissue[rows] += anatomy.breast * _breasts(anatomy, strip)
    return tissue


def _trunk(anatomy: Anatomy, ground: Frame) -> np.ndarray:
    """Soft tissue between the skin lines: neck, shoulders, trunk; thinner towards the skin."""
    slope = bounded((ground.side - 0.08) * 3, 0, 1)
    depth = ground.v + 0.03 - slope * (2 - slope) * anatomy.shoulder
    skin = ground.by_level(0.485 + 0.05 * anatomy.build + 0.1 * decay(np.square((LEVELS - 0.12) / 0.17)))
    inward = skin - ground.side
    trunk = 0.8 + 0.2 * ground.edge(depth - 0.07, 0.14)
    trunk *= ground.edge(depth, 0.03)
    trunk *= ground.edge(inward, 0.03)
    trunk *= smooth(ground.edge(inward + 0.03, 0.22))
    return trunk


def _windpipe(moment: Moment, ground: Frame) -> np.ndarray:
    """Air of the windpipe down to its fork, and of the two main bronchi."""
    strength = ground.by_level(0.13 * bounded((0.39 - LEVELS) / 0.08, 0, 1))
    spread = ground.by_level(0.85 * np.maximum(LEVELS - _CARINA, 0))
    from_middle = np.abs(ground.u - (0.02 * moment.turn - 0.005))
    return strength * ground.edge(0.016 - np.abs(from_middle - spread), 0.016)


def _breasts(anatomy: Anatomy, ground: Frame) -> np.ndarray:
    """Rounded shadows over the lower zones, faint above, with a clearer lower border."""
    rise = bounded((ground.v - anatomy.breast_level) * 2.5 + 0.6, 0, 1)
    return rise * ground.disc(0.22, anatomy.breast_level, 0.17, 0.14, 0.12, mirrored=True)


def _air(anatomy: Anatomy, moment: Moment, borders: Outline, ground: Frame, heart: np.ndarray, under: np.ndarray) -> np.ndarray:
    """Air in the ray: deepest in the middle of each lung, thin at the walls and apices, little behind heart and diaphragm."""
    wall = ground.by_level(borders.wall)
    across = ground.side / np.maximum(wall, 0.02)
    across *= across
    depth = 1 - 0.3 * np.minimum(across * across, 1)
    depth *= ground.by_level(bounded(0.62 + 1.1 * (LEVELS - anatomy.apex), 0.5, 1))
    depth *= 1 + 0.12 * moment.turn * bounded(ground.u * 10, -1, 1)  # the lung turned away from the film looks darker
    return depth * ground.edge(wall - ground.side, 0.016) * (1 - 0.88 * heart) * (1 - 0.92 * under)


def _texture(moment: Moment, ground: Frame, height: np.ndarray, chance: Chance) -> np.ndarray:
    """Share of air that is there after uneven filling everywhere and the crowded bases of a shallow breath."""
    uneven = 1 + 0.045 * clouds(chance, 6, ground.size) + 0.03 * clouds(chance, 14, ground.size)
    crowded = 0.34 * max(1 - moment.inspiration, 0)
    return uneven - crowded * smooth(ground.edge(0.07 - np.abs(height), 0.14))


def _streaks(moment: Moment, ground: Frame, chance: Chance) -> np.ndarray:
    """Plate-like shadows of lung that is not unfolded: short, level lines near the bases."""
    count = moment.streaks
    side, start = np.where(chance.shares(2 * count).reshape(2, count) < 0.5, -1.0, 1.0), 0.1 + 0.1 * chance.shares(count)
    level = moment.diaphragm - 0.03 - 0.15 * chance.shares(count)
    along = np.linspace(0, 1, 20)[:, None]
    u = side[0] * (start + along * (0.06 + 0.06 * chance.shares(count)))
    v = level + 0.03 * side[1] * along + 0.008 * sine(3 * along)
    return soft_lines(ground, Strokes(u.ravel(), v.ravel(), np.repeat(sine(math.pi * along) * 0.2, count), 0.005), 0.005)
