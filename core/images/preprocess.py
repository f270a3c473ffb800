"""A picture of any size to the square that a model was made for: one way, for training images and for uploaded ones."""

from collections.abc import Callable

import numpy as np
from PIL import Image

_BILINEAR = Image.Resampling.BILINEAR


def resize(pixels: np.ndarray, size: int, aspect: str = "squeeze") -> np.ndarray:
    """uint8 (H, W) -> uint8 (size, size), always the same bytes for the same input; `aspect`, one of ASPECTS, matters when H != W.

    Bilinear, with the filter widened when shrinking, so that every pixel counts and fine grain does not turn to moire. A picture that
    has the size already is returned as it is, not copied.
    """
    if pixels.shape == (size, size):
        return pixels
    return ASPECTS[aspect](Image.fromarray(pixels), size)


def within(pixels: np.ndarray, side: int) -> np.ndarray:
    """Uint8 (H, W) no larger than `side` either way, its proportions kept: to look at, not for a model."""
    return pixels if max(pixels.shape) <= side else _longest(pixels, side)


def enlarged(pixels: np.ndarray, side: int) -> np.ndarray:
    """Uint8 (H, W) at least as large as `side` one way, its proportions kept: to draw on."""
    return pixels if max(pixels.shape) >= side else _longest(pixels, side)


def _longest(pixels: np.ndarray, side: int) -> np.ndarray:
    height, width = (max(1, round(side * length / max(pixels.shape))) for length in pixels.shape)
    return np.array(Image.fromarray(pixels).resize((width, height), _BILINEAR))


def _squeeze(image: Image.Image, size: int) -> np.ndarray:
    """Width and height each to the size."""
    return np.array(image.resize((size, size), _BILINEAR))


def _pad(image: Image.Image, size: int) -> np.ndarray:
    """The long side to the size, black bars on both sides of the short one."""
    longest = max(image.size)
    width, height = (max(1, round(size * side / longest)) for side in image.size)
    top, left = (size - height) // 2, (size - width) // 2
    square = np.zeros((size, size), np.uint8)
    square[top : top + height, left : left + width] = image.resize((width, height), _BILINEAR)
    return square


def _centre_crop(image: Image.Image, size: int) -> np.ndarray:
    """The largest square in the middle."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    return np.array(image.resize((size, size), _BILINEAR, (left, top, left + side, top + side)))


# The names are those of the recipe's setting `aspect`, in `core.limits`.
ASPECTS: dict[str, Callable[[Image.Image, int], np.ndarray]] = {"squeeze": _squeeze, "pad": _pad, "centre-crop": _centre_crop}
