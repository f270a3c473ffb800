"""What changes the size of lungs or heart: cardiomegaly, emphysema, atelectasis."""

import math
from dataclasses import replace

import numpy as np

from core.data.radiograph.chance import coarse
from core.data.radiograph.fields import Frame, smooth
from core.data.radiograph.patient import Anatomy, Moment, heart_widening
from core.data.radiograph.stage import Grade, Stage

_RATIO = (0.53, 0.15)  # heart to chest: what a hardly visible cardiomegaly has, and how much the plainest has more


def enlarge_heart(anatomy: Anatomy, moment: Moment, grade: Grade) -> tuple[Anatomy, Moment]:
    """A heart wider than half the chest, mostly to the left."""
    width = 2 * anatomy.lung_width * (_RATIO[0] + _RATIO[1] * grade.visibility)
    now = (anatomy.heart_left + anatomy.heart_right) * heart_widening(moment)
    width = max(width, now * (1 + 0.1 * grade.visibility)) / heart_widening(moment)
    left = min(0.68 * width, (anatomy.lung_width - 0.03) / heart_widening(moment))
    return replace(anatomy, heart_left=left, heart_right=width - left), moment


def cardiomegaly(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """The heart as `enlarge_heart` made it; nothing is painted."""
    ground, low = stage.ground, stage.moment.diaphragm
    heart = ground.edge(ground.by_level(stage.borders.medial_right) - ground.u, 0.018)
    heart *= ground.edge(ground.u - ground.by_level(stage.borders.medial_left), 0.018)
    return [heart * ground.edge(ground.v - (low - 0.3), 0.02) * ground.edge(low + 0.04 - ground.v, 0.02)]


def overinflate(anatomy: Anatomy, moment: Moment, grade: Grade) -> tuple[Anatomy, Moment]:
    """Large lungs over low, flat domes, a narrow heart, few vessels."""
    seen = grade.visibility
    anatomy = replace(
        anatomy, lung_width=anatomy.lung_width * (1 + 0.04 * seen), heart_left=anatomy.heart_left * (1 - 0.2 * seen),
        heart_right=anatomy.heart_right * (1 - 0.1 * seen), rib_spacing=anatomy.rib_spacing * (1 + 0.08 * seen),
        rib_drop=anatomy.rib_drop * (1 - 0.35 * seen),
    )  # fmt: skip
    breath = max(moment.inspiration, 0.6) + 0.15 + 0.5 * seen
    return anatomy, replace(moment, inspiration=breath, flattened=0.3 + 0.55 * seen, vessels=1 - 0.5 * seen, magnified=1.0)


def emphysema(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Darker lungs, and bullae where it is plain: thin-walled holes without vessels in the upper lungs."""
    ground, chance, seen = stage.ground, grade.chance, grade.visibility
    stage.chest.air[...] *= 1.03 + 0.17 * seen
    for _ in range(chance.whole(1, 4) if seen > 0.4 else 0):
        v, size = chance.uniform(0.18, 0.36), chance.uniform(0.035, 0.065)
        u = stage.across(chance.sign(), v, chance.uniform(0.45, 0.85))
        rows, strip = ground.strip(v - 1.5 * size, v + 1.5 * size)
        hole, outer = strip.disc(u, v, size, size, 0.08), strip.disc(u, v, size + 0.008, size + 0.008, 0.08)
        stage.chest.vessels[rows] *= 1 - hole
        stage.chest.vessels[rows] += 0.07 * (outer - hole)
        stage.chest.air[rows] *= 1 + 0.08 * hole
    return [np.maximum(stage.full - 0.25, 0)]


def raise_dome(anatomy: Anatomy, moment: Moment, grade: Grade) -> tuple[Anatomy, Moment]:
    """The diaphragm of one side drawn up by a lung that has lost volume."""
    lift = 0.012 + 0.06 * grade.visibility
    return anatomy, replace(moment, raised=_lifted(moment, grade.side, lift))


def shrink(anatomy: Anatomy, moment: Moment, grade: Grade) -> tuple[Anatomy, Moment]:
    """Both domes drawn up by stiff lungs."""
    lift = 0.01 + 0.07 * grade.visibility
    return anatomy, replace(moment, raised=(moment.raised[0] + lift, moment.raised[1] + lift))


def _lifted(moment: Moment, side: float, lift: float) -> tuple[float, float]:
    right, left = moment.raised
    return (right + lift, left) if side < 0 else (right, left + lift)


def atelectasis(stage: Stage, grade: Grade) -> list[np.ndarray]:
    """Lung without air: plates above the raised dome, or, seldom, a collapsed lobe."""
    if grade.chance.happens(0.25):
        lobe = _collapsed_lobe(stage, grade) * (0.3 + 0.6 * grade.visibility)
        stage.fill(lobe)
        stage.chest.tissue[...] += 0.1 * lobe  # seen through the heart as well
        return [lobe]
    chance, replaced, tilt = grade.chance, [], grade.side * grade.chance.normal(0.1, 0.12)
    for number in range(1 + chance.step((0.45, 0.8))):
        v = stage.dome(grade.side) - chance.uniform(0.025, 0.05) - 0.045 * number
        u = stage.across(grade.side, v, chance.uniform(0.4, 0.6))
        half_length, half_width = chance.uniform(0.05, 0.1), chance.uniform(0.003, 0.005 + 0.005 * grade.visibility)
        plate = _plate(stage.ground, u, v, tilt + chance.normal(0, 0.05), (half_length, half_width))
        replaced.append(stage.fill(plate * (0.25 + 0.55 * grade.visibility), 0.12))
    return [np.maximum.reduce(replaced)]


def _plate(ground: Frame, u: float, v: float, tilt: float, half: tuple[float, float]) -> np.ndarray:
    """A straight band of some half length and half width, thinning out at its ends, 0..1."""
    sine, cosine = coarse(math.sin(tilt)), coarse(math.cos(tilt))
    rows, strip = ground.strip(v - 0.14, v + 0.14)
    across, down = strip.u - u, strip.v - v
    along, aside = np.abs(across * cosine + down * sine), np.abs(down * cosine - across * sine)
    plate = np.zeros((ground.size, ground.size), np.float32)
    plate[rows] = strip.edge(half[0] - along, 0.09) * smooth(strip.edge(half[1] - aside, 0.014))
    return plate


def _collapsed_lobe(stage: Stage, grade: Grade) -> np.ndarray:
    """An upper lobe above its raised fissure, or a lower lobe folded into a triangle beside the spine, 0..1."""
    ground, s = stage.ground, stage.ground.u * grade.side
    if grade.chance.happens(0.5):
        hilum, rise = grade.chance.uniform(0.36, 0.4), 0.25 + 0.45 * grade.visibility
        inside = ground.edge(ground.by_level(stage.borders.wall) - ground.side, 0.016)
        return ground.edge(hilum - rise * s - ground.v, 0.012) * ground.edge(s - 0.03, 0.02) * inside
    reach = grade.chance.uniform(0.36, 0.5)
    triangle = ground.edge(0.05 + reach * (ground.v - 0.42) - s, 0.01) * ground.edge(s - 0.02, 0.02)
    return triangle * ground.edge(ground.v - 0.42, 0.05) * ground.edge(stage.dome(grade.side) - ground.v, 0.02)
