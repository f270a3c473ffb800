"""A map of what speaks for a label, laid on its picture: strong where it is high, clear where it is 0."""

import numpy as np
import pandas as pd
from PIL import Image

_STOPS = ((0.0, (0, 114, 178)), (0.5, (230, 159, 0)), (1.0, (240, 228, 66)))  # blue, orange, yellow of Okabe and Ito, ever brighter
_CLEAR_BELOW = 0.15  # of the maximum; from there the colour grows to its full opacity at twice that
_RING = 40  # the ring about the highest place has a radius of the longer side divided by this
_CELLS = 32
COLORS_IN_WORDS = "Yellow speaks most for it, then orange, then blue; what is clear does not speak for it."


def with_heat(pixels: np.ndarray, values: np.ndarray, opacity: float, peak: tuple[float, float] | None = None) -> np.ndarray:
    """Grey pixels uint8 (H, W) and a map of them, float in 0..1, as uint8 (H, W, 3); `opacity` 0..1 is that of the map's high places.

    `peak`, as shares of width and height, gets a ring in black and white.
    """
    places, colors = zip(*_STOPS, strict=True)
    color = np.stack([np.interp(values, places, [one[channel] for one in colors]) for channel in range(3)], axis=-1)
    cover = opacity * np.clip(values / _CLEAR_BELOW - 1, 0, 1)[..., None]
    mixed = (1 - cover) * pixels[..., None] + cover * color
    found = np.round(mixed).astype(np.uint8)
    return found if peak is None or opacity == 0 else _ringed(found, peak)


def heat_table(values: np.ndarray) -> pd.DataFrame:
    """A map as a table, averaged in at most 32 x 32 cells: where a cell's middle is, as shares of width and height, and its value."""
    height, width = (min(_CELLS, side) for side in values.shape)
    cells = np.asarray(Image.fromarray(values).resize((width, height), Image.Resampling.BOX))
    top, left = np.mgrid[0:height, 0:width]
    return pd.DataFrame({"left": ((left + 0.5) / width).ravel(), "top": ((top + 0.5) / height).ravel(), "value": cells.ravel()})


def _ringed(picture: np.ndarray, peak: tuple[float, float]) -> np.ndarray:
    height, width = picture.shape[:2]
    row, column = np.ogrid[0:height, 0:width]
    far = np.hypot(column + 0.5 - peak[0] * width, row + 0.5 - peak[1] * height)
    radius, line = max(4, max(height, width) / _RING), max(1.0, max(height, width) / 400)
    found = picture.copy()
    found[np.abs(far - radius) <= 1.5 * line] = 0
    found[np.abs(far - radius) <= 0.5 * line] = 255
    return found
