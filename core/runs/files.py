"""Files that are there whole or not at all, and proof that they are unchanged."""

import hashlib
import json
import os
from pathlib import Path

from core.disk import sync
from core.errors import StoreError

MANIFEST = "manifest.json"


def write_json(file: Path, document) -> None:
    """Write a JSON file atomically: a draft beside it, flushed to disk, then renamed."""
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    with draft.open("w", encoding="utf-8") as stream:
        json.dump(document, stream, indent=1)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    sync(file.parent)


def write_manifest(folder: Path) -> None:
    """Note the sha256 of every file in a folder and those within, last of all; a folder without it is incomplete."""
    inside = sorted(path for path in folder.rglob("*") if path != folder / MANIFEST)
    for path in inside:
        sync(path)
    write_json(folder / MANIFEST, {path.relative_to(folder).as_posix(): sha256(path) for path in inside if path.is_file()})


def verify(folder: Path, names: tuple[str, ...]) -> None:
    """Check files, named as the manifest names them ("members/a/run.json"). Raises StoreError for one that is missing or changed."""
    known = manifest(folder)
    for name in names:
        path = folder / name
        if not path.is_file() or sha256(path) != known.get(name):
            state = "changed" if path.is_file() else "missing"
            raise StoreError(f"{name} of {folder.name} is {state}", "it must be as it was written", "Delete the run and train it again")


def manifest(folder: Path) -> dict[str, str]:
    """The sha256 of each file that a complete folder was written with. Raises StoreError where that cannot be read."""
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise StoreError(f"{MANIFEST} of {folder.name} cannot be read", "", "Delete the run and train it again") from None


def sha256(file: Path) -> str:
    """The sha256 of a file, in hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
