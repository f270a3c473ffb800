"""The reader of picture files, whatever layout they lie in."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import ImageError
from core.images import decode
from core.images.decoded import Decoded

FOUR_CHANNELS = ("RGBA", "CMYK", "RGBa", "RGBX")  # Pillow's modes of four bytes a pixel


class FourChannelsError(ImageError):
    """A picture that can be read, and was chosen not to be."""


@dataclass(frozen=True)
class FileReader:
    """A reader of picture files. Without `four_channels`, pictures stored with four channels are refused instead of converted."""

    files: tuple[Path, ...]
    four_channels: bool = True

    def read(self, index: int) -> np.ndarray:
        return self.decoded(index).pixels

    def decoded(self, index: int, side: int | None = None) -> Decoded:
        picture = decode.read(self.files[index], side)
        if not self.four_channels and picture.mode in FOUR_CHANNELS:
            found = f"the picture has four channels ({picture.mode})"
            raise FourChannelsError(found, "such pictures are left out of this data set, as chosen")
        return picture

    def select(self, rows: np.ndarray) -> "FileReader":
        return FileReader(tuple(self.files[row] for row in rows), self.four_channels)
