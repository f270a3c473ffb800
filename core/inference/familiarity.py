"""How far a picture is from the images that a run learned from, told by how far those are from one another.

The distance of a picture is the mean of its Euclidean distances to the NEAREST training images, in the features that the run's last layer
or its head is given, each divided by its standard deviation over those images. For large data sets a sample of them stands for all. What
is kept of it lies in the store's cache and may be deleted: it is computed again.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np

from core.data import registry
from core.data.dataset import Dataset
from core.data.splits import groups_of
from core.disk import sync
from core.errors import DataError
from core.inference.image_features import ImageFeatures, rows_of
from core.inference.predictor import Predictor
from core.recipe import SVM, Forest, Logistic, Transfer
from core.runs.run import Run

FOLDER = "cache/familiarity"
NEAREST = 5
SAMPLE = 2000  # training images that are compared with; as many of val at most set the bound
FEWEST = 20  # training images
BOUND = 0.99  # of the training images, and of the validation images, lie nearer than the bound; the farther of the two is taken
_VERSION = 1
_AT_ONCE = 256  # rows that are compared at once

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Distance:
    """How far a picture is: `farther_than` is the share, 0..1, of training images that are nearer to their nearest ones."""

    value: float
    farther_than: float
    is_far: bool


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Training images of a run, and their own distances.

    `rows` float32 (m, F), scaled; `mean` and `scale` float32 (F,), where a feature that never changes has the scale 0; `usual` float32
    (m,): the distance of each to the nearest of other patients, rising; `bound`: pictures beyond it are warned of; `total`: images of
    train, of which m are these; `bound_images`: the images of val that the bound was chosen on too.
    """

    rows: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    usual: np.ndarray
    bound: float
    total: int
    bound_images: int

    def of(self, features: np.ndarray) -> list[Distance]:
        """The distance of each row of float32 (n, F)."""
        far = _mean_of_nearest(_scaled(features, self.mean, self.scale), self.rows, self._squares)
        below = np.searchsorted(self.usual, far) / len(self.usual)
        return [Distance(float(one), float(share), bool(one > self.bound)) for one, share in zip(far, below, strict=True)]

    @cached_property
    def _squares(self) -> np.ndarray:
        return _squares_of(self.rows)

    def words(self, distance: Distance, title: str) -> str:
        """One sentence on a picture's distance from the images that the run of this title learned from."""
        among = f"{len(self.rows):,} of the {self.total:,}" if len(self.rows) < self.total else f"{self.total:,}"
        share = f"than {100 * distance.farther_than:.3g} % of them are" if distance.farther_than < 1 else "than any of them is"
        return f"To {title}, the picture is farther from the training images ({among}) {share} from one another."


def kept_familiarity(predictor: Predictor, root: Path) -> Familiarity | None:
    """What was computed before, if it still lies in the store at `root`."""
    file = _file(predictor.run, root)
    if not file.exists():
        return None
    with np.load(file, allow_pickle=False) as stored:
        numbers = {name: stored[name] for name in stored.files}
    scalars = (float(numbers["bound"]), int(numbers["total"]), int(numbers["bound_images"]))
    return Familiarity(numbers["rows"], numbers["mean"], numbers["scale"], numbers["usual"], *scalars)


def familiarity(predictor: Predictor, root: Path, progress: Told = lambda done, total: None) -> Familiarity:
    """The same, computed now and kept if it was not: for that the training images are needed.

    Raises DataError where they are gone, have changed since, or are too few.
    """
    found = kept_familiarity(predictor, root)
    if found is None:
        found = _computed(predictor, _data_of(predictor, root), progress)
        _keep(found, _file(predictor.run, root))
    return found


def compare(train: ImageFeatures, patients: np.ndarray, val: np.ndarray, total: int) -> Familiarity:
    """From the features of training images, of `total` in all, whose patients are int (m,), and of validation images, float32 (v, F).

    Images of one patient are not compared with one another: they are more alike than images of two will ever be. Raises DataError
    where there are too few.
    """
    mean, spread = train.values.mean(axis=0, dtype=np.float64), train.values.std(axis=0, dtype=np.float64)
    scale = np.divide(1, spread, out=np.zeros_like(spread), where=spread > 0)
    mean, scale = mean.astype(np.float32), scale.astype(np.float32)
    rows = _scaled(train.values, mean, scale)
    squares = _squares_of(rows)
    usual = _mean_of_nearest(rows, rows, squares, patients)
    usual = np.sort(usual[np.isfinite(usual)])
    if len(usual) < FEWEST:
        raise DataError(f"{len(usual)} training images have others of other patients", f"at least {FEWEST} are needed to tell what is far")
    bounds = [np.quantile(usual, BOUND)]
    if len(val) >= FEWEST:
        bounds.append(np.quantile(_mean_of_nearest(_scaled(val, mean, scale), rows, squares), BOUND))
    return Familiarity(rows, mean, scale, usual, float(max(bounds)), total, len(val))


