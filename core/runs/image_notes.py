"""What people note of single images: words, and the mark that the label looks wrong. Kept in the store, by data set and image.

One file, a line for each change, the last line of an image counts. A line is written whole, under a lock, so that several sessions may
note at once; a line that is damaged is left out and spoils no other.
"""

import csv
import json
import os
import time
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from filelock import FileLock

from core.errors import StoreError

FILE = "image_notes.jsonl"
LONGEST = 2000  # characters of a note
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute


@dataclass(frozen=True)
class ImageNote:
    """`data` is the fingerprint of the data set and `title` its name for people; `changed` is seconds since 1970."""

    data: str
    title: str
    image_id: str
    text: str
    looks_wrong: bool
    changed: float

    def as_dict(self) -> dict:
        return asdict(self)


HEAD = tuple(field.name for field in fields(ImageNote))


class ImageNotes:
    """The notes of a store."""

    def __init__(self, root: Path):
        self.file = Path(root) / FILE

    def all(self) -> list[ImageNote]:
        """Every note, the newest first."""
        found = {(note.data, note.image_id): note for note in self._lines() if isinstance(note, ImageNote)}
        kept = (note for note in found.values() if note.text or note.looks_wrong)
        return sorted(kept, key=lambda note: -note.changed)

    def of(self, data: str) -> dict[str, ImageNote]:
        """The notes on the images of one data set, by image."""
        return {note.image_id: note for note in self.all() if note.data == data}

    def damaged(self) -> int:
        """How many lines cannot be read."""
        return sum(1 for note in self._lines() if note is None)

    def put(self, data: str, title: str, image_id: str, text: str, looks_wrong: bool) -> ImageNote:
        """Keep a note in the place of an older one; without text and mark the image has none. Raises StoreError where it is too long."""
        if len(text) > LONGEST:
            raise StoreError(f"the note has {len(text):,} characters", f"at most {LONGEST:,} are kept", "Shorten it")
        note = ImageNote(data, title, image_id, text.strip(), bool(looks_wrong), time.time())
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.file.with_suffix(".lock")):
            self._append(json.dumps(astuple(note)))
        return note

    def _append(self, line: str) -> None:
        """Write a line that begins on a line of its own, even after one that was cut off."""
        with self.file.open("ab") as stream:
            stream.write(b"" if _ends_whole(self.file) else b"\n")
            stream.write(line.encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())

    def _lines(self) -> Iterable[ImageNote | None]:
        """Each line's note; None for one that is damaged."""
        if not self.file.exists():
            return []
        return [_note(line) for line in self.file.read_bytes().split(b"\n") if line.strip()]


def write_csv(notes: Iterable[ImageNote], stream: TextIO) -> int:
    """Notes as csv with a head and the time in UTC; how many there were. What a spreadsheet would take for a formula is quoted by '."""
    writer = csv.writer(stream)
    writer.writerow(HEAD)
    count = 0
    for note in notes:
        moment = datetime.fromtimestamp(note.changed, UTC).isoformat(timespec="seconds")
        writer.writerow((*map(_plain, (note.data, note.title, note.image_id, note.text)), int(note.looks_wrong), moment))
        count += 1
    return count


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _ends_whole(file: Path) -> bool:
    """Whether a file is empty or its last line has an end."""
    with file.open("rb") as stream:
        if not stream.seek(0, os.SEEK_END):
            return True
        stream.seek(-1, os.SEEK_END)
        return stream.read(1) == b"\n"


def _note(line: bytes) -> ImageNote | None:
    try:
        data, title, image_id, text, looks_wrong, changed = json.loads(line)
        datetime.fromtimestamp(changed, UTC)
        return ImageNote(str(data), str(title), str(image_id), str(text), bool(looks_wrong), float(changed))
    except (ValueError, TypeError, OverflowError, OSError):  # the last two: a time that is none
        return None
