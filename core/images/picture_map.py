"""A map over the square that a model sees, laid back on the picture that the square was made of."""

from collections.abc import Callable

import numpy as np
from PIL import Image

_CUBIC = Image.Resampling.BICUBIC  # so that a maximum may lie between places


def onto_picture(places: np.ndarray, height: int, width: int, aspect: str) -> np.ndarray:
    """Float32 (h, w) over a model's square to float32 (height, width) over the picture, in pixels of any size; cubic.

    `aspect` is how the square was made; see `core.images.preprocess.resize`. What a centre crop left out has the value 0, since the
    model did not see it; the bars that padding added are cut off.
    """
    return _BACK[aspect](places.astype(np.float32), height, width)


def _scaled(places: np.ndarray, height: int, width: int) -> np.ndarray:
    return np.array(Image.fromarray(places).resize((width, height), _CUBIC))


def _cut_bars(places: np.ndarray, height: int, width: int) -> np.ndarray:
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return _scaled(places, side, side)[top : top + height, left : left + width]


def _in_the_middle(places: np.ndarray, height: int, width: int) -> np.ndarray:
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    found = np.zeros((height, width), np.float32)
    found[top : top + side, left : left + side] = _scaled(places, side, side)
    return found


_BACK: dict[str, Callable[[np.ndarray, int, int], np.ndarray]] = {"squeeze": _scaled, "pad": _cut_bars, "centre-crop": _in_the_middle}
