"""Clouded lung: pneumonia, infiltration, consolidation and the haze of edema, drawn as the share of air that fluid has replaced.

Drawn so, an opacity ends where the lung ends, ribs stay seen through it, vessels vanish in it, and it blurs the heart or the diaphragm
that it touches, as on films.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.data.radiograph.chance import Chance, beta
from core.data.radiograph.curves import sine
from core.data.radiograph.fields import Frame, Strokes, bounded, clouds, smooth, soft_lines
from core.data.radiograph.stage import Grade, Stage

_FISSURE = 0.46  # level of the horizontal fissure
_HILUM_U, _HILUM_V = 0.08, 0.41


@dataclass(frozen=True)
class Focus:
    """One cloudy area: its centre and half-axes in patient coordinates, the share of air filled at its core.

    Fissures cut it off above the level `above` and below the level `below`; none does by default.
    """

    u: float
    v: float
    half_width: float
    half_height: float
    filling: float
    below: float = math.inf
    above: float = -math.inf


def pneumonia(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Lobar, one patch, or many small patches. More visible ones are denser and larger."""
    pattern = _PATTERNS[grade.chance.step(_PATTERN_SHARES)]
    return [stage.fill(_filled_share(pattern(stage, grade), stage.ground, grade.chance))]


def infiltration(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Faint and mottled: many soft, thin patches around the hila and at the bases."""
    chance, foci = grade.chance, []
    for number in range(chance.whole(5, 9)):
        side = grade.side if number < 2 or chance.happens(0.55) else -grade.side
        v = 0.34 + (stage.dome(side) - 0.38) * chance.share()
        size = chance.uniform(0.05, 0.085)
        u = stage.across(side, v, chance.uniform(0.1, 0.8))
        foci.append(Focus(u, v, size, size * 1.2, 0.07 + 0.26 * grade.visibility))
    share = _filled_share(tuple(foci), stage.ground, chance)
    share *= bounded(0.8 + 0.3 * clouds(chance, 30, stage.ground.size), 0, 1.6)
    return [stage.fill(share)]


def consolidation(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Most of a lobe, dense and even, cut off sharply by a fissure where there is one, with the bronchi left dark in it."""
    focus = _lobe(stage, grade)
    share = _filled_share((focus,), stage.ground, grade.chance, even=True)
    bronchi = _bronchi(focus, stage.ground, grade.chance)
    bronchi *= share * stage.full
    replaced = stage.fill(share, 0.1)
    stage.chest.tissue[...] -= 0.22 * bronchi
    return [replaced]


def bat_wing(stage: Stage, grade: Grade) -> np.ndarray:
    """Haze that spreads from both hila and leaves the outermost lung clear. Returns the air replaced."""
    foci = []
    for side in (-1.0, 1.0):
        u, filling = side * grade.chance.uniform(0.12, 0.15), 0.12 + 0.55 * grade.visibility
        foci.append(Focus(u, grade.chance.uniform(0.42, 0.47), 0.15, 0.2, filling))
    return stage.fill(_filled_share(tuple(foci), stage.ground, grade.chance))


def _filled_share(foci: tuple[Focus, ...], ground: Frame, chance: Chance, even: bool = False) -> np.ndarray:
    """Share of lung air that is replaced by fluid, 0..1, float32 (size, size)."""
    outline = 0.75 * clouds(chance, 7, ground.size) + 0.4 * clouds(chance, 15, ground.size)
    clear = np.ones((ground.size, ground.size), np.float32)
    for focus in foci:
        clear *= 1 - focus.filling * _cloud(focus, ground, outline, 1.2 if even else 2.5)
    if even:
        return 1 - clear
    return (1 - clear) * bounded(0.85 + 0.16 * clouds(chance, 24, ground.size), 0.3, 1)


def _cloud(focus: Focus, ground: Frame, outline: np.ndarray, softness: float) -> np.ndarray:
    """1 in the core, 0 far away, with a wide and irregular margin."""
    across, down = (ground.u - focus.u) * (1 / focus.half_width), (ground.v - focus.v) * (1 / focus.half_height)
    across *= across
    down *= down
    across += down
    cloud = smooth(ground.edge(1 - across + 0.8 * outline * np.minimum(across, 1), softness))
    if math.isfinite(focus.below):
        cloud *= ground.edge(focus.below - ground.v, 0.014)
    if math.isfinite(focus.above):
        cloud *= ground.edge(ground.v - focus.above, 0.014)
    return cloud


def _filling(visibility: float) -> float:
    """The share of air that is filled at the core. It sets how hard the data set is: 0.03 more adds about 0.02 to the ROC AUC of a CNN."""
    return 0.13 + 0.6 * visibility


def _lobar(stage: Stage, grade: Grade) -> tuple[Focus, ...]:
    """A large part of one lobe, cut off by the fissure in the right upper lobe and by nothing elsewhere."""
    chance, side = grade.chance, grade.side
    upper = chance.happens(0.4)
    v = chance.uniform(0.28, 0.38) if upper else stage.moment.diaphragm - chance.uniform(0.08, 0.16)
    fissure = chance.normal(_FISSURE, 0.02) if upper and side < 0 else math.inf
    size = chance.uniform(0.1, 0.13) * (0.8 + 0.4 * grade.visibility)
    u = stage.across(side, v, chance.uniform(0.35, 0.65))
    return (Focus(u, v, size, size * chance.uniform(0.8, 1.2), _filling(grade.visibility), fissure),)


_PATCH_LEVEL = beta(2, 1.4)


def _patch(stage: Stage, grade: Grade) -> tuple[Focus, ...]:
    """One smaller area anywhere in a lung, lower zones more often."""
    chance = grade.chance
    v = 0.28 + (stage.moment.diaphragm - 0.36) * chance.of(_PATCH_LEVEL)
    size = chance.uniform(0.06, 0.1) * (0.8 + 0.4 * grade.visibility)
    u = stage.across(grade.side, v, chance.uniform(0.2, 0.8))
    return (Focus(u, v, size * chance.uniform(0.9, 1.3), size, _filling(grade.visibility)),)


def _many(stage: Stage, grade: Grade) -> tuple[Focus, ...]:
    """Three to six small areas, often in both lungs."""
    chance, foci = grade.chance, []
    for _ in range(chance.whole(3, 7)):
        side = grade.side if chance.happens(0.65) else -grade.side
        v = chance.uniform(0.26, stage.moment.diaphragm - 0.05)
        size = chance.uniform(0.04, 0.07) * (0.8 + 0.4 * grade.visibility)
        foci.append(Focus(stage.across(side, v, chance.uniform(0.15, 0.85)), v, size, size, _filling(grade.visibility)))
    return tuple(foci)


_PATTERNS: tuple[Callable[..., tuple[Focus, ...]], ...] = (_lobar, _patch, _many)
_PATTERN_SHARES = (0.35, 0.75)  # up to here lobar, up to here one patch, the rest many


def _lobe(stage: Stage, grade: Grade) -> Focus:
    """An upper lobe down to the fissure, the right middle lobe below it, or a lower lobe down to the diaphragm."""
    chance, side, filling = grade.chance, grade.side, 0.3 + 0.65 * grade.visibility
    fissure, size = chance.normal(_FISSURE, 0.015), chance.uniform(0.13, 0.16) * (0.85 + 0.3 * grade.visibility)
    kind = chance.step((0.4, 0.65)) if side < 0 else 2 * chance.step((0.4,))
    if kind == 0:
        v = fissure - chance.uniform(0.06, 0.1)
        return Focus(stage.across(side, v, 0.5), v, size, size, filling, below=fissure if side < 0 else math.inf)
    if kind == 1:
        v = fissure + chance.uniform(0.06, 0.09)
        return Focus(stage.across(side, v, 0.35), v, size, size * 0.9, filling, above=fissure)
    v = stage.dome(side) - chance.uniform(0.06, 0.1)
    return Focus(stage.across(side, v, 0.55), v, size * 1.1, size, filling)


def _bronchi(focus: Focus, ground: Frame, chance: Chance) -> np.ndarray:
    """Branching lines from the hilum through a focus, 0..1: bronchi that still hold air."""
    lines, along = 5, np.linspace(0, 1, 60)[:, None]
    start_u, start_v = (_HILUM_U if focus.u > 0 else -_HILUM_U), _HILUM_V
    spread = (np.arange(lines) - 2) * 0.4 + 0.2 * chance.normals(lines)
    end_u, end_v = focus.u + 0.75 * focus.half_width * spread, focus.v + 0.75 * focus.half_height * spread[::-1]
    bow = 0.02 * chance.normals(lines)
    u = start_u + (end_u - start_u) * along + bow * sine(math.pi * along)
    v = start_v + (end_v - start_v) * along - bow * sine(math.pi * along)
    density = np.broadcast_to(1 - 0.45 * along, u.shape)
    return np.minimum(soft_lines(ground, Strokes(u.ravel(), v.ravel(), density.ravel(), 0.004), 0.0048), 1)
