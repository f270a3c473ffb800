"""Transparent pictures laid over black: beyond the edge of a film an X-ray shows air, and air is black."""

import numpy as np

from core.errors import ImageError

_WARNING = "Parts of the picture are transparent. They were laid over black."


def over_black(grey: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """What is seen of `grey`, uint8 (H, W), and a warning unless all of it is; `alpha`, uint8 (H, W), is 255 where it is opaque.

    Raises ImageError when nothing is seen.
    """
    if alpha.max() == 0:
        raise ImageError("the picture is fully transparent", "there is nothing to see", "Export it without transparency")
    if alpha.min() == 255:
        return grey, ()
    return np.rint(grey * (alpha / np.float32(255))).astype(np.uint8), (_WARNING,)
