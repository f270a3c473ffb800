"""What every layout of picture files ends in: files with labels, and from these a data set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.data.dataset import SPLITS, UNLABELLED, Box, Dataset, Skipped
from core.data.file_reader import FileReader
from core.data.layouts.file_hashes import content_hashes
from core.errors import ImageError
from core.images import decode

ORDER = (*SPLITS, UNLABELLED)
NEGATIVE = ("normal", "no finding", "no_finding", "negative", "healthy", "control", "none", "0", "no")
_TRIED = 20  # pictures looked at for the native size
_USUAL_SIZE = 224  # px, where none of them can be read


@dataclass(frozen=True, eq=False)
class LabelledFiles:
    """The files that a layout names, row by row, and what it says of them.

    `names` are paths relative to `root`; `splits`, `y`, `patients`, `metadata` and `boxes` are as in Dataset (boxes by name).
    `split_rule` and `layout` are for people; `skipped` is what was left out.
    """

    root: Path
    names: tuple[str, ...]
    splits: np.ndarray
    task: str
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    y: np.ndarray
    patients: np.ndarray | None
    split_rule: str
    layout: str
    skipped: tuple[Skipped, ...] = ()
    metadata: Mapping[str, np.ndarray] = field(default_factory=dict)
    boxes: Mapping[str, tuple[Box, ...]] = field(default_factory=dict)
    title: str = ""
    licence: str = ""

    def dataset(self, four_channels: bool, store: Path) -> Dataset:
        """The data set of these files, split by split; hashes of their contents are remembered in the store."""
        order = self._order()
        names = tuple(self.names[row] for row in order)
        origin = {"layout": self.layout} | ({} if four_channels else {"four channels": "left out"})
        return Dataset(
            name=self.root.name, title=self.title or self.root.name, source=str(self.root),
            task=self.task, classes=self.classes, labels=self.labels,
            image_ids=np.array(names), splits=self.splits[order], y=self.y[order].astype(np.uint8),
            patients=None if self.patients is None else self.patients[order],
            reader=FileReader(tuple(self.root / name for name in names), four_channels),
            native_size=_native_size(self.root, names), split_rule=self.split_rule, licence=self.licence,
            content_hashes=content_hashes(self.root, names, store), skipped=self.skipped, origin=origin,
            metadata={name: column[order] for name, column in self.metadata.items()}, boxes=self.boxes,
        )  # fmt: skip

    def _order(self) -> np.ndarray:
        """Rows by split, then by name."""
        rank = np.array([ORDER.index(split) for split in self.splits.tolist()], int)
        return np.lexsort((np.array(self.names), rank)) if len(self.names) else rank


def order_classes(names: set[str]) -> tuple[str, ...]:
    """Class names in the order of their indices: a name that means healthy first, the others by alphabet."""
    return tuple(sorted(names, key=lambda name: (name.lower().strip() not in NEGATIVE, name.lower(), name)))


def one_hot(index: np.ndarray, classes: int) -> np.ndarray:
    """Class numbers (n,) as the `y` of a single-label task: (n, 1) for two classes, else (n, classes); uint8."""
    return (index[:, None] if classes == 2 else np.eye(classes)[index]).astype(np.uint8)


def _native_size(root: Path, names: tuple[str, ...]) -> int:
    """The shorter side of the first picture that can be read."""
    for name in names[:_TRIED]:
        try:
            return min(decode.read(root / name).pixels.shape)
        except ImageError:
            continue
    return _USUAL_SIZE
