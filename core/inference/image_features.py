"""What a network says of images before its last layer: computed once for a split of a data set, and kept with the features of training."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Protocol

import numpy as np

from core.data.cache.prepared import preparation, prepare
from core.data.dataset import Dataset
from core.errors import DataError
from core.parts import Image
from core.training.history import Monitor, Progress, Silence

Told = Callable[[int, int], None]


class FeatureSource(Protocol):
    """A classifier that tells the features it works with."""

    def features(self, pixels, key: tuple[str, ...] | None, monitor: Monitor) -> np.ndarray:
        """Float32 (n, F) of uint8 (n, H, W), kept where the images have a key."""


@dataclass(frozen=True, eq=False)
class ImageFeatures:
    """`image_ids` (n,) str, all different, and `values` float32 (n, F)."""

    image_ids: np.ndarray
    values: np.ndarray

    def row(self, image_id: str) -> int:
        """Where an image is. Raises DataError for one that is not there."""
        found = np.flatnonzero(self.image_ids == image_id)
        if not len(found):
            raise DataError(f"there are no features of {image_id[:80]!r}", "the image could not be read, or is not in this split")
        return int(found[0])


def features_of_split(
    source: FeatureSource, image: Image, dataset: Dataset, split: str, root: Path, progress: Told, most: int | None = None
) -> ImageFeatures:
    """The features of a split's images, prepared as `image` says, under the key that training keeps them by.

    Of more than `most` images a sample, always the same one. Raises DataError where no image of the split can be read.
    """
    prepared = prepare(dataset, image.image_size, root, progress, image.aspect)
    rows = prepared.dataset.rows(split)
    if not len(rows):
        raise DataError(f"{split} of {dataset.title} has no readable image", "at least one is needed", "Check the data set")
    key = (prepared.dataset.fingerprint, split, preparation(image.image_size, image.aspect))
    if most is not None and len(rows) > most:
        rows, key = np.sort(np.random.default_rng(0).choice(rows, most, replace=False)), (*key, f"{most} of {len(rows)}")
    return ImageFeatures(prepared.dataset.image_ids[rows], source.features(prepared.of(rows), key, _Listener(progress)))


def side_by_side(parts: list[ImageFeatures]) -> ImageFeatures:
    """The features of several networks of the images that all of them have, in the order of the first."""
    if len(parts) == 1:
        return parts[0]
    ids = reduce(lambda kept, part: kept[np.isin(kept, part.image_ids)], parts, parts[0].image_ids)
    return ImageFeatures(ids, np.concatenate([part.values[rows_of(part.image_ids, ids)] for part in parts], axis=1))


def rows_of(image_ids: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The place (m,) int of each of (m,) wanted ids among (n,) different ones that hold them all."""
    order = np.argsort(image_ids)
    return order[np.searchsorted(image_ids, wanted, sorter=order)]


class _Listener(Silence):
    """Passes on how many images are done."""

    def __init__(self, told: Told):
        self._told = told

    def progress(self, progress: Progress) -> None:
        self._told(progress.done, progress.total)
