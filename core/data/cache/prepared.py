"""Pixels decoded once: one memory-mapped uint8 file per data set, image size and way to a square, shared by all runs and processes."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from core.data.cache.chunk import ROWS, Chunk
from core.data.cache.draft import Draft
from core.data.cache.journal import lines_of
from core.data.cache.pixel_rows import PixelRows
from core.data.cache.stored import Place, Stored, open_stored
from core.data.cache.workers import decoded
from core.data.dataset import Dataset, Skipped
from core.data.image_facts import ImageFacts
from core.images.model_input import VERSION

FOLDER = "cache/pixels"
_STALE_SECONDS = 7 * 86400  # after which a draft that nobody went on with is deleted
_LOOK_SECONDS = 0.5  # while another process decodes the same

Told = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set whose every image could be decoded, and its pixels.

    `pixels` is a memory map, uint8 (m, size, size); `index` (n,) tells which of its rows belongs to each row of the data set. `facts`
    has n rows: what the images were before they were resized.
    """

    dataset: Dataset
    pixels: np.ndarray
    index: np.ndarray
    facts: ImageFacts

    def of(self, rows: np.ndarray) -> PixelRows:
        """The pixels of some rows, uint8 (len(rows), size, size), not read yet."""
        return PixelRows(Path(self.pixels.filename), self.pixels.offset, self.pixels.shape[1], self.index[rows])


def prepare(dataset: Dataset, size: int, root: Path, progress: Told = lambda done, total: None, aspect: str = "squeeze") -> Prepared:
    """The data set less its unreadable images, and its pixels at a size; decoded now, on all cores, if they were not before.

    `progress(done, total)` is called as images are decoded, and while another process decodes the same. What it raises, and whatever
    else stops the work, loses nothing: the next call goes on from there. `aspect` as in `core.images.preprocess.resize`. Raises
    DataError where the disk is full.
    """
    return _prepared(dataset, _stored(dataset, size, root, progress, aspect))


def preparation(size: int, aspect: str) -> str:
    """A name that differs wherever the same file would come out with other pixels: a part of the key of what is computed of them."""
    return f"{size}-{aspect}-v{VERSION}"


def _stored(dataset: Dataset, size: int, root: Path, progress: Told, aspect: str) -> Stored:
    place = Place(root / FOLDER, _name(dataset, size, aspect), len(dataset), size)
    found = open_stored(place)
    if found is None:
        with _alone(place, progress):
            found = open_stored(place)  # by another process, meanwhile
            if found is None:
                _fill(place, _chunks(dataset, size, root, progress, aspect), progress)
                found = open_stored(place)
    return found


def _chunks(dataset: Dataset, size: int, root: Path, progress: Told, aspect: str) -> Callable[[list[int]], Iterator[Chunk]]:
    """What decodes the chunks of some numbers. Pictures that are drawn are drawn once for all sizes: it costs far more than resizing."""
    drawn = dataset.synthetic and (size, aspect) == (dataset.native_size, "squeeze")
    reader = dataset.reader
    if dataset.synthetic and not drawn:
        reader = _stored(dataset, dataset.native_size, root, progress, "squeeze").reader
    return lambda numbers: decoded(reader, numbers, len(dataset), size, aspect, drawn)


def _name(dataset: Dataset, size: int, aspect: str) -> str:
    strict = "" if getattr(dataset.reader, "four_channels", True) else "-3ch"  # refuses pictures that the fingerprint does not tell of
    return f"{dataset.fingerprint}{strict}-{preparation(size, aspect)}"


@contextmanager
def _alone(place: Place, progress: Told) -> Iterator[None]:
    """Let one process at a time decode; the others tell how far it is."""
    place.folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place.path("lock"))
    while not lock.is_locked:
        try:
            lock.acquire(timeout=_LOOK_SECONDS)
        except Timeout:
            progress(min(max(0, lines_of(place.path("journal")) - 1) * ROWS, place.rows), place.rows)
    try:
        yield
    finally:
        lock.release()


def _fill(place: Place, chunks_of: Callable[[list[int]], Iterator[Chunk]], progress: Told) -> None:
    _sweep(place.folder)
    draft = Draft(place)
    progress(draft.done, place.rows)
    with closing(chunks_of(draft.missing)) as chunks:
        for chunk in chunks:
            draft.put(chunk)
            progress(draft.done, place.rows)
    draft.publish()


def _sweep(folder: Path) -> None:
    """Delete drafts, most likely of data sets that are gone, and pixels of older versions, once nobody touched them for days."""
    for path in folder.iterdir():
        outdated = path.suffix in (".draft", ".journal") or not path.stem.endswith(f"-v{VERSION}")
        with suppress(FileNotFoundError):  # swept by another process at the same time
            if outdated and path.suffix != ".lock" and time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()


def _prepared(dataset: Dataset, stored: Stored) -> Prepared:
    if not stored.failed:
        return Prepared(dataset, stored.pixels, np.arange(len(dataset)), stored.facts)
    kept = np.setdiff1d(np.arange(len(dataset)), list(stored.failed))
    skipped = tuple(Skipped(str(dataset.image_ids[row]), reason, kind) for row, (reason, kind) in stored.failed.items())
    part = replace(dataset.select(kept), skipped=dataset.skipped + skipped)
    return Prepared(part, stored.pixels, kept, stored.facts.select(kept))
