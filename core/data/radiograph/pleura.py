"""What lies between lung and chest wall: effusion, pneumothorax, pleural thickening."""

import numpy as np

from core.data.radiograph.fields import LEVELS, Frame, bounded, clouds, smooth
from core.data.radiograph.patient import chest_wall
from core.data.radiograph.stage import Grade, Stage


def effusion(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Fluid at the base of one lung: a white-out that rises to the wall in a meniscus and blunts the costophrenic angle."""
    ground, amount = stage.ground, grade.visibility * grade.visibility
    height = 0.045 + grade.chance.uniform(0.26, 0.36) * amount
    at_wall, sag = stage.dome(grade.side) + 0.08 - height, 0.07 + grade.chance.uniform(0.05, 0.09) * (1 - amount)
    s, wall = ground.u * grade.side, ground.by_level(stage.borders.wall)
    across = bounded(s / np.maximum(wall, 0.05), 0, 1)
    across *= across
    steep = across * across
    steep *= steep
    surface = at_wall + sag * (1 - 0.55 * across - 0.45 * steep)
    fluid = smooth(ground.edge(ground.v - surface, 0.05)) * ground.edge(s, 0.03)
    return [stage.fill(fluid * (0.78 + 0.22 * grade.visibility), 0.13)]


def pneumothorax(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Free air outside a lung that has sunk a little: no vessels beyond a thin line, widest at the apex."""
    ground, anatomy, seen = stage.ground, stage.anatomy, grade.visibility
    gap = 0.022 + grade.chance.uniform(0.07, 0.12) * seen
    reach = anatomy.apex + grade.chance.uniform(0.25, 0.4) + 0.5 * seen  # level at which the lung touches the wall again
    touching = bounded((LEVELS - anatomy.apex) / (reach - anatomy.apex), 0, 1)
    lung = chest_wall(anatomy.lung_width - gap, anatomy.apex + 1.1 * gap) + gap * touching * touching
    inside, steepness = ground.by_level(lung) - ground.side, ground.by_level(_upright(lung))
    near = ground.edge(ground.u * grade.side, 0.02)
    beyond = ground.edge(-inside * steepness, 0.006) * near
    air, vessels = stage.chest.air, stage.chest.vessels
    air[...] = (air * (1 - 0.25 * seen * near)) * (1 - beyond) + stage.full * beyond * 1.14
    vessels[...] *= 1 - beyond
    line = ground.edge(0.0035 - np.abs(inside) * steepness, 0.006) * near * ground.by_level(1 - touching * touching)
    stage.chest.tissue[...] += (0.1 + 0.14 * seen) * line * stage.full
    return [beyond * stage.full]


def pleural_thickening(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """A dense band along the chest wall, or a cap on the apex, with an uneven inner border."""
    ground, chance, seen = stage.ground, grade.chance, grade.visibility
    wall = stage.borders.wall
    inward = (ground.by_level(wall) - ground.side) * ground.by_level(_upright(wall))
    if chance.happens(0.4):
        from_to = _stretch(ground, stage.anatomy.apex - 0.03, stage.anatomy.apex + chance.uniform(0.06, 0.1))
    else:
        top = chance.uniform(0.3, 0.5)
        from_to = _stretch(ground, top, max(top + 0.2, stage.dome(grade.side) + chance.uniform(-0.05, 0.1)))
    thickness = (0.018 + 0.034 * seen) * (1 + 0.3 * clouds(chance, 11, ground.size)) * from_to
    band = ground.edge(thickness - inward, 0.01) * from_to * ground.edge(ground.u * grade.side, 0.02)
    return [stage.fill(band * (0.4 + 0.55 * seen), 0.22)]


def _upright(border: np.ndarray) -> np.ndarray:
    """Across a border, one step to the side is this share of a step at a right angle: 1 where it is upright, less at the dome."""
    slope = np.zeros_like(border)
    slope[1:-1] = (border[2:] - border[:-2]) * (0.5 / float(LEVELS[1] - LEVELS[0]))
    return 1 / np.sqrt(1 + slope * slope)


def _stretch(ground: Frame, top: float, bottom: float) -> np.ndarray:
    return smooth(ground.edge(ground.v - top, 0.1)) * smooth(ground.edge(bottom - ground.v, 0.1))
