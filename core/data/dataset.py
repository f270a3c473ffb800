"""A data set: images in rows, their labels, splits and patients, and a way to read the pixels of one row.

It holds no pixels itself; `core.data.cache.prepared` decodes them once.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from core.errors import DataError
from core.images.decoded import Decoded

SPLITS = ("train", "val", "test")
UNLABELLED = "unlabelled"  # a split of images whose truth nobody told: scored on request, never trained or tested on


class Reader(Protocol):
    """Where the pixels of each row come from. A reader can be pickled, so that other processes can read."""

    def read(self, index: int) -> np.ndarray:
        """The grey pixels of a row in full, uint8 (H, W). Raises ImageError where they cannot be read."""

    def decoded(self, index: int, side: int | None = None) -> Decoded:
        """The picture of a row with what is known of it; `side` as in `core.images.decode.decode`. Raises ImageError.

        A reader of pixels that are no files inherits this.
        """
        return Decoded(self.read(index), "array", "L")

    def select(self, rows: np.ndarray) -> "Reader":
        """A reader of these rows only, in this order."""


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why. `kind` gathers those left out for the same cause.

    Rows of a table that are left out for one cause are one of these, `names` being what they name.
    """

    file: str
    reason: str
    kind: str = "not used"
    names: tuple[str, ...] = ()

    @classmethod
    def many(cls, table: str, what: str, names: Iterable[str], reason: str, kind: str) -> "Skipped":
        """Several rows of a table, left out for one cause: "Data_Entry_2017.csv: 111,499 rows"."""
        names = tuple(map(str, names))
        return cls(f"{table}: {len(names):,} {what}{'s' if len(names) > 1 else ''}", reason, kind, names)

    @property
    def files(self) -> tuple[str, ...]:
        """All that this line stands for."""
        return self.names or (self.file,)


@dataclass(frozen=True)
class Box:
    """Where a finding lies: the upper left corner and the sides, as shares of the image's width and height, 0..1."""

    label: str
    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images of one source, row by row.

    Parameters
    ----------
    name : short and unique ("phantom"); title : for people.
    source : what to give `load` to get this data set again: a name or an absolute path.
    task : "binary", "multiclass" or "multilabel".
    classes : all class names, for people. labels : the names of the columns of `y`; for a binary task the positive class alone.
    image_ids, splits : (n,) str; a split is one of SPLITS, or UNLABELLED. y : (n, L) uint8, 0 or 1; rows of UNLABELLED hold zeros
        that mean nothing. patients : (n,) str, "" where unknown, or None where nobody knows.
    content_hashes : (n,) str, equal for byte-equal images; None where images are made.
    native_size : the usual shorter side of an image as it comes, in pixels.
    split_rule : how the splits came about, in words.
    metadata : what else is known of each image, by name ("age", "sex", "view", "hospital"): (n,) float with nan, or str with "".
    boxes : image id -> where its findings lie, for the images where somebody drew it.
    """

    name: str
    title: str
    source: str
    task: str
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    image_ids: np.ndarray
    splits: np.ndarray
    y: np.ndarray
    patients: np.ndarray | None
    reader: Reader
    native_size: int
    split_rule: str
    licence: str = ""
    synthetic: bool = False
    content_hashes: np.ndarray | None = None
    skipped: tuple[Skipped, ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, np.ndarray] = field(default_factory=dict)
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)

    def __post_init__(self):
        if not len(self.image_ids):
            raise DataError(f"{self.title} has no readable image", "at least one is needed")

    def __len__(self) -> int:
        return len(self.image_ids)

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that change with any image, label or split."""
        digest = hashlib.sha256(repr((self.task, self.labels, sorted(self.origin.items()))).encode())
        for column in (self.image_ids, self.splits, self.content_hashes):
            digest.update(b"-" if column is None else "\0".join(column.tolist()).encode())
        digest.update(np.ascontiguousarray(self.y).tobytes())
        return digest.hexdigest()[:16]

    def rows(self, split: str) -> np.ndarray:
        """The row numbers of a split, (n_split,) int."""
        return np.flatnonzero(self.splits == split)

    @property
    def unlabelled(self) -> np.ndarray:
        """The rows whose truth nobody told, (n_unlabelled,) int."""
        return self.rows(UNLABELLED)

    def select(self, rows: np.ndarray) -> "Dataset":
        """The data set of these rows only, in this order."""
        columns = {name: _take(getattr(self, name), rows) for name in ("image_ids", "splits", "y", "patients", "content_hashes")}
        metadata = {name: column[rows] for name, column in self.metadata.items()}
        return replace(self, **columns, metadata=metadata, reader=self.reader.select(rows))

    def class_index(self) -> np.ndarray:
        """The index into `classes` of each row, (n,) int; for single-label tasks only."""
        return self.y[:, 0].astype(int) if self.task == "binary" else self.y.argmax(axis=1)

    def counts(self) -> dict[str, dict]:
        """Images per split, in all and per class: `{split: {images, per_class}}`."""
        return {split: self._counts_of(self.y[self.splits == split]) for split in SPLITS if (self.splits == split).any()}

    def _counts_of(self, y: np.ndarray) -> dict:
        if self.task == "binary":
            per_class = dict(zip(self.classes, (int((y[:, 0] == 0).sum()), int(y[:, 0].sum())), strict=True))
        else:
            per_class = dict(zip(self.labels, y.sum(axis=0).tolist(), strict=True))
        return {"images": len(y), "per_class": per_class}


@dataclass(frozen=True, eq=False)
class ArrayReader(Reader):
    """A reader of images that are in memory already, uint8 (n, H, W)."""

    pixels: np.ndarray

    def read(self, index: int) -> np.ndarray:
        return self.pixels[index]

    def select(self, rows: np.ndarray) -> "ArrayReader":
        return ArrayReader(self.pixels[rows])


def _take(column: np.ndarray | None, rows: np.ndarray) -> np.ndarray | None:
    return None if column is None else column[rows]
