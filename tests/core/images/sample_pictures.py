"""Small pictures made by hand for the tests of decoding, in files of every kind."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from core.errors import ImageError
from core.images.decode import decode


def ramp(width: int = 64, height: int = 48, top: int = 255) -> np.ndarray:
    """A picture that has no symmetry: 0 at the upper left, `top` at the lower right, brighter to the right than to the bottom."""
    rows, columns = np.mgrid[0:height, 0:width]
    return (top * (2 * columns / (width - 1) + rows / (height - 1)) / 3).astype(np.uint16 if top > 255 else np.uint8)


def encode(image: Image.Image, form: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def refusal(data: bytes) -> str:
    """The text of the refusal, which must be one line with something to do."""
    with pytest.raises(ImageError) as refused:
        decode(data)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy
    return str(refused.value)


def png_of(kind: bytes, width: int, height: int, rows: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG made by hand: `kind` is bit depth and colour type, `rows` the raw rows with their filter bytes."""
    header = struct.pack(">II", width, height) + kind + b"\0\0\0"
    chunks = [(b"IHDR", header), *extra, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in chunks)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png16(channels: np.ndarray) -> bytes:
    """A PNG of uint16 (H, W, C) with C of 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA)."""
    height, width, count = channels.shape
    kind = bytes([16, {1: 0, 2: 4, 3: 2, 4: 6}[count]])
    return png_of(kind, width, height, b"".join(b"\0" + row.astype(">u2").tobytes() for row in channels))


def tiff16_rgb(numbers: np.ndarray, order: str, planes: int = 1) -> bytes:
    """An uncompressed TIFF of uint16 (H, W, 3) in one strip, in byte order "<" or ">"."""
    height, width, _ = numbers.shape
    pixels = numbers.astype(f"{order}u2").tobytes()
    bits_at = 8 + len(pixels)
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, bits_at), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8)]
    tags += [(277, 3, 1, 3), (278, 4, 1, height), (279, 4, 1, len(pixels)), (284, 3, 1, planes)]
    entries = b"".join(entry(order, *tag) for tag in tags)
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", bits_at + 6)
    return head + pixels + struct.pack(f"{order}3H", 16, 16, 16) + struct.pack(f"{order}H", len(tags)) + entries + bytes(4)


def entry(order: str, tag: int, kind: int, count: int, value: int) -> bytes:
    """One tag of a TIFF directory; kind 3 has 2 bytes, kind 4 has 4."""
    layout = "HHIHxx" if kind == 3 and count == 1 else "HHII"
    return struct.pack(order + layout, tag, kind, count, value)
