"""A picture of any size to the square that a model was made for: one way, for training images and for uploaded ones."""

import numpy as np
from PIL import Image


def resize(pixels: np.ndarray, size: int) -> np.ndarray:
    """uint8 (H, W) -> uint8 (size, size), squeezed when H != W, always the same bytes for the same input.

    Bilinear, with the filter widened when shrinking, so that every pixel counts and fine grain does not turn to moire. A picture that
    has the size already is returned as it is, not copied.
    """
    if pixels.shape == (size, size):
        return pixels
    return np.array(Image.fromarray(pixels).resize((size, size), Image.Resampling.BILINEAR))
