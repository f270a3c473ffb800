"""The chunks of a PNG file, checked against their checksums.

Pillow skips the checksums of the pixel chunks and does not miss the end chunk, so that a flipped bit or a lost tail can go unseen.
"""

import zlib
from collections.abc import Iterator

from core.errors import ImageError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FRAME_BYTES = 12  # length, type and checksum of a chunk, 4 bytes each


def check_chunks(data: bytes) -> None:
    """Raises ImageError when a PNG ends before its end chunk, or when a chunk that the pixels depend on is damaged."""
    for kind, body, checksum in _chunks(data):
        if not kind.isalpha():
            break
        if kind[:1].isupper() and zlib.crc32(body, zlib.crc32(kind)) != checksum:
            raise ImageError(f"the checksum of the PNG's {kind.decode()} chunk is wrong", "", "The file is damaged: get it again")
        if kind == b"IEND":
            return
    raise ImageError("the PNG file is truncated", "it must end with an IEND chunk", "Copy or download it again")


def _chunks(data: bytes) -> Iterator[tuple[bytes, memoryview, int]]:
    """Type, content and stated checksum of every whole chunk, in order."""
    view, start = memoryview(data), len(SIGNATURE)
    while start + _FRAME_BYTES <= len(data):
        end = start + 8 + int.from_bytes(view[start : start + 4])
        if end + 4 > len(data):
            return
        yield bytes(view[start + 4 : start + 8]), view[start + 8 : end], int.from_bytes(view[end : end + 4])
        start = end + 4
