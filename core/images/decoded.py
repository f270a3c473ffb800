"""A decoded picture, and the limits that every picture keeps, whatever file it came in.

Nothing of the file but its pixels, its kind and plain-word warnings is kept: no metadata, no name, no patient. A JPEG's bytes stay in
memory beside its pixels for as long as those do, since a model's own view of it is decoded from them; they are never shown or written.
"""

from dataclasses import dataclass, field

import numpy as np

from core.errors import ImageError

MAX_BYTES = 64 * 2**20  # an uncompressed 16-bit digital radiograph of 4280 x 3520 has 29 MiB
MAX_PIXELS = 40_000_000  # the finest film scans have 36 million; decoded as RGB this takes 160 MB
PIXEL_LIMIT = f"at most {MAX_PIXELS // 10**6} million pixels are read"
MIN_SIDE = 16  # pixels; the smallest pictures that anything here is trained on have 28


@dataclass(frozen=True)
class Decoded:
    """A picture ready for the gate and for a model.

    Parameters
    ----------
    pixels : uint8 (H, W), upright, bright = dense (as MONOCHROME2), never constant, 16 <= H, W and H * W <= 40 million.
    format : "PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP" or "DICOM"; "array" where the pixels came from memory.
    mode : the file's own mode: Pillow's ("L", "RGB", "I;16", ...) or DICOM's photometric interpretation ("MONOCHROME1", ...).
    warnings : plain words on what was done to the file that a person might not expect; often empty.
    doubts : plain words on what the file itself says against a frontal chest X-ray; nearly always empty.
    colour : mean difference of the largest and the smallest channel, 0..255, of a sample of pixels; 0 where the file is grey.
    full_size : (width, height) of the upright picture as it came, where `pixels` may be a reduced copy; None where they are all of it.
    jpeg : the file's bytes where it is a JPEG, from which `core.images.decode.at_side` takes another scale.
    reduction : 1, 2, 4 or 8: how many pixels of a JPEG, along each side, are one of `pixels`.
    """

    pixels: np.ndarray
    format: str
    mode: str
    warnings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    colour: float = 0.0
    full_size: tuple[int, int] | None = None
    jpeg: bytes | None = field(default=None, repr=False)
    reduction: int = 1

    @property
    def native_size(self) -> tuple[int, int]:
        """(width, height) in pixels of the upright picture as it came."""
        return self.full_size or (self.pixels.shape[1], self.pixels.shape[0])


def check_size(width: int, height: int) -> None:
    """Raises ImageError unless a picture of so many pixels may be decoded. To be called before decoding."""
    if width * height > MAX_PIXELS:
        raise ImageError(f"the picture says that it is {width} x {height} pixels", PIXEL_LIMIT, "Save a smaller copy and use that")
    if min(width, height) < MIN_SIDE:
        limit = f"each side must have at least {MIN_SIDE}"
        raise ImageError(f"the picture is only {width} x {height} pixels", limit, "Use the picture in its original size")


def check_not_constant(pixels: np.ndarray) -> None:
    """Raises ImageError when all pixels of a picture, uint8 (H, W), are equal."""
    height, width = pixels.shape
    if pixels[0, 0] != pixels[height // 2, width // 2]:
        return  # true of nearly all pictures, and much quicker than the two passes below
    if pixels.min() == pixels.max():
        found = f"every pixel has the same grey level, {pixels.flat[0]}"
        raise ImageError(found, "an X-ray has many", "Check that the right file was chosen and that it was exported whole")
