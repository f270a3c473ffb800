"""What is known of each image of a data set as it came, noted while its pixels are decoded."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

_KINDS = {"width": np.int32, "height": np.int32, "mode": np.str_, "format": np.str_}


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

    @classmethod
    def of(cls, images: Iterable[tuple[int, int, str, str]]) -> "ImageFacts":
        """The facts of images in rows, of (width, height, mode, format) each; at least one."""
        return cls(*(np.array(column, kind) for column, kind in zip(zip(*images, strict=True), _KINDS.values(), strict=True)))

    def select(self, rows: np.ndarray) -> "ImageFacts":
        """The facts of these rows only, in this order."""
        return ImageFacts(self.width[rows], self.height[rows], self.mode[rows], self.format[rows])

    def rows(self) -> list[tuple[int, int, str, str]]:
        """The inverse of `of`, in plain Python."""
        return list(zip(self.width.tolist(), self.height.tolist(), self.mode.tolist(), self.format.tolist(), strict=True))
