"""A whole run as one ZIP file, to be taken in by another Cutpoint: the run's folder, file for file, in a folder of its own name.

What comes in is trusted with nothing: it is unpacked beside the shelf, looked at whole (`core.runs.arrival`), and moved there last.
"""

import os
import secrets
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from core.data.layouts.archive import listed, unpack_into
from core.disk import sync
from core.errors import DataError, StoreError
from core.runs.arrival import check_names, checked_run, is_run_id, same_run
from core.runs.files import MANIFEST, manifest, verify
from core.runs.run import Run
from core.runs.store import FOLDER, POINT, Store

ARRIVALS = "imports"  # the folder, in the store, of what is looked at
LARGEST = 8 * 2**30  # bytes of a run unpacked
_MOST_FILES = 200
_AGAIN = "Export the run again: python -m core export ID --whole --out FILE.zip"


@dataclass(frozen=True)
class Arrived:
    """A run that was brought; `is_new` is False where the very same one was here already. `notes` say what did not come along."""

    run: Run
    is_new: bool
    notes: tuple[str, ...]

    def summary(self) -> dict:
        """For the command line."""
        return {"run_id": self.run.run_id, "title": self.run.title, "status": "taken in" if self.is_new else "here already",
                "data": self.run.data.title, "notes": list(self.notes)}  # fmt: skip


def pack(store: Store, run: Run, out: Path) -> list[str]:
    """Write a run into a ZIP file, which is replaced; the names of its files. Raises StoreError for a file that is damaged."""
    if out.suffix.lower() != ".zip":
        raise StoreError(f"{out} is no name of a ZIP file", "a whole run is written as one", "Let --out end in .zip")
    draft = out.with_name(f".{out.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as stream:
            names = pack_into(run, stream)
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return names


def pack_into(run: Run, stream: BinaryIO) -> list[str]:
    """The same into an open file. Nothing is compressed, since weights hardly shrink."""
    noted = tuple(manifest(run.folder))
    verify(run.folder, noted)
    names = [*noted, POINT, MANIFEST]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            archive.write(run.folder / name, f"{run.run_id}/{name}")
    return names


def take_in(store: Store, stream: BinaryIO) -> Arrived:
    """An uploaded ZIP file as `take_in_file` takes it."""
    (store.root / ARRIVALS).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.root / ARRIVALS) as place:
        file = Path(place) / "upload.zip"
        with file.open("wb") as copy:
            shutil.copyfileobj(stream, copy, 2**20)
        return take_in_file(store, file)


def take_in_file(store: Store, file: Path) -> Arrived:
    """Put the run in a ZIP file on the shelf.

    Raises StoreError, in one line, for anything that is no whole and unchanged run, and for an id that another run has; nothing is left
    then.
    """
    draft = Store(store.root / ARRIVALS / secrets.token_hex(8))
    try:
        run_id = _run_id(file)
        draft.root.mkdir(parents=True)
        unpack_into(draft.folder, file)
        return _shelved(store, checked_run(draft.folder / run_id))
    except DataError as error:
        raise StoreError(error.found, error.expected, _AGAIN) from None
    except OSError as error:
        raise StoreError(
            f"{file.name} cannot be taken in ({error.strerror or type(error).__name__})", "", "Check the file and the disk"
        ) from None
    finally:
        shutil.rmtree(draft.root, ignore_errors=True)


def _run_id(file: Path) -> str:
    """The name of the one folder in the archive, once its files have the names that a run's files have. Nothing is unpacked yet."""
    sizes = listed(file)
    tops = {PurePosixPath(name).parts[0] for name in sizes}
    if len(tops) != 1 or not is_run_id(*tops):
        raise StoreError(f"{file.name} is no run", "a run exported whole has one folder, named after the run", _AGAIN)
    if len(sizes) > _MOST_FILES or sum(sizes.values()) > LARGEST:
        found = f"{file.name} holds {len(sizes)} files of {sum(sizes.values()) / 2**30:.1f} GiB"
        raise StoreError(found, f"at most {_MOST_FILES} files of {LARGEST // 2**30} GiB are a run", _AGAIN)
    (run_id,) = tops
    check_names(name.partition("/")[2] for name in sizes)
    return run_id


def _shelved(store: Store, run: Run) -> Arrived:
    """Moved to the shelf, unless the same run stands there. Raises StoreError where another does."""
    target = store.root / FOLDER / run.run_id
    if target.exists():
        here = store.get(run.run_id)
        if not same_run(run.folder, here):
            found = f"there is another run {run.run_id} here"
            raise StoreError(found, "each run has an id of its own", f"Delete that one first: python -m core runs delete {run.run_id}")
        return Arrived(here, False, _notes(store, here))
    target.parent.mkdir(parents=True, exist_ok=True)
    run.folder.rename(target)
    sync(target.parent)
    shelved = store.get(run.run_id)
    return Arrived(shelved, True, _notes(store, shelved))


def _notes(store: Store, run: Run) -> tuple[str, ...]:
    """What did not come along: the images, and runs that this one was made of, which it does not need to answer."""
    here = {one.run_id for one in store.runs()}
    others = [one for one in (run.base.run_id if run.base else None, *run.recipe.member_runs) if one and one not in here]
    images = f"Images do not travel with a run: what needs those of its data ({run.data.title}) asks for the data set."
    apart = f"Not on this shelf, and not needed to answer: {', '.join(others)}." if others else ""
    return tuple(note for note in (images, apart) if note)
