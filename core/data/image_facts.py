"""What is known of each image of a data set as it came, noted while its pixels are decoded."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ImageFacts:
    """One row per image.

    Parameters
    ----------
    width, height : (n,) int32, pixels of the upright picture as it came, before any resizing.
    mode : (n,) str, the file's own mode: Pillow's ("L", "RGB", "RGBA", "I;16", ...), DICOM's, or "L" for images in memory.
    format : (n,) str, "PNG", "JPEG", "DICOM", ..., or "array" for images in memory.
    """

    width: np.ndarray
    height: np.ndarray
    mode: np.ndarray
    format: np.ndarray

    def select(self, rows: np.ndarray) -> "ImageFacts":
        """The facts of these rows only, in this order."""
        return ImageFacts(self.width[rows], self.height[rows], self.mode[rows], self.format[rows])
