"""Bytes to grey pixels: the one way in for every picture, be it of a data set or uploaded.

What a file is, is decided by its content and never by its name. Refusals are ImageErrors in plain words; DICOM is read by
`core.images.dicom`, imported when the first DICOM comes, since pydicom takes a while.
"""

import threading
import warnings
from pathlib import Path

from core.errors import ImageError
from core.images.decoded import MAX_BYTES, Decoded
from core.images.raster import decode_raster, reduction

_ACCEPTED = "it must be PNG, JPEG, TIFF, BMP, single GIF or WEBP, or DICOM"
_SAVE_AS_PNG = "Save the picture as PNG and try again"

_SIGNATURES = (  # first bytes -> Pillow's name
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),  # BigTIFF, as the next
    (b"MM\0+", "TIFF"),
    (b"BM", "BMP"),
    (b"GIF8", "GIF"),
)
_NOT_READ = (  # first bytes -> what a person calls it
    (b"PK\x03\x04", "a ZIP archive"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript document"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript document"),
    (b"\0\0\1\0", "an icon"),
    (b"\0\0\0\x0cjP", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"8BPS", "a Photoshop document"),
    (b"\x93NUMPY", "a NumPy array"),
)
_TEXTS = ((b"<svg", "an SVG drawing"), (b"<html", "a web page"), (b"<!doctype html", "a web page"), (b"<?xml", "an XML document"))
_HEAD = 1024  # bytes looked at to name a text


def read(path: Path, side: int | None = None) -> Decoded:
    """The picture in a file; `side` as in `decode`.

    Raises ImageError; a file that is missing, is none, or is larger than MAX_BYTES is refused unread.
    """
    return decode(read_bytes(path), side)


def read_bytes(path: Path) -> bytes:
    """The bytes of a picture's file. Raises ImageError as `read`."""
    try:
        return _bytes(path)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise ImageError("the file cannot be read", "", "Check its name, and that you may read it") from error


def _bytes(path: Path) -> bytes:
    if not path.exists():
        raise ImageError(f"there is no file {path.name}", "", "Check the name and the folder")
    if not path.is_file():
        raise ImageError(f"{path.name} is no file", "a picture is a file", "Name a file in the folder instead of the folder")
    size = path.stat().st_size
    _check_bytes(size)
    with path.open("rb") as file:
        return file.read(size + 1)  # a file can grow after its size was asked


def decode(data: bytes, side: int | None = None) -> Decoded:
    """The picture in the bytes of a file. Raises ImageError that says what is wrong with them and what to do.

    With `side`, in pixels, the picture is for a model of that side: a JPEG is decoded at the smallest of its scales 1, 1/2, 1/4 and 1/8
    at which both sides have DRAFT_FACTOR times as many pixels or more.
    """
    _check_bytes(len(data))
    with _QUIET:
        if data[128:132] == b"DICM":
            from core.images.dicom import decode_dicom  # late, for its imports take longer than most pictures

            return decode_dicom(data)
        return decode_raster(data, _form(data), side)


def at_side(picture: Decoded, side: int) -> Decoded:
    """The picture as `decode` gives it with `side`; itself where its scale is the same. Raises ImageError as `decode`."""
    if picture.jpeg is None or picture.reduction == reduction(picture.native_size, side):
        return picture
    return decode(picture.jpeg, side)


class _Quiet:
    """Silences what the readers warn of: whatever matters of it is checked here or said in plain words.

    The filters of `warnings` belong to the whole process: the first thread in sets them and the last one out puts them back.
    """

    def __init__(self):
        self._lock, self._inside = threading.Lock(), 0
        self._filters = warnings.catch_warnings()

    def __enter__(self):
        with self._lock:
            if self._inside == 0:
                self._filters = warnings.catch_warnings()
                self._filters.__enter__()
                warnings.filterwarnings("ignore", module=r"(PIL|pydicom|pylibjpeg|openjpeg)\b")
            self._inside += 1

    def __exit__(self, *_raised):
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._filters.__exit__()


_QUIET = _Quiet()


def _check_bytes(count: int) -> None:
    if count == 0:
        raise ImageError("the file is empty", "", "Copy or download it again")
    if count > MAX_BYTES:
        size, limit = f"{count / 2**20:.0f} MiB", f"{MAX_BYTES // 2**20} MiB"
        raise ImageError(f"the file has {size}", f"at most {limit} are read", "Save a smaller or compressed copy")


def _form(data: bytes) -> str:
    """Pillow's name of the format that the first bytes belong to. Raises ImageError for all that are not read."""
    for signature, form in _SIGNATURES:
        if data.startswith(signature):
            return form
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    raise ImageError(f"the file is {_kind(data)}", _ACCEPTED, _SAVE_AS_PNG)


def _kind(data: bytes) -> str:
    """What a file that is not read is, in words after "the file is"."""
    for signature, kind in _NOT_READ:
        if data.startswith(signature):
            return kind
    if data[4:8] == b"ftyp":
        return "an AVIF or HEIC picture, or a film"
    return _kind_of_text(data[:_HEAD])


def _kind_of_text(head: bytes) -> str:
    lowered = head.lower()
    for mark, kind in _TEXTS:
        if mark in lowered:
            return kind
    return "no picture but text" if b"\0" not in head and head.isascii() else "no picture of a known kind"
