"""Some rows of a file of decoded pixels, read when they are asked for: a set of any size takes no memory."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import DataError


@dataclass(frozen=True, eq=False)
class PixelRows:
    """Images that lie in a file as uint8, `size` x `size` each, from byte `offset` on; `index` (n,) tells which, in order.

    It is indexed like an array of shape (n, size, size), by a number, a slice or an array of rows, and gives arrays in memory. The
    file is read rather than mapped, since what was read of a map counts as memory of this process. Raises DataError where the file
    has gone.
    """

    file: Path
    offset: int
    size: int
    index: np.ndarray

    @property
    def shape(self) -> tuple[int, int, int]:
        """(n, size, size)."""
        return len(self.index), self.size, self.size

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, rows) -> np.ndarray:
        found = self.index[rows]
        images = np.empty((np.size(found), self.size, self.size), np.uint8)
        try:
            self._read(images, np.atleast_1d(found).tolist())
        except OSError:
            raise DataError(f"the pixels in {self.file.name} cannot be read any more", "", "Start the run again") from None
        return images if np.ndim(found) else images[0]

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return self[:].astype(dtype or np.uint8, copy=False)

    def select(self, rows: np.ndarray) -> "PixelRows":
        """Some of these rows, not read yet."""
        return PixelRows(self.file, self.offset, self.size, self.index[rows])

    def _read(self, images: np.ndarray, rows: list[int]) -> None:
        with self.file.open("rb", buffering=0) as stream:
            for image, row in zip(images, rows, strict=True):
                stream.seek(self.offset + row * image.nbytes)
                if stream.readinto(image) < image.nbytes:
                    raise OSError
