"""Who is on the film: the build of a patient, the moment of the image, and the outlines that follow from both.

Levels (v, downwards) and distances from the midline (u) are read off adult postero-anterior films; they are no measurements.
"""

from dataclasses import dataclass

import numpy as np

from core.data.radiograph.fields import LEVELS, bounded

TREES = 64  # different vessel trees of one lung


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

    `inspiration` is 0 (shallow) to 1 (deep), `turn` about the long axis -1 to 1; `streaks` counts harmless plate-like shadows at the bases.
    """

    inspiration: float
    turn: float
    streaks: int

    @property
    def diaphragm(self) -> float:
        """Level of the top of the left dome."""
        return 0.655 + 0.125 * self.inspiration


@dataclass(frozen=True)
class Outline:
    """Borders of the lungs over LEVELS, float32: distance of the chest wall from the midline, u of the mediastinum on either side."""

    wall: np.ndarray
    medial_left: np.ndarray
    medial_right: np.ndarray


def random_anatomy(rng: np.random.Generator) -> Anatomy:
    """A patient."""
    uniform, female, apex = rng.uniform, rng.random() < 0.5, rng.uniform(0.07, 0.125)
    return Anatomy(
        lung_width=uniform(0.34, 0.405),
        apex=apex,
        build=_symmetric(rng, 0.5),
        heart_left=uniform(0.15, 0.23),
        heart_right=uniform(0.07, 0.105),
        aortic_knob=uniform(0.005, 0.032),
        shoulder=uniform(0.08, 0.19),
        rib_start=apex + uniform(0.005, 0.02),
        rib_spacing=uniform(0.072, 0.086),
        rib_drop=uniform(0.1, 0.18),
        bone=uniform(0.7, 1.3),
        clavicle=apex + uniform(0.055, 0.105),
        spine_bend=rng.normal(0, 0.008),
        breast=uniform(0.04, 0.14) if female else 0.0,
        breast_level=uniform(0.5, 0.62),
        hilum=float(rng.lognormal(0, 0.3)),
        vessel_trees=(int(rng.integers(TREES)), int(rng.integers(TREES))),
        dome_difference=uniform(0.005, 0.035),
    )


def random_moment(rng: np.random.Generator) -> Moment:
    """The moment of a film: mostly deep inspiration, sometimes poor."""
    return Moment(rng.beta(2.6, 1.3), _symmetric(rng, 0.4), min(rng.poisson(0.4), 3))


def _symmetric(rng: np.random.Generator, deviation: float) -> float:
    return min(max(rng.normal(0, deviation), -1.0), 1.0)


def outline(anatomy: Anatomy, moment: Moment) -> Outline:
    """Where the lungs of a patient end at a moment. Shallow breath raises the diaphragm and widens the heart."""
    widen, low = 1 + 0.25 * (1 - moment.inspiration), moment.diaphragm - 0.06
    left = 0.04 + _bump(0.25, 0.07, 0.01) + _heart_side(anatomy.heart_right * widen, low - 0.12, 0.14)
    right = 0.042 + _bump(0.275, 0.035, 0.012 + anatomy.aortic_knob) + _bump(0.365, 0.04, 0.022)
    right += _heart_side(anatomy.heart_left * widen, low - 0.02, 0.2)
    drift = 0.03 * moment.turn
    return Outline(_wall(anatomy), drift - left, drift + right)


def _wall(anatomy: Anatomy) -> np.ndarray:
    depth = bounded((0.7 - LEVELS) / (0.7 - anatomy.apex), 0, 1)
    return anatomy.lung_width * np.sqrt(1 - depth**2.3) + 0.015 * bounded(LEVELS - 0.6, -0.2, 0.3)


def _bump(level: float, width: float, height: float) -> np.ndarray:
    return height * np.exp(-np.square((LEVELS - level) / width))


def _heart_side(reach: float, level: float, above: float) -> np.ndarray:
    """One side of the heart beyond the mediastinum: rising over `above`, widest at `level`, round below."""
    distance = np.where(level > LEVELS, (level - LEVELS) / above, (LEVELS - level) / 0.15)
    return (reach - 0.042) * np.exp(-1.1 * distance * distance)
