"""What the command about notes on images does: list them, or write them to a file."""

import argparse
from pathlib import Path

from core.commands.telling import tell


def notes(root: Path, arguments: argparse.Namespace) -> list[dict] | dict:
    """The notes of a store, the newest first; with a file, they are written there as csv."""
    from core.runs.image_notes import ImageNotes, write_csv

    kept = ImageNotes(root)
    if damaged := kept.damaged():
        tell(f"{damaged} lines of {kept.file.name} are damaged and left out", None)
    found = [note for note in kept.all() if arguments.data in (None, note.data, note.title)]
    if arguments.out is None:
        return [note.as_dict() for note in found]
    with arguments.out.open("w", newline="", encoding="utf-8") as stream:
        return {"file": str(arguments.out), "notes": write_csv(found, stream)}
