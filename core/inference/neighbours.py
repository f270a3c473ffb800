"""The training images that are nearest to an image in the feature space of a run."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Dataset
from core.errors import DataError
from core.images.decoded import Decoded
from core.inference.image_features import ImageFeatures
from core.inference.predictor import Predictor

DISTANCE = "Euclidean distance of features, each divided by its standard deviation over the training images"
_AT_ONCE = 4096  # rows that are compared at once


@dataclass(frozen=True)
class Neighbour:
    """A training image and how far it is."""

    image_id: str
    distance: float


def neighbours(
    predictor: Predictor, dataset: Dataset, image_id: str, count: int, progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Neighbour]:
    """The `count` training images of a run's data set nearest to one of its images, the nearest first, the image itself left out.

    Features of the whole split are computed at the first call, and kept. Raises DataError where the image is not in the data set or
    cannot be read.
    """
    rows = np.flatnonzero(dataset.image_ids == image_id)
    if not len(rows):
        raise DataError(f"{dataset.title} has no image {image_id[:80]!r}", "", "Choose one of the list")
    train = predictor.features_of(dataset, "train", progress)
    seen = predictor.features_of(dataset, str(dataset.splits[rows[0]]), progress)
    return [one for one in _near(train, seen.values[seen.row(image_id)], count + 1) if one.image_id != image_id][:count]


def neighbours_of_picture(
    predictor: Predictor, dataset: Dataset, picture: Decoded, count: int, progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Neighbour]:
    """The same for any picture. Raises ImageError where the run cannot prepare it."""
    return _near(predictor.features_of(dataset, "train", progress), predictor.features_of_picture(picture), count)


def _near(train: ImageFeatures, query: np.ndarray, count: int) -> list[Neighbour]:
    found, distances = nearest(train.values, query, count)
    return [Neighbour(str(train.image_ids[row]), float(far)) for row, far in zip(found, distances, strict=True)]


def nearest(features: np.ndarray, query: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows of features, (n, F), nearest to a query, (F,), exactly: (k,) int and their distances, (k,) float64, rising.

    Features are divided by their standard deviation over the n rows; one that never changes is left out. k is `count`, or n if that is
    less. Of equals the first row comes first.
    """
    spread = _spread(features)
    changing = np.flatnonzero(spread > 0)
    weights, point = 1 / spread[changing], query[changing].astype(np.float64)
    squared = np.concatenate([np.square((part[:, changing] - point) * weights).sum(axis=1) for part in _parts(features)])
    rows = np.argsort(squared, kind="stable")[:count]
    return rows, np.sqrt(squared[rows])


def _spread(features: np.ndarray) -> np.ndarray:
    """The standard deviation of each feature, (F,) float64, without a copy of all features."""
    mean = features.mean(axis=0, dtype=np.float64)
    return np.sqrt(sum(np.square(part - mean).sum(axis=0) for part in _parts(features)) / len(features))


def _parts(features: np.ndarray) -> list[np.ndarray]:
    return [features[start : start + _AT_ONCE] for start in range(0, len(features), _AT_ONCE)]
