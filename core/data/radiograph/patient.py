"""Who is on the film: the build of a patient, the moment of the image, and the outlines that follow from both.

Levels (v, downwards) and distances from the midline (u) are read off adult postero-anterior films; they are no measurements. A side is
-1 for the patient's right, on the left of the image, and 1 for the patient's left.
"""

import math
from dataclasses import dataclass

import numpy as np

from core.data.radiograph.chance import Chance, beta, coarse
from core.data.radiograph.curves import Curve, decay
from core.data.radiograph.fields import LEVELS, bounded

TREES = 64  # different vessel trees of one lung
_BREATH = {"PA": beta(2.6, 1.3), "AP": beta(2, 1.6)}  # of the inspiration: the patient of an AP image lies or sits in bed
_STREAKS = (0.6703, 0.9384, 0.9921)  # shares of images with 0, up to 1, up to 2 harmless streaks: a Poisson distribution of mean 0.4
_MAGNIFIED = 1.14  # the heart of an AP image, for it lies far from the film
_APICAL_DOME = Curve(lambda depth: math.sqrt(1 - depth**2.3), 0, 1)


@dataclass(frozen=True)
class Anatomy:
    """What stays the same in all images of one patient; lengths are shares of the side of an image at scale 1."""

    lung_width: float  # from the midline to the widest inner chest wall
    apex: float  # level of the top of the lungs
    build: float  # -1 slim .. 1 heavy
    heart_left: float  # reach of the heart to the patient's left
    heart_right: float
    aortic_knob: float
    shoulder: float  # level of the shoulders at the side of the image
    rib_start: float
    rib_spacing: float
    rib_drop: float  # how far a rib falls from the spine to the side
    bone: float  # contrast of bone, about 1
    clavicle: float  # level of the inner ends of the clavicles
    spine_bend: float
    breast: float  # attenuation of the breast shadows; 0 for none
    breast_level: float
    hilum: float  # how prominent the vessels at the hila are, about 1
    vessel_trees: tuple[int, int]  # which of the TREES each lung has
    dome_difference: float  # how much higher the right dome of the diaphragm is


@dataclass(frozen=True)
class Moment:
    """What changes from image to image of a patient.

    `inspiration` is 0 (shallow) to 1 (deep), and above 1 where lungs are overinflated; `turn` about the long axis -1 to 1; `streaks` counts
    harmless plate-like shadows at the bases. Findings change the rest: how much higher the right and the left dome of the diaphragm stand,
    the share of their arch that is flattened, and the share of the vessels that is left.
    """

    inspiration: float
    turn: float
    streaks: int
    magnified: float = 1.0
    raised: tuple[float, float] = (0.0, 0.0)
    flattened: float = 0.0
    vessels: float = 1.0

    @property
    def diaphragm(self) -> float:
        """Level of the top of the left dome, where nothing raises it."""
        return 0.655 + 0.125 * self.inspiration

    def dome(self, side: float) -> float:
        """Level of the top of the dome of a side."""
        return self.diaphragm - self.raised[side > 0]


@dataclass(frozen=True)
class Outline:
    """Borders of the lungs over LEVELS, float32: distance of the chest wall from the midline, u of the mediastinum on either side."""

    wall: np.ndarray
    medial_left: np.ndarray
    medial_right: np.ndarray

    def inner(self, side: float) -> np.ndarray:
        """Distance of the mediastinum from the midline on a side."""
        return -self.medial_left if side < 0 else self.medial_right


def random_anatomy(chance: Chance, sex: str, age: float) -> Anatomy:
    """A patient. Women have narrower chests and breast shadows; with age the aorta and the heart widen and bones fade."""
    uniform, female, late = chance.uniform, sex == "F", (age - 50) / 40
    apex = uniform(0.07, 0.125)
    return Anatomy(
        lung_width=uniform(0.34, 0.4) if female else uniform(0.345, 0.41),
        apex=apex,
        build=_symmetric(chance, 0.5),
        heart_left=uniform(0.15, 0.23) * (1 + 0.05 * late),
        heart_right=uniform(0.07, 0.105),
        aortic_knob=max(uniform(0.005, 0.032) + 0.009 * late, 0.002),
        shoulder=uniform(0.08, 0.19),
        rib_start=apex + uniform(0.005, 0.02),
        rib_spacing=uniform(0.072, 0.086),
        rib_drop=uniform(0.1, 0.18),
        bone=uniform(0.7, 1.3) * (1 - 0.1 * late),
        clavicle=apex + uniform(0.055, 0.105),
        spine_bend=chance.normal(0, 0.008),
        breast=uniform(0.04, 0.14) if female else 0.0,
        breast_level=uniform(0.5, 0.62),
        hilum=coarse(math.exp(chance.normal(0, 0.3))),
        vessel_trees=(chance.whole(0, TREES), chance.whole(0, TREES)),
        dome_difference=uniform(0.005, 0.035),
    )


def random_moment(chance: Chance, view: str) -> Moment:
    """The moment of a film: mostly deep inspiration, sometimes poor, often so in an AP view, which also enlarges the heart."""
    breath, turn, streaks = chance.of(_BREATH[view]), _symmetric(chance, 0.4), chance.step(_STREAKS)
    return Moment(breath, turn, streaks, _MAGNIFIED if view == "AP" else 1.0)


def _symmetric(chance: Chance, deviation: float) -> float:
    return min(max(chance.normal(0, deviation), -1.0), 1.0)


def outline(anatomy: Anatomy, moment: Moment) -> Outline:
    """Where the lungs of a patient end at a moment. Shallow breath raises the diaphragm and widens the heart."""
    widen, low = heart_widening(moment), moment.diaphragm - 0.06
    left = 0.04 + _bump(0.25, 0.07, 0.01) + _heart_side(anatomy.heart_right * widen, low - 0.12, 0.14)
    right = 0.042 + _bump(0.275, 0.035, 0.012 + anatomy.aortic_knob) + _bump(0.365, 0.04, 0.022)
    right += _heart_side(anatomy.heart_left * widen, low - 0.02, 0.2)
    drift = 0.03 * moment.turn
    return Outline(chest_wall(anatomy.lung_width, anatomy.apex), drift - left, drift + right)


def heart_widening(moment: Moment) -> float:
    """How much wider the heart is drawn than the patient's own."""
    return (1 + 0.25 * (1 - moment.inspiration)) * moment.magnified


def chest_wall(lung_width: float, apex: float) -> np.ndarray:
    """Distance of the chest wall from the midline over LEVELS: a dome above, almost upright below."""
    depth = bounded((0.7 - LEVELS) / (0.7 - apex), 0, 1)
    return lung_width * _APICAL_DOME(depth) + 0.015 * bounded(LEVELS - 0.6, -0.2, 0.3)


def _bump(level: float, width: float, height: float) -> np.ndarray:
    return height * decay(np.square((LEVELS - level) / width))


def _heart_side(reach: float, level: float, above: float) -> np.ndarray:
    """One side of the heart beyond the mediastinum: rising over `above`, widest at `level`, round below."""
    distance = np.where(level > LEVELS, (level - LEVELS) / above, (LEVELS - level) / 0.15)
    return (reach - 0.042) * decay(1.1 * distance * distance)
