"""The journal of a file of decoded pixels: what is in it, chunk by chunk, line by line, each with its own checksum.

While pixels are decoded, a line is added when its chunk was written; so a decoding that was interrupted, even by a crash, is found
again. When all is there, the same lines are the note that lies beside the finished file. The first line says what the file is.
"""

import hashlib
import json
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Entry:
    """What a line says of a chunk: the hash of its pixels, (width, height, mode, format) of each row, and as in `Chunk` what failed."""

    chunk: int
    check: str
    facts: list[list]
    failed: dict[str, list[str]]


@dataclass(frozen=True)
class Heading:
    """What the file holds: `rows` pictures of `size` x `size`, in chunks of `chunk_rows`."""

    rows: int
    size: int
    chunk_rows: int


class Journal:
    """The lines of one file. `stamp` is [bytes, modified in ns] of the pixels' file when its content was last known to be whole."""

    def __init__(self, path: Path, heading: Heading):
        self._path, self._heading = path, heading
        self.entries: dict[int, Entry] = {}
        self.stamp: list[int] | None = None
        self._whole = 0  # bytes of the file that hold whole lines
        self._read()

    def _read(self) -> None:
        """All whole lines up to the first that is not; none where the first is another heading."""
        try:
            lines = self._path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return
        for number, line in enumerate(lines):
            document = _document(line)
            if document is None or (number == 0 and document != vars(self._heading)):
                return
            self._whole += len(line)
            if "stamp" in document:
                self.stamp = document["stamp"]
            elif number:
                self.entries[document["chunk"]] = Entry(**document)

    def begin(self) -> None:
        """Cut off what is not whole, or start anew."""
        with self._path.open("ab") as stream:
            stream.truncate(self._whole)
        if not self._whole:
            self._add(vars(self._heading))

    def add(self, entry: Entry) -> None:
        """Note that a chunk was written."""
        self.entries[entry.chunk] = entry
        self._add(vars(entry))

    def put_stamp(self, stamp: list[int]) -> None:
        """Note that the pixels' file was whole when it had this size and time."""
        self.stamp = stamp
        self._add({"stamp": stamp})

    def drop(self, chunks: set[int]) -> None:
        """Forget chunks whose pixels are not as noted; they will be noted again."""
        for number in chunks:
            self.entries.pop(number, None)

    def columns(self) -> tuple[list[list], dict[int, tuple[str, str]]]:
        """Of the whole file: facts of all rows in order, and reason and kind of each row that failed."""
        entries = [self.entries[number] for number in sorted(self.entries)]
        facts = [row for entry in entries for row in entry.facts]
        chunk_rows = self._heading.chunk_rows
        failed = {entry.chunk * chunk_rows + int(place): tuple(why) for entry in entries for place, why in entry.failed.items()}
        return facts, failed

    def _add(self, document: dict) -> None:
        text = json.dumps(document, separators=(",", ":")).encode()
        with self._path.open("ab") as stream:
            stream.write(b"%08x %b\n" % (zlib.crc32(text), text))


def _document(line: bytes) -> dict | None:
    """What a line says; None where it is cut off or altered."""
    check, _, text = line.partition(b" ")
    if not line.endswith(b"\n") or check != b"%08x" % zlib.crc32(text[:-1]):
        return None
    return json.loads(text)


def lines_of(path: Path) -> int:
    """How many lines a journal has by now; 0 where there is none."""
    try:
        return path.read_bytes().count(b"\n")
    except OSError:
        return 0


def check_of(pixels: np.ndarray | bytes) -> str:
    """The hash that is noted of a chunk's pixels."""
    return hashlib.blake2b(pixels, digest_size=16).hexdigest()
