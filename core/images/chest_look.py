"""How far a picture is from frontal chest X-rays in layout and in texture, and whether it stands upright: plain measures of its pixels.

What chest X-rays look like was measured on training images of three sources (Kermany, NIH, the phantom) by `benchmarks/gate_look.py`,
and is kept in `chest_look.npz`: a mean and directions of 16 x 16 layouts, a mean and spread of textures, three filters and the bounds.
No picture of anything else was used for it, so nothing is fitted to the pictures that are to be caught.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

FILE = Path(__file__).with_name("chest_look.npz")
SIDE = 128  # pixels of the square in which textures are measured
GRID = 16  # pixels of the layout
FILTERS = ("upright", "lying", "inverted")
_LEVELS = 4  # octaves of texture, each half as fine as the one before
_LEAST = 0.3  # grey levels; detail below it is rounding


@dataclass(frozen=True)
class Look:
    """What is measured of a picture. `layout`, `texture` and `both` are distances, 1 at the bound that few chest X-rays exceed; `filters`
    are above 0 for pictures that stand upright, do not lie on a side, and are not inverted."""

    layout: float
    texture: float
    both: float
    filters: tuple[float, ...]


def look_of(pixels: np.ndarray) -> Look:
    """The look of a picture, uint8 (H, W)."""
    square = squared(pixels)
    learned = _learned()
    layout, texture = layout_of(square), texture_of(square)
    far = distances(learned, layout[None], texture[None])[0] / learned["bounds"]
    filters = learned["filters"] @ layout - learned["filter_bounds"]
    layout_far, texture_far, both_far = map(float, far)
    return Look(layout_far, texture_far, both_far, tuple(map(float, filters)))


def squared(pixels: np.ndarray) -> np.ndarray:
    """Uint8 (SIDE, SIDE) of a picture, uint8 (H, W)."""
    return np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def layout_of(square: np.ndarray) -> np.ndarray:
    """Float64 (GRID * GRID,): the picture from afar, with mean 0 and standard deviation 1, or all 0 where it is even."""
    cell = SIDE // GRID
    far = square.reshape(GRID, cell, GRID, cell).mean(axis=(1, 3), dtype=np.float64).ravel()
    far -= far.mean()
    spread = far.std()
    return far / spread if spread > 1e-9 else far


def texture_of(square: np.ndarray) -> np.ndarray:
    """Float64 (13,): how much detail there is at each fineness and how uneven it is, its direction, tones, contrast and symmetry."""
    levels = [square.astype(np.float64)]
    for _ in range(_LEVELS):
        levels.append(_halved(levels[-1]))
    contrast = max(levels[0].std(), 1)
    found = []
    for fine, coarse in zip(levels, levels[1:], strict=False):
        detail = fine - coarse.repeat(2, axis=0).repeat(2, axis=1)
        strength = max(detail.std(), _LEAST)
        found += [np.log(strength / contrast), np.log(max(np.abs(detail).mean(), _LEAST / 3) / strength)]
    steps = [np.abs(np.diff(levels[0], axis=axis)).mean() + 0.2 for axis in (1, 0)]
    tones = [(square < 8).mean(), (square >= 248).mean(), np.log(contrast)]
    return np.array([*found, np.log(steps[0] / steps[1]), *tones, _symmetry(levels[3])])


def distances(learned: dict[str, np.ndarray], layouts: np.ndarray, textures: np.ndarray) -> np.ndarray:
    """Float64 (n, 3): of layouts (n, GRID * GRID), of textures (n, 13), and of both, each before its bound.

    Those of layouts and textures are Mahalanobis distances with a shrunken covariance, per dimension; both are added in squares, each
    in units of its bound.
    """
    apart = layouts - learned["layout_mean"]
    along = apart @ learned["directions"].T
    rest = np.square(apart).sum(axis=1) - np.square(along).sum(axis=1)
    layout = np.sqrt((np.square(along) @ learned["weights"] + rest * learned["rest_weight"]) / apart.shape[1])
    scaled = (textures - learned["texture_mean"]) / learned["texture_spread"]
    texture = np.sqrt(np.einsum("ni,ij,nj->n", scaled, learned["texture_inverse"], scaled) / scaled.shape[1])
    both = np.hypot(layout / learned["bounds"][0], texture / learned["bounds"][1])
    return np.stack([layout, texture, both], axis=1)


def _halved(pixels: np.ndarray) -> np.ndarray:
    return (pixels[::2, ::2] + pixels[1::2, ::2] + pixels[::2, 1::2] + pixels[1::2, 1::2]) / 4


def _symmetry(pixels: np.ndarray) -> float:
    """Correlation of a picture with its mirror image."""
    centred = pixels - pixels.mean()
    return float((centred * centred[:, ::-1]).mean() / max(np.square(centred).mean(), 1))


@lru_cache(maxsize=1)
def _learned() -> dict[str, np.ndarray]:
    with np.load(FILE, allow_pickle=False) as stored:
        return {name: stored[name].astype(np.float64) for name in stored.files}
