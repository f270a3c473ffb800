"""What was left out of a data set, gathered by cause: counts and first names for people, and the full list as a table."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from core.data.dataset import Dataset, Skipped

FIRST = 5  # names shown of each cause
HEAD = ("file", "cause", "reason")


@dataclass(frozen=True)
class Cause:
    """Why some files or rows were left out: how many, an example of the reason in words, and the first names."""

    kind: str
    count: int
    reason: str
    first: tuple[str, ...]


def causes(dataset: Dataset) -> list[Cause]:
    """The causes, the most frequent first."""
    lines: dict[str, list[Skipped]] = {}
    for line in dataset.skipped:
        lines.setdefault(line.kind, []).append(line)
    found = [_cause(kind, members) for kind, members in lines.items()]
    return sorted(found, key=lambda cause: -cause.count)


def full_list(dataset: Dataset) -> Iterator[tuple[str, str, str]]:
    """Every file or row that was left out: name, cause and reason."""
    return ((name, line.kind, line.reason) for line in dataset.skipped for name in line.files)


def write_csv(dataset: Dataset, stream: TextIO) -> int:
    """The full list as csv, with a head; how many rows there were. A name that a spreadsheet would take for a formula is quoted by '."""
    writer = csv.writer(stream)
    writer.writerow(HEAD)
    count = 0
    for name, kind, reason in full_list(dataset):
        writer.writerow((f"'{name}" if name[:1] in "=+-@\t\r" else name, kind, reason))
        count += 1
    return count


def _cause(kind: str, lines: list[Skipped]) -> Cause:
    first = [name for line in lines[:FIRST] for name in line.files[:FIRST]][:FIRST]
    return Cause(kind, sum(len(line.files) for line in lines), lines[0].reason, tuple(first))