def _computed(predictor: Predictor, dataset: Dataset, progress: Told) -> Familiarity:
    train = _sample(predictor, dataset, "train", progress)
    has_val = len(dataset.rows("val")) >= FEWEST
    val = _sample(predictor, dataset, "val", progress).values if has_val else train.values[:0]
    return compare(train, _patients(dataset, train.image_ids), val, len(dataset.rows("train")))


def _sample(predictor: Predictor, dataset: Dataset, split: str, progress: Told) -> ImageFeatures:
    """Of at most SAMPLE images of a split. Where training kept the features of all they are read, not computed for some."""
    found = predictor.features_of(dataset, split, progress, None if features_are_kept(predictor.run) else SAMPLE)
    if len(found.image_ids) <= SAMPLE:
        return found
    rows = np.sort(np.random.default_rng(0).choice(len(found.image_ids), SAMPLE, replace=False))
    return ImageFeatures(found.image_ids[rows], found.values[rows])


def is_quick(run: Run, root: Path) -> bool:
    """Whether the familiarity of a run is kept, or takes seconds, not minutes."""
    return _file(run, root).exists() or features_are_kept(run)


def features_are_kept(run: Run) -> bool:
    """Whether training computed the features of all images, so that they need not be computed now."""
    model = run.recipe.model
    return model.trainable == "head" if isinstance(model, Transfer) else isinstance(model, SVM | Forest | Logistic)


def _patients(dataset: Dataset, image_ids: np.ndarray) -> np.ndarray:
    """A number for the patient of each image; where patients are not known each image counts as one."""
    return groups_of(dataset.patients, None, len(dataset))[rows_of(dataset.image_ids, image_ids)]


def _scaled(features: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return ((features - mean) * scale).astype(np.float32)


def _squares_of(rows: np.ndarray) -> np.ndarray:
    """Float32 (m,): the square of the length of each."""
    return np.einsum("mf,mf->m", rows, rows)


def _mean_of_nearest(queries: np.ndarray, rows: np.ndarray, squares: np.ndarray, patients: np.ndarray | None = None) -> np.ndarray:
    """Float32 (n,), from the rows and their `squares`.

    With the patients of the rows, the queries are those rows, and none is compared with its own patient's.
    """
    parts = [slice(start, start + _AT_ONCE) for start in range(0, len(queries), _AT_ONCE)]
    return np.concatenate([_of_part(queries[part], rows, squares, patients, part) for part in parts] or [np.zeros(0, np.float32)])


def _of_part(queries: np.ndarray, rows: np.ndarray, squares: np.ndarray, patients: np.ndarray | None, part: slice) -> np.ndarray:
    squared = np.maximum(_squares_of(queries)[:, None] + squares - 2 * queries @ rows.T, 0)
    if patients is not None:
        squared[patients[part][:, None] == patients] = np.inf
    count = min(NEAREST, len(rows))
    return np.sqrt(np.partition(squared, count - 1, axis=1)[:, :count]).mean(axis=1)


def _data_of(predictor: Predictor, root: Path) -> Dataset:
    """The data set that the run was trained on. Raises DataError where it is not here as it was."""
    data = predictor.run.data
    dataset = registry.load(data.source, root)
    if dataset.fingerprint != data.fingerprint:
        raise DataError(f"{data.title} has changed since this run was trained", "distances need its training images", "Train the run again")
    return dataset


def _file(run: Run, root: Path) -> Path:
    name = repr((_VERSION, run.run_id, run.created, run.data.fingerprint))
    return root / FOLDER / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.npz"


def _keep(found: Familiarity, file: Path) -> None:
    """Whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}.draft")
    with draft.open("wb") as stream:
        np.savez(stream, **{one.name: getattr(found, one.name) for one in fields(found)}, allow_pickle=False)
    sync(draft)
    draft.replace(file)
