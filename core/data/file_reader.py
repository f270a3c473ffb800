"""The reader of picture files, whatever layout they lie in."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import ImageError
from core.images import decode

FOUR_CHANNELS = ("RGBA", "CMYK", "RGBa", "RGBX")  # Pillow's modes of four bytes a pixel


@dataclass(frozen=True)
class FileReader:
    """A reader of picture files. Without `four_channels`, pictures stored with four channels are refused instead of converted."""

    files: tuple[Path, ...]
    four_channels: bool = True

    def read(self, index: int) -> np.ndarray:
        decoded = decode.read(self.files[index])
        if not self.four_channels and decoded.mode in FOUR_CHANNELS:
            raise ImageError(f"the picture has four channels ({decoded.mode})", "such pictures are left out of this data set, as chosen")
        return decoded.pixels

    def select(self, rows: np.ndarray) -> "FileReader":
        return FileReader(tuple(self.files[row] for row in rows), self.four_channels)
