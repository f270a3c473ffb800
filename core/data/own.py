"""One's own data: an upload is unpacked and looked at first, then kept under a name, and removed again with its files."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from core.data import registry, sources
from core.data.dataset import Dataset
from core.data.layouts.archive import FOLDER as UNPACKED
from core.data.layouts.archive import unpacked
from core.data.sources import Reading
from core.errors import DataError

UPLOADS = "cache/uploads"


def take_in(stream: BinaryIO, root: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Path:
    """Unpack an uploaded archive; the folder of its files, to be looked at and then kept under a name, or swept with the cache.

    Raises DataError for an archive that is damaged or not to be trusted; nothing of it is left then.
    """
    place = root / UPLOADS
    place.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".zip", prefix="upload-", dir=place)
    try:
        with os.fdopen(handle, "wb") as copy:
            shutil.copyfileobj(stream, copy, 2**20)
        return unpacked(Path(name), root, progress)
    finally:
        Path(name).unlink(missing_ok=True)


def keep(name: str, path: str, reading: Reading, root: Path) -> Dataset:
    """Give what lies at a path a name. A folder that was unpacked into the cache moves to where nothing is swept.

    Raises DataError for a name that is taken or cannot be one.
    """
    name = sources.check_name(name)
    place = Path(path)
    if place.parent != root / UNPACKED:
        return registry.add(name, path, reading, root)
    target = root / sources.FOLDER / name
    if name in sources.remembered(root) or target.exists():
        raise DataError(f"there is a data set {name!r} already", "another name is needed", f"Or first: python -m core data remove {name!r}")
    target.parent.mkdir(parents=True, exist_ok=True)
    place.replace(target)
    try:
        return registry.add(name, str(target), reading, root)
    except DataError:
        target.replace(place)
        raise


def remove(name: str, root: Path) -> bool:
    """Take a data set off the list; True if files that were unpacked for it were deleted. The user's own files always stay.

    Raises DataError where there is none of that name, or another one is made of it.
    """
    built = next((one.name for one in sources.remembered(root).values() if one.path == name != one.name), None)
    if built is not None:
        raise DataError(f"{built!r} is made of {name!r}", "it would be lost with it", f"Or first: python -m core data remove {built!r}")
    gone = sources.forget(name, root)
    folder = Path(gone.path)
    kept = (root / sources.FOLDER).resolve()
    if not any(kept == parent for parent in folder.resolve().parents):
        return False
    shutil.rmtree(kept / folder.resolve().relative_to(kept).parts[0], ignore_errors=True)
    return True
