"""Occlusion: a patch of grey is laid on the picture here and there, and the score is asked again (Zeiler and Fergus 2014).

It works for any model, and needs one answer for each place of the patch.
"""

from collections.abc import Callable, Sequence

import numpy as np

from core.models.windows import spread, windows_of

OCCLUSION = "occlusion"
PATCHES = 8  # a patch's side is that share of the square that a model sees; it moves by half of itself
_AT_ONCE = 32
Told = Callable[[int, int], None]


def occlusion_maps(
    predict: Callable[[np.ndarray], np.ndarray],
    pixels: np.ndarray,
    columns: Sequence[int],
    patch: int | None = None,
    step: int | None = None,
    progress: Told = lambda done, total: None,
) -> tuple[np.ndarray, np.ndarray]:
    """Scores float32 (L,) of a square, uint8 (size, size), and signed maps float32 (l, size, size) of the labels in `columns`.

    A pixel's value is the mean drop of the score over the patches that cover it. `predict` maps uint8 (n, size, size) to scores (n, L).
    `patch` and `step` are in pixels of the square; a patch has the mean grey of the square.
    """
    size = len(pixels)
    patch = patch or max(1, size // PATCHES)
    windows = windows_of((size, size), patch, step or max(1, patch // 2))
    grey, found = np.uint8(round(float(pixels.mean()))), []
    for start in range(0, len(windows), _AT_ONCE):
        some = windows[start : start + _AT_ONCE]
        found.append(predict(np.where(some, grey, pixels)))
        progress(start + len(some), len(windows))
    whole = predict(pixels[None])[0]
    return whole, spread((whole - np.concatenate(found))[:, list(columns)], windows)
