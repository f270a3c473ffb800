"""The data sets that people brought: a name for a path and how to read it, kept in one file of the store."""

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from core.errors import DataError

FILE = "sources.json"
FOLDER = "datasets"  # where unpacked uploads lie
_NAME = re.compile(r"[\w][\w .()+-]{0,59}")


@dataclass(frozen=True)
class Reading:
    """How a path is read: what becomes of pictures with four channels, and whether splits are made anew, by patient, from `seed`."""

    four_channels: bool = True
    by_patient: bool = False
    seed: int = 0

    def then(self, other: "Reading") -> "Reading":
        """What comes of reading a data set, which is read like this, in another way."""
        seed = other.seed if other.by_patient else self.seed
        return Reading(self.four_channels and other.four_channels, self.by_patient or other.by_patient, seed)

    @property
    def words(self) -> str:
        """What differs from reading a path as it lies; empty where nothing does."""
        split = f"split anew by patient (seed {self.seed})" if self.by_patient else ""
        return ", ".join(filter(None, ("" if self.four_channels else "four-channel pictures left out", split)))


@dataclass(frozen=True)
class Source:
    """A data set that the store remembers.

    `name` is what it is asked for by: a name that was given, or its path. `path` is an absolute path, or the name of another data set.
    """

    name: str
    path: str
    title: str
    task: str
    classes: tuple[str, ...]
    reading: Reading = Reading()


def remembered(root: Path) -> dict[str, Source]:
    """All of them by name. Raises DataError where the file is damaged."""
    file = root / FILE
    if not file.exists():
        return {}
    try:
        known = [_source(entry) for entry in json.loads(file.read_text(encoding="utf-8"))]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DataError(f"the list of data sets in {file} is damaged", "JSON is expected", "Delete that file: no data is lost") from None
    return {source.name: source for source in known}


def keep(source: Source, root: Path) -> None:
    """Remember a data set, in the place of one of the same name."""
    _write({**remembered(root), source.name: source}, root)


def forget(name: str, root: Path) -> Source:
    """Take a data set off the list; its files stay. Raises DataError where there is none of that name."""
    known = remembered(root)
    if name not in known:
        raise DataError(f"no data set of the name {name!r} was added", f"the names are {', '.join(known) or 'none'}")
    gone = known.pop(name)
    _write(known, root)
    return gone


def check_name(name: str) -> str:
    """A name that a person gives to a data set. Raises DataError for one that could be taken for a path, or is too long."""
    name = name.strip()
    if not _NAME.fullmatch(name):
        expected = "1 to 60 letters, digits, blanks and ._()+- are allowed, a letter or digit first"
        raise DataError(f"{name[:80]!r} cannot name a data set", expected)
    return name


def _source(entry: dict) -> Source:
    path = entry.get("path", entry.get("source"))
    name = entry["name"] if "path" in entry else path
    reading = Reading(**entry.get("reading", {}))
    return Source(str(name), str(path), str(entry["title"]), str(entry["task"]), tuple(map(str, entry["classes"])), reading)


def _write(known: dict[str, Source], root: Path) -> None:
    root.mkdir(parents=True, exist_ok=True)
    draft = root / f"{FILE}.{os.getpid()}.draft"
    draft.write_text(json.dumps([asdict(source) for source in known.values()], indent=1), encoding="utf-8")
    draft.replace(root / FILE)
