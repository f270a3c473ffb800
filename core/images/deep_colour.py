"""Colour pictures of 16 bits per channel, to grey pixels.

Pillow keeps only the high byte of each channel, which leaves 16 levels of a 12-bit picture. The low byte is had by decoding a second
time with the bytes of each channel swapped.
"""

import sys

import numpy as np
from PIL import Image, TiffImagePlugin

from core.errors import ImageError
from core.images.grey import to_8_bit
from core.images.transparency import over_black

_RED, _GREEN, _BLUE = 299, 587, 114  # thousandths of brightness, ITU-R BT.601, as in Pillow's convert("L")
_OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}
_IN_PLANES = 2  # value of TIFF's PlanarConfiguration: one plane per channel


def is_deep_colour(image: Image.Image) -> bool:
    """Whether a picture that is opened but not loaded has colour (or transparent grey) of 16 bits per channel."""
    tiff_bits = getattr(image, "tag_v2", {}).get(TiffImagePlugin.BITSPERSAMPLE, (8,))
    return image.mode in ("RGB", "RGBA", "CMYK") and (";16" in _raw_mode(image) or max(tiff_bits) > 8)


def deep_grey(high: Image.Image, low: Image.Image | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Grey levels, uint8 (H, W), and warnings of a picture as Pillow loads it, and of what `low_bytes` makes of it. Raises ImageError."""
    grey = to_8_bit(_brightness(high, low))
    return over_black(grey, np.asarray(high.getchannel("A"))) if high.mode == "RGBA" else (grey, ())


def low_bytes(fresh: Image.Image) -> Image.Image | None:
    """The picture that the low bytes make, of one that is opened but not loaded. None where Pillow cannot: grey with transparency.

    Raises ImageError for layouts that Pillow does not read right: CMYK, and TIFF with a plane for each channel.
    """
    planes = getattr(fresh, "tag_v2", {}).get(TiffImagePlugin.PLANAR_CONFIGURATION) == _IN_PLANES
    if fresh.mode == "CMYK" or planes:
        raise ImageError("the picture has 16-bit colour in a layout that is not read", "", "Save it as 16-bit or 8-bit grey")
    raw_mode = _raw_mode(fresh)
    if raw_mode.startswith("LA"):
        return None
    swapped = raw_mode[:-1] + _OTHER_ORDER[raw_mode[-1]]
    fresh.tile = [tile._replace(args=_with_raw_mode(tile.args, swapped)) for tile in fresh.tile]
    fresh.load()
    return fresh


def _raw_mode(image: Image.Image) -> str:
    """How the decoder is told that the bytes of a pixel lie, such as "RGB;16B"."""
    args = image.tile[0].args if image.tile else ""
    return str(args[0] if isinstance(args, tuple) else args)


def _with_raw_mode(args, raw_mode: str):
    return (raw_mode, *args[1:]) if isinstance(args, tuple) else raw_mode


def _brightness(high: Image.Image, low: Image.Image | None) -> np.ndarray:
    """uint16 (H, W) of the picture made by the high bytes and the one made by the low bytes."""
    total = np.zeros((high.height, high.width), dtype=np.uint32)
    for channel, weight in zip("RGB", (_RED, _GREEN, _BLUE), strict=True):
        top = np.asarray(high.getchannel(channel)).astype(np.uint32)
        rest = top if low is None else np.asarray(low.getchannel(channel))
        total += weight * ((top << 8) | rest)
    return (total // 1000).astype(np.uint16)
