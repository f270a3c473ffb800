"""The bones of the chest, as attenuation: ribs, clavicles, shoulder blades, spine."""

import numpy as np

from core.data.radiograph.curves import cosine, sine
from core.data.radiograph.fields import LEVELS, Frame, bounded
from core.data.radiograph.patient import Anatomy, Moment, Outline


def bones(anatomy: Anatomy, moment: Moment, borders: Outline, ground: Frame) -> np.ndarray:
    """Attenuation of all bones, float32 (size, size)."""
    drawn = _ribs(anatomy, borders, ground)
    rows, strip = ground.strip(anatomy.clavicle - 0.16, anatomy.clavicle + 0.03)
    drawn[rows] += _clavicles(anatomy, moment, strip)
    rows, strip = ground.strip(0.08, 0.48)
    drawn[rows] += _shoulders(anatomy, strip)
    drawn += _spine(anatomy, moment, ground)
    drawn *= anatomy.bone
    return drawn


def _ribs(anatomy: Anatomy, borders: Outline, ground: Frame) -> np.ndarray:
    """All ribs of both sides at once: each is half an ellipse, its upper limb behind, its lower, fainter limb in front.

    Going down by one rib is one period of a phase, so the ribs are bands of that phase.
    """
    wall = ground.by_level(np.maximum(borders.wall + 0.012, 0.03))
    across = ground.side / wall
    bow = np.sqrt(np.maximum(1 - across * across, 0))
    shown = ground.edge(1.03 - across, 0.05) * ground.by_level(_levels_with_ribs(anatomy))
    start, drop = anatomy.rib_start / anatomy.rib_spacing, anatomy.rib_drop / anatomy.rib_spacing
    phase = ground.v * (1 / anatomy.rib_spacing) - start
    behind = _bands(ground, phase - drop * (1 - bow), 0.19, anatomy.rib_spacing) * ground.edge(across - 0.14, 0.1)
    front = _bands(ground, phase - drop * (1 + 1.2 * bow) - 0.1, 0.22, anatomy.rib_spacing) * ground.edge(across - 0.6, 0.3)
    inner_wall = ground.edge(0.02 - np.abs(ground.side - wall), 0.02)
    return shown * (0.115 * behind + 0.065 * front) + 0.05 * inner_wall * shown


def _levels_with_ribs(anatomy: Anatomy) -> np.ndarray:
    return bounded((LEVELS - anatomy.rib_start + 0.01) / 0.03, 0, 1) * bounded((0.98 - LEVELS) / 0.2, 0, 1)


def _bands(ground: Frame, phase: np.ndarray, half_width: float, spacing: float) -> np.ndarray:
    """1 around each whole phase, 0 between; a little denser at the borders, where the ray grazes the cortex."""
    distance = (half_width - np.abs(phase - np.rint(phase))) * spacing
    return ground.edge(distance, 0.008) * (1.15 - 0.3 * ground.edge(distance - 0.007, 0.008))


def _clavicles(anatomy: Anatomy, moment: Moment, ground: Frame) -> np.ndarray:
    """Two gently S-shaped bones that rise to the shoulders; a turned patient shows their ends at unequal distances."""
    side = np.abs(ground.u - 0.035 * moment.turn)
    along = (side - 0.03) * 3
    level = anatomy.clavicle - 0.05 * along + 0.012 * sine(6 * along)
    shown = ground.edge(side - 0.03, 0.014) * ground.edge(0.38 - side, 0.06)
    return 0.15 * shown * ground.edge(0.0135 - np.abs(ground.v - level), 0.011)


def _shoulders(anatomy: Anatomy, ground: Frame) -> np.ndarray:
    """The shoulder blades, turned out to the sides of the lungs, and the heads of the humeri."""
    blade = ground.edge(ground.side - 0.3 - 0.25 * np.abs(ground.v - 0.3), 0.012)
    blade *= ground.edge(0.47 - ground.v - 0.5 * (ground.side - 0.33), 0.03) * ground.edge(ground.v - 0.15, 0.03)
    return 0.05 * blade + 0.09 * ground.disc(0.475, anatomy.shoulder + 0.07, 0.065, 0.06, 0.25, mirrored=True)


def _spine(anatomy: Anatomy, moment: Moment, ground: Frame) -> np.ndarray:
    """Vertebrae with darker discs between, taller downwards, and the row of spinous processes."""
    wave = cosine(2 * np.pi * LEVELS / (0.046 + 0.014 * LEVELS))
    shown = bounded(0.35 + 2 * (LEVELS - 0.05), 0.35, 1)
    off_centre = ground.u - ground.by_level(anatomy.spine_bend * sine(5 * LEVELS))
    column = ground.edge(ground.by_level(0.03 + 0.014 * LEVELS) - np.abs(off_centre), 0.014)
    process = ground.edge(0.007 - np.abs(off_centre + 0.025 * moment.turn), 0.012)
    return ground.by_level(shown * (0.075 + 0.025 * wave)) * column + ground.by_level(shown * 0.025 * (1 - wave)) * process
