"""Round things: nodule, mass, hiatal hernia. The side of an image is about 40 cm, so 3 cm, where a nodule becomes a mass, are 0.075."""

import numpy as np

from core.data.radiograph.fields import Frame, bounded, clouds
from core.data.radiograph.stage import Grade, Stage

LARGEST_NODULE = 0.037  # half of 3 cm


def nodule(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """One to three small round shadows."""
    chance = grade.chance
    replaced = []
    for number in range(1 + chance.step((0.7, 0.9))):
        side = grade.side if number == 0 else -grade.side
        radius = min(chance.uniform(0.014, 0.03) * (0.8 + 0.4 * grade.visibility), LARGEST_NODULE)
        v = chance.uniform(0.2, stage.dome(side) - 0.05)
        u = stage.across(side, v, chance.uniform(0.2, 0.85))
        rows, strip = stage.ground.strip(v - 1.5 * radius, v + 1.5 * radius)
        share = np.zeros_like(stage.full)
        share[rows] = _ball(strip, u, v, radius) * (0.2 + 0.65 * grade.visibility)
        replaced.append(stage.fill(share, 0.1))
    return replaced


def mass(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """One round shadow above 3 cm, lobed."""
    ground, chance = stage.ground, grade.chance
    radius = chance.uniform(0.046, 0.075) * (0.85 + 0.3 * grade.visibility)
    v = chance.uniform(0.24, stage.dome(grade.side) - 0.09)
    u = stage.across(grade.side, v, chance.uniform(0.2, 0.75))
    lobes = bounded(1 + 0.2 * clouds(chance, 12, ground.size) + 0.14 * clouds(chance, 26, ground.size), 0.5, 1.6)
    share = _ball(ground, u, v, radius, lobes) * (0.25 + 0.65 * grade.visibility)
    return [stage.fill(share, 0.12)]


def hernia(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Stomach above the diaphragm: a round shadow behind the heart, with gas over a level of fluid."""
    ground, chance, seen = stage.ground, grade.chance, grade.visibility
    u, v = chance.uniform(0.0, 0.05), stage.moment.diaphragm - chance.uniform(0.03, 0.06)
    width = chance.uniform(0.08, 0.11) * (0.8 + 0.4 * seen)
    height = width * chance.uniform(0.75, 0.9)
    pouch = ground.disc(u, v, width, height, 0.1)
    level = v + chance.uniform(-0.35, 0.1) * height
    gas = ground.disc(u, v, 0.86 * width, 0.86 * height, 0.1) * ground.edge(level - ground.v, 0.006)
    stage.chest.tissue[...] += pouch * (0.04 + 0.12 * seen) - gas * (0.12 + 0.3 * seen)
    stage.fill(pouch * (0.4 + 0.5 * seen))
    return [pouch]


def _ball(ground: Frame, u: float, v: float, radius: float, lobes: np.ndarray | float = 1.0) -> np.ndarray:
    """What a ray passes of a ball, 0..1, its border a little softened; `lobes` around 1 dent it."""
    across, down = (ground.u - u) * (1 / radius), (ground.v - v) * (1 / radius)
    across *= across
    down *= down
    across += down
    across *= lobes
    return np.sqrt(np.maximum(1 - across, 0)) * ground.edge(1 - across, 0.3)
