"""A finished file of decoded pixels and its note: where they lie, whether they are whole, and how they are read."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path

import numpy as np

from core.data.cache.chunk import ROWS
from core.data.cache.journal import Heading, Journal, check_of
from core.data.dataset import Reader
from core.data.image_facts import ImageFacts


@dataclass(frozen=True)
class Place:
    """Where the pixels of `rows` pictures of `size` x `size` lie: `name` in a folder, with a suffix for each kind of file.

    The finished file is in NumPy's format, which other programs read; here its heading is not asked, since a flipped bit may be in it.
    """

    folder: Path
    name: str
    rows: int
    size: int

    def path(self, kind: str) -> Path:
        """The file of a kind: "npy" (finished pixels), "note", "draft", "journal" or "lock"."""
        return self.folder / f"{self.name}.{kind}"

    @cached_property
    def heading(self) -> bytes:
        """What the file begins with."""
        stream = BytesIO()
        description = {"descr": "|u1", "fortran_order": False, "shape": (self.rows, self.size, self.size)}
        np.lib.format.write_array_header_1_0(stream, description)
        return stream.getvalue()

    @property
    def chunks(self) -> int:
        """How many chunks the rows make."""
        return -(-self.rows // ROWS)

    @property
    def total_bytes(self) -> int:
        """Of the finished file."""
        return self.start_of(self.rows)

    def start_of(self, row: int) -> int:
        """The byte of the file at which a row begins."""
        return len(self.heading) + row * self.size**2

    def journal_at(self, path: Path) -> Journal:
        """The journal, or the note, of these pixels."""
        return Journal(path, Heading(self.rows, self.size, ROWS))


@dataclass(frozen=True, eq=False)
class Stored:
    """Pixels that are whole.

    Parameters
    ----------
    pixels : a memory map, uint8 (rows, size, size), black where a picture failed.
    facts : of all rows. failed : reason and kind, by row.
    reader : reads single rows without keeping the file in memory.
    """

    pixels: np.ndarray
    facts: ImageFacts
    failed: dict[int, tuple[str, str]]
    reader: Reader


@dataclass(frozen=True)
class StoredReader(Reader):
    """A reader of some rows of a finished file. A memory map would count as memory of this process once it is read."""

    place: Place
    rows: np.ndarray

    def read(self, index: int) -> np.ndarray:
        start, size = self.place.start_of(int(self.rows[index])), self.place.size
        return np.fromfile(self.place.path("npy"), np.uint8, size**2, offset=start).reshape(size, size)

    def select(self, rows: np.ndarray) -> "StoredReader":
        return StoredReader(self.place, self.rows[rows])


def open_stored(place: Place) -> Stored | None:
    """The pixels of a place; None where there are none, or where they are cut off or altered."""
    note = place.journal_at(place.path("note"))
    if len(note.entries) != place.chunks or not _is_whole(place, note):
        return None
    facts, failed = note.columns()
    pixels = np.memmap(place.path("npy"), np.uint8, "r", len(place.heading), (place.rows, place.size, place.size))
    return Stored(pixels, ImageFacts.of(facts), failed, StoredReader(place, np.arange(place.rows)))


def stamp_of(path: Path) -> list[int]:
    """Size in bytes and time of the last change in ns. Raises FileNotFoundError."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _is_whole(place: Place, note: Journal) -> bool:
    """A file that has size and time as noted is believed; any other is read through, and its new time noted if it is whole."""
    try:
        stamp = stamp_of(place.path("npy"))
    except FileNotFoundError:
        return False
    if stamp == note.stamp:
        return True
    if stamp[0] != place.total_bytes or altered_chunks(place, place.path("npy"), note):
        return False
    with suppress(OSError):  # a store that may only be read
        note.put_stamp(stamp)
    return True


def altered_chunks(place: Place, path: Path, journal: Journal) -> set[int]:
    """The chunks whose pixels in a file are not those that the journal noted."""
    altered = set()
    with path.open("rb") as stream:
        for number, entry in journal.entries.items():
            stream.seek(place.start_of(number * ROWS))
            if check_of(stream.read(len(entry.facts) * place.size**2)) != entry.check:
                altered.add(number)
    return altered
