"""Pixels decoded once: one memory-mapped uint8 file per data set and image size, shared by all runs."""

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from filelock import FileLock

from core.data.dataset import ArrayReader, Dataset, Skipped
from core.errors import ImageError
from core.images.preprocess import resize

FOLDER = "cache/pixels"
_CHUNK = 128


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set whose every image could be decoded, and its pixels.

    `pixels` is a memory map, uint8 (m, size, size); `index` (n,) tells which of its rows belongs to each row of the data set.
    """

    dataset: Dataset
    pixels: np.ndarray
    index: np.ndarray

    def of(self, rows: np.ndarray) -> np.ndarray:
        """The pixels of some rows, in memory, uint8 (len(rows), size, size)."""
        return self.pixels[self.index[rows]]


def prepare(dataset: Dataset, size: int, root: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Prepared:
    """The data set less its unreadable images, and its pixels at a size; decoded now if it was not before.

    `progress(done, total)` is called as images are decoded; what it raises stops the work and leaves nothing behind.
    """
    file = root / FOLDER / f"{dataset.fingerprint}-{size}.npy"
    file.parent.mkdir(parents=True, exist_ok=True)
    note = file.with_suffix(".json")
    if not note.exists():
        with FileLock(file.with_suffix(".lock")):
            if not note.exists():
                _fill(_drawn_once(dataset, size, root, progress), size, file, note, progress)
    return _open(dataset, file, json.loads(note.read_text())["failed"])


def _open(dataset: Dataset, file: Path, failed: dict[str, str]) -> Prepared:
    pixels = np.load(file, mmap_mode="r", allow_pickle=False)
    if not failed:
        return Prepared(dataset, pixels, np.arange(len(dataset)))
    kept = np.setdiff1d(np.arange(len(dataset)), [int(row) for row in failed])
    skipped = tuple(Skipped(str(dataset.image_ids[int(row)]), reason) for row, reason in failed.items())
    return Prepared(replace(dataset.select(kept), skipped=dataset.skipped + skipped), pixels, kept)


def _drawn_once(dataset: Dataset, size: int, root: Path, progress: Callable[[int, int], None]) -> Dataset:
    """A made data set with its pictures as they were drawn first, since drawing costs far more than resizing."""
    if not dataset.synthetic or size == dataset.native_size:
        return dataset
    return replace(dataset, reader=ArrayReader(prepare(dataset, dataset.native_size, root, progress).pixels))


def _fill(dataset: Dataset, size: int, file: Path, note: Path, progress: Callable[[int, int], None]) -> None:
    draft = file.with_suffix(".draft")
    failed = {}
    try:
        pixels = np.lib.format.open_memmap(draft, mode="w+", dtype=np.uint8, shape=(len(dataset), size, size))
        for row, found in _decoded(dataset, size, progress):
            if isinstance(found, ImageError):
                failed[str(row)] = str(found)
            else:
                pixels[row] = found
        pixels.flush()
        del pixels
        _publish(draft, file)
    finally:
        draft.unlink(missing_ok=True)
    draft.write_text(json.dumps({"failed": failed}))
    _publish(draft, note)


def _decoded(dataset: Dataset, size: int, progress: Callable[[int, int], None]) -> Iterator[tuple[int, np.ndarray | ImageError]]:
    def decode(row: int) -> np.ndarray | ImageError:
        try:
            return resize(dataset.reader.read(row), size)
        except ImageError as error:
            return error

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for start in range(0, len(dataset), _CHUNK):
            progress(start, len(dataset))
            rows = range(start, min(start + _CHUNK, len(dataset)))
            yield from zip(rows, pool.map(decode, rows), strict=True)
    progress(len(dataset), len(dataset))


def _publish(draft: Path, file: Path) -> None:
    with draft.open("rb") as stream:
        os.fsync(stream.fileno())
    draft.replace(file)
