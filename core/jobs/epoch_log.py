"""The finished epochs of a job as a file that grows while it is trained: one EpochRecord a line, as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from core.training.history import EpochRecord


class EpochLog:
    """The epochs that a training has told so far.

    A line takes the place of an earlier one of its epoch and of all that followed it: a training that goes on from a checkpoint may tell
    an epoch again. A line that was not written to its end, since the process was killed or the disk was full, is none.
    """

    def __init__(self, file: Path):
        self.file = file

    def append(self, record: EpochRecord) -> None:
        """Tell one more epoch. Raises OSError where the disk is full."""
        with self.file.open("a+b") as stream:
            stream.write((b"" if _ends_whole(stream) else b"\n") + _line(record))

    def begin_with(self, records: Iterable[EpochRecord]) -> None:
        """Hold these epochs and no others."""
        draft = self.file.with_suffix(".draft")
        draft.write_bytes(b"".join(map(_line, records)))
        draft.replace(self.file)

    def records(self) -> list[EpochRecord]:
        """The epochs in order; empty before the first."""
        if not self.file.exists():
            return []
        found: list[EpochRecord] = []
        for line in self.file.read_text(encoding="utf-8").split("\n"):
            if record := _record(line):
                found = [*(one for one in found if one.epoch < record.epoch), record]
        return found


def _line(record: EpochRecord) -> bytes:
    return json.dumps(asdict(record)).encode() + b"\n"


def _record(line: str) -> EpochRecord | None:
    """The record of a line, None for an empty or half-written one: JSON that lacks its end is no JSON."""
    try:
        return EpochRecord(**json.loads(line))
    except json.JSONDecodeError:
        return None


def _ends_whole(stream) -> bool:
    if stream.seek(0, 2) == 0:
        return True
    stream.seek(-1, 2)
    return stream.read(1) == b"\n"
