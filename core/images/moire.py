"""Moiré: the regular fringes of a photograph that was taken of a screen."""

from functools import lru_cache

import numpy as np
from scipy import fft, ndimage

SIDE = 256  # pixels of the square in the middle that is looked at
_NEAR = 4  # frequencies on each side with which one is compared
_AXES = 3  # frequencies beside the axes that are left out: JPEG's blocks and the grids of X-ray tables are there
_SLOWEST = 0.05  # cycles per pixel


def peak(pixels: np.ndarray) -> float:
    """How far the strongest regular pattern of a picture, uint8 (H, W), stands out of its spectrum, in robust standard deviations.

    That is of the logarithm of the amplitudes, each less the mean of those around it. About 2.6 without a pattern.
    """
    side = min(*pixels.shape, SIDE)
    window, mask = _window(side)
    top, left = ((length - side) // 2 for length in pixels.shape)
    middle = pixels[top : top + side, left : left + side].astype(np.float32)
    spectrum = np.log1p(np.abs(fft.rfft2((middle - middle.mean()) * window)))
    above = (spectrum - _mean_around(spectrum))[mask]
    spread = _median(np.abs(above - _median(above))) / 0.6745  # of a normal distribution
    return float(above.max() / spread) if spread > 0 else 0.0


def _median(values: np.ndarray) -> float:
    """What `np.median` says of float64 (n,) without NaN, in a quarter of its time."""
    half = len(values) // 2
    ordered = np.partition(values, half)
    return float(ordered[half] if len(values) % 2 else (ordered[:half].max() + ordered[half]) / 2)


@lru_cache(maxsize=32)
def _window(side: int) -> tuple[np.ndarray, np.ndarray]:
    """The weights of pixels, float32 (side, side), and which frequencies, bool (side, side // 2 + 1), are looked at."""
    hann = np.hanning(side).astype(np.float32)
    down, across = np.abs(np.fft.fftfreq(side))[:, None], np.fft.rfftfreq(side)[None]
    away = np.hypot(down, across)
    beside = (down * side > _AXES) & (across * side > _AXES)
    return hann[:, None] * hann[None], beside & (away > _SLOWEST) & (away < 0.5)


def _mean_around(values: np.ndarray) -> np.ndarray:
    """The mean over a square of 2 * _NEAR + 1 values a side; the lowest row follows on the highest, as their frequencies do."""
    return ndimage.uniform_filter(values, 2 * _NEAR + 1, output=np.float64, mode=("wrap", "nearest"))
