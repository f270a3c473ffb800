"""Picture files that Pillow reads, to grey pixels.

Pillow's own `convert("L")` shows 16-bit pictures white and fractions black, decodes bombs and ignores the EXIF turn; what it does well
(8-bit grey and colour, palettes, CMYK) is left to it. The caller silences Pillow's warnings.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image, TiffImagePlugin

from core.errors import ImageError
from core.images import png
from core.images.decoded import PIXEL_LIMIT, Decoded, check_not_constant, check_size
from core.images.deep_colour import deep_grey, is_deep_colour, low_bytes
from core.images.grey import to_8_bit
from core.images.transparency import over_black

DRAFT_FACTOR = 1.5  # pixels of a reduced JPEG for each of the model's: off by 0.6 of 255 grey levels in the mean, a factor of 2 by 0.2
_COLOUR_SAMPLE = (32, 32)  # pixels: enough for a mean, and quick on every picture of a data set

# What Pillow raises for damaged files. OSError: most; SyntaxError and the rest: from headers and metadata that are nonsense.
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, EOFError, RuntimeError, struct.error, zlib.error)

_ORIENTATION = 0x0112  # the EXIF and TIFF tag
_TURNS: dict[int, Callable[[np.ndarray], np.ndarray]] = {  # EXIF 2.32, 4.6.4: from the stored picture to the upright one
    2: np.fliplr,
    3: lambda pixels: np.rot90(pixels, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda pixels: np.rot90(pixels, -1),
    7: lambda pixels: np.rot90(pixels, 2).T,
    8: np.rot90,
}
_QUARTERS = (5, 6, 7, 8)  # those that swap width and height


def decode_raster(data: bytes, form: str, side: int | None = None) -> Decoded:
    """The picture in `data`, whose signature is that of `form` ("PNG", "JPEG", ...); `side` as in `decode`. Raises ImageError."""
    if form == "PNG":
        png.check_chunks(data)
    with _damage_refused(form):
        image = Image.open(BytesIO(data), formats=(form,))
        _check_header(image, form)
        mode, size, deep = image.mode, image.size, is_deep_colour(image)
        if form == "JPEG":
            _set_scale(image, reduction(size, side))
        image.load()
        low = low_bytes(Image.open(BytesIO(data), formats=(form,))) if deep else None
    pixels, warnings = deep_grey(image, low) if deep else grey_of(image)
    pixels, turned = _upright(pixels, image)
    check_not_constant(pixels)
    found = Decoded(pixels if side else pixels.copy(), form, mode, warnings + _several(image), colour=colour_of(image))
    if form == "JPEG":
        return replace(found, full_size=size[::-1] if turned else size, jpeg=data, reduction=reduction(size, side))
    return found


def reduction(size: tuple[int, int], side: int | None) -> int:
    """1, 2, 4 or 8: by how much a JPEG of `size` pixels is reduced for a model of `side` pixels; 1 where that is None."""
    return next((scale for scale in (8, 4, 2) if side and min(size) >= scale * DRAFT_FACTOR * side), 1)


def _set_scale(image: Image.Image, scale: int) -> None:
    """Let an opened JPEG be decoded at 1 / scale, and colour stay apart from brightness, which is what is wanted of it."""
    kind = "RGB" if _has_stored_rgb(image) else "YCbCr"
    image.draft(kind, (image.width // scale, image.height // scale))


def _has_stored_rgb(image: Image.Image) -> bool:
    """Whether a JPEG holds red, green and blue, as few do, by the rule of libjpeg; then it cannot be had as YCbCr."""
    if "jfif" in image.info or image.mode != "RGB":
        return False
    if "adobe" in image.info:
        return image.info.get("adobe_transform") == 0
    return [component[0] for component in getattr(image, "layer", ())] == list(b"RGB")


@contextmanager
def _damage_refused(form: str) -> Iterator[None]:
    try:
        yield
    except Image.DecompressionBombError:
        raise ImageError("the picture has far too many pixels", PIXEL_LIMIT, "Save a smaller copy and use that") from None
    except _DAMAGE as error:
        state = "truncated" if "truncated" in str(error).lower() else "damaged, or of a kind that is not read"
        raise ImageError(f"the {form} file is {state}", "", "Get the file again, or save the picture anew as PNG") from error


def _check_header(image: Image.Image, form: str) -> None:
    check_size(*image.size)
    if getattr(image, "is_animated", False) and image.format != "MPO":  # MPO: a JPEG photograph and its preview
        raise ImageError(
            f"the {form} file holds several pictures", "a file must hold one", "Save the picture that is meant as a file of its own"
        )
    if image.mode == "1":
        raise ImageError(
            "the picture has 1 bit per pixel, only black and white", "an X-ray has grey levels", "Export it with 8 bits or more"
        )


def grey_of(image: Image.Image) -> tuple[np.ndarray, tuple[str, ...]]:
    """Grey levels of a loaded picture of any mode, uint8 (H, W), and warnings. Raises ImageError."""
    if image.mode == "L" and "transparency" not in image.info:
        return np.asarray(image), ()
    if image.mode == "RGB" and "transparency" not in image.info:
        return np.asarray(image.convert("L")), ()
    if image.mode[0] in "IF":
        return _grey_of_numbers(image), ()
    if image.has_transparency_data:
        return _grey_of_transparent(image)
    if image.mode in ("LAB", "YCbCr"):
        return np.asarray(image.getchannel(0)), ()
    return np.asarray(image.convert("RGB").convert("L")), ()


def colour_of(image: Image.Image) -> float:
    """How colourful a loaded picture is; see `Decoded.colour`."""
    if image.mode[0] in "LIF":  # grey; LAB too, which Pillow cannot turn to RGB
        return 0.0
    sample = image.resize(_COLOUR_SAMPLE, Image.Resampling.NEAREST).convert("RGB").tobytes()
    if sample[::3] == sample[1::3] == sample[2::3]:  # most data sets; comparing bytes takes a tenth of the time of the arrays below
        return 0.0
    channels = np.frombuffer(sample, dtype=np.uint8).reshape(-1, 3)
    return float((channels.max(axis=1) - channels.min(axis=1)).mean())


def _grey_of_transparent(image: Image.Image) -> tuple[np.ndarray, tuple[str, ...]]:
    image = image.convert("RGBA")
    return over_black(np.asarray(image.convert("RGB").convert("L")), np.asarray(image.getchannel("A")))


def _grey_of_numbers(image: Image.Image) -> np.ndarray:
    """For 16-bit, 32-bit and fraction pixels."""
    numbers, tags = np.asarray(image), getattr(image, "tag_v2", {})
    if image.mode == "I" and tags.get(TiffImagePlugin.SAMPLEFORMAT, (1,))[0] == 1:
        numbers = numbers.view(np.uint32)  # Pillow has no unsigned 32-bit mode
    grey = to_8_bit(numbers)
    white_is_zero = tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == 0  # Pillow turns only 8-bit pictures
    return 255 - grey if white_is_zero else grey


def _upright(pixels: np.ndarray, image: Image.Image) -> tuple[np.ndarray, bool]:
    """Turned as the file's EXIF or XMP says, and whether by a quarter; Pillow has turned a TIFF already, and taken the note out."""
    try:
        orientation = image.getexif().get(_ORIENTATION, 1)
    except _DAMAGE:
        return pixels, False  # the pixels are whole; only the note on how the camera was held is not
    turn = _TURNS.get(orientation)
    return (np.ascontiguousarray(turn(pixels)), orientation in _QUARTERS) if turn else (pixels, False)


def _several(image: Image.Image) -> tuple[str, ...]:
    return ("The file holds several pictures. The first was used.",) if image.format == "MPO" else ()
