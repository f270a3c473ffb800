"""Where pictures come from when there are many: files, folders, ZIP archives and uploads, one after the other and never all in memory.

A ZIP archive is one by its name and its first bytes: under another name it is a file that is no picture.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.data.dataset import Skipped
from core.data.layouts import archive
from core.data.layouts.tree import TABLE_SUFFIXES, suffix_of, walk
from core.errors import CoreError, DataError, ImageError
from core.images.decode import read_bytes
from core.images.decoded import MAX_BYTES

LeaveOut = Callable[[Path, Sequence[Skipped]], None]

_ZIP = (b"PK\3\4", b"PK\5\6")
_ZIP_SUFFIX = ".zip"


@dataclass(frozen=True)
class Source:
    """A picture's name, and how to get at its bytes: called once, it may raise a CoreError that says why it cannot be had."""

    name: str
    read: Callable[[], bytes]


def of_paths(paths: Iterable[Path], leave_out: LeaveOut = lambda folder, skipped: None) -> Iterator[Source]:
    """The pictures in files, folders (with all in them) and ZIP archives, in this order.

    `leave_out` hears which files of a folder are not read.
    """
    for path in paths:
        if path.is_dir():
            found = walk(path)
            leave_out(path, found.skipped)
            yield from (Source(f"{path.name}/{name}", _reading(found.root / name)) for name in found.pictures)
        elif is_archive(path.name, _head(path)):
            with path.open("rb") as stream:
                yield from of_archive(path.name, stream)
        else:
            yield Source(str(path), _reading(path))


def of_uploads(uploads: Iterable[tuple[str, BinaryIO]]) -> Iterator[Source]:
    """The pictures in uploads, each a name and a stream that can be read again."""
    for name, stream in uploads:
        stream.seek(0)
        head = stream.read(len(_ZIP[0]))
        stream.seek(0)
        if is_archive(name, head):
            yield from of_archive(name, stream)
        else:
            yield Source(name, stream.read)


def count(uploads: Iterable[tuple[str, BinaryIO]]) -> int:
    """How many pictures `of_uploads` will come to; nothing is unpacked for it."""
    return sum(_count(name, stream) for name, stream in uploads)


def _count(name: str, stream: BinaryIO) -> int:
    stream.seek(0)
    if not is_archive(name, stream.read(len(_ZIP[0]))):
        return 1
    try:
        return sum(map(_is_wanted, archive.names(name, stream)))
    except DataError:
        return 1  # its reason


def is_archive(name: str, head: bytes) -> bool:
    """Whether a file of this name, with these first bytes, is read as a ZIP archive."""
    return suffix_of(name) == _ZIP_SUFFIX and head.startswith(_ZIP)


def of_archive(name: str, stream: BinaryIO) -> Iterator[Source]:
    """The pictures in a ZIP archive, tables left out; a single source that tells the reason where it is refused."""
    try:
        for entry, found in archive.contents(name, stream, MAX_BYTES):
            if _is_wanted(entry):
                yield Source(f"{name}/{entry}", _giving(found))
    except DataError as error:
        yield Source(name, _giving(error))


def _is_wanted(entry: str) -> bool:
    return suffix_of(entry) not in TABLE_SUFFIXES


def _head(path: Path) -> bytes:
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as stream:
            return stream.read(len(_ZIP[0]))
    except (OSError, ValueError):
        return b""  # told when it is read as a picture


def _reading(path: Path) -> Callable[[], bytes]:
    return lambda: read_bytes(path)


def _giving(found: bytes | CoreError) -> Callable[[], bytes]:
    def give() -> bytes:
        if isinstance(found, CoreError):
            raise ImageError(found.found, found.expected, found.remedy)
        return found

    return give
