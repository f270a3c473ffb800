"""A file of decoded pixels in the making: it outlives whatever stops the work, and is taken up again where it was left."""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from core.data.cache.chunk import ROWS, Chunk
from core.data.cache.journal import Entry, check_of
from core.data.cache.stored import Place, altered_chunks, stamp_of
from core.disk import sync
from core.errors import DataError

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_SECOND = 10**9  # in ns


class Draft:
    """The draft of a place and its journal; one process at a time may have it open.

    Every method raises DataError where the disk is full; what was written before stays.
    """

    def __init__(self, place: Place):
        self._place = place
        with self._disk_full_told():
            _take_back(place)
            self._journal = place.journal_at(place.path("journal"))
            self._journal.begin()
            self._allocate()
            self._journal.drop(altered_chunks(place, place.path("draft"), self._journal))

    @property
    def missing(self) -> list[int]:
        """The numbers of the chunks that are still to be decoded."""
        return [number for number in range(self._place.chunks) if number not in self._journal.entries]

    @property
    def done(self) -> int:
        """How many rows are decoded."""
        return sum(len(entry.facts) for entry in self._journal.entries.values())

    def put(self, chunk: Chunk) -> None:
        """Write a chunk, and then the line of the journal that says so."""
        with self._disk_full_told():
            with self._place.path("draft").open("r+b") as stream:
                stream.seek(self._place.start_of(chunk.number * ROWS))
                stream.write(chunk.pixels)
            failed = {str(place): list(why) for place, why in chunk.failed.items()}
            self._journal.add(Entry(chunk.number, check_of(chunk.pixels), [list(row) for row in chunk.facts.rows()], failed))

    def publish(self) -> None:
        """Make the finished draft the file of its place, and the journal its note."""
        place = self._place
        with self._disk_full_told():
            earlier = time.time_ns() - _SECOND  # so that any later change shows in the time, however coarse the disk's clock
            os.utime(place.path("draft"), ns=(earlier, earlier))
            sync(place.path("draft"))
            self._journal.put_stamp(stamp_of(place.path("draft")))
            sync(place.path("journal"))
            place.path("draft").replace(place.path("npy"))
            place.path("journal").replace(place.path("note"))  # last: without its note a file counts as unfinished
            sync(place.folder)

    def _allocate(self) -> None:
        """The draft in its full length, so that a disk without room for it is found out before the work."""
        is_new = not self._place.path("draft").exists()
        with self._place.path("draft").open("ab") as stream:
            try:
                stream.truncate(min(stream.tell(), self._place.total_bytes))
                _reserve(stream.fileno(), self._place.total_bytes)
            except OSError:
                if is_new:
                    self._place.path("draft").unlink()
                raise
        with self._place.path("draft").open("r+b") as stream:
            stream.write(self._place.heading)

    @contextmanager
    def _disk_full_told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno not in _DISK_FULL:
                raise
            free, needed = shutil.disk_usage(self._place.folder).free, self._place.total_bytes
            raise DataError(
                f"the disk has no room for the decoded images in {self._place.folder} ({free / 1e6:,.0f} MB are free)",
                f"{needed / 1e6:,.1f} MB are needed for {self._place.rows:,} images of {self._place.size} px",
                "Free some space and start again: what was decoded is kept",
            ) from error


def _reserve(handle: int, length: int) -> None:
    """Give an open file a length whose blocks are its own, where system and disk can."""
    try:
        os.posix_fallocate(handle, 0, length)
    except AttributeError:
        os.truncate(handle, length)
    except OSError as error:
        if error.errno in _DISK_FULL:
            raise
        os.truncate(handle, length)


def _take_back(place: Place) -> None:
    """A finished file that is not whole, or whose note was not yet renamed, becomes a draft again; then only what is wrong is decoded."""
    if place.path("note").exists():
        place.path("note").replace(place.path("journal"))
    if place.path("npy").exists() and not place.path("draft").exists():
        place.path("npy").replace(place.path("draft"))
