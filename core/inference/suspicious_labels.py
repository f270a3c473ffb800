"""Training images whose label is suspicious: a judge that did not see the label says otherwise, and is sure of it.

The judge is a logistic regression on features that no label of the data set has shaped: those of a network that was trained on other
pictures. It is fitted on two thirds of the training images and judges the rest, in folds that part no patient. What counts as sure says
`core.evaluation.confident_learning`. Trained runs have seen the labels that they are asked about, so their word stands beside it: where
they say otherwise all the same, it counts.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from typing import TextIO

import numpy as np

from core.data import splits
from core.data.dataset import Dataset
from core.errors import DataError
from core.evaluation.confident_learning import suspects
from core.evaluation.decisions import decisions
from core.inference.image_features import ImageFeatures, Told, features_of_split, rows_of
from core.inference.predictor import Predictor
from core.recipe import CLASSICAL_FAMILIES, Recipe, build, fitting_image_size
from core.runs.run import Run
from core.runs.store import Store

SPLIT = "train"
_JUDGE = {"C": 0.001}
_FARTHEST = 3.0  # standard deviations; without it one odd feature of one image outweighs all others
_VERSION = "1"  # raised when the same features and labels would be judged otherwise


@dataclass(frozen=True)
class Suspect:
    """A training image whose label is suspicious.

    `label` is the label that is doubted, of a multi-class task "class"; `given` and `suggested` are what it is and what the judge says.
    `score` is the judge's for what is given, `margin` that less its highest for anything else, -1 to 1. `against` of `asked` trained
    runs decide otherwise than the label.
    """

    image_id: str
    label: str
    given: str
    suggested: str
    score: float
    margin: float
    against: int
    asked: int

    def as_dict(self) -> dict:
        return asdict(self)


HEAD = tuple(field.name for field in fields(Suspect))


@dataclass(frozen=True)
class Suspicion:
    """What was found, the most suspicious first: `images` were judged by `judge`, in words."""

    found: tuple[Suspect, ...]
    images: int
    judge: str


def suspicious_labels(
    store: Store, run: Run, asked: Sequence[Run], dataset: Dataset, progress: Told = lambda done, total: None
) -> Suspicion:
    """The suspicious labels of the training images of `dataset`, that of `run`; `asked` are runs whose decisions stand beside.

    The features of `run` are taken where no label of the data set shaped them, else those of the network that support vector machines
    take by default. Features and judgements are kept. Raises DataError where a class has too few patients to be judged.
    """
    features, judge = _features(store, run, dataset, progress)
    part = rows_of(dataset.image_ids, features.image_ids)
    y, groups = dataset.y[part], splits.groups_of(dataset.patients, dataset.content_hashes, len(dataset))[part]
    scores = _kept(store, features.values, y, groups, dataset.task)
    against, voices = _against(store, asked, dataset, features.image_ids)
    found = sorted(_suspects(dataset, features.image_ids, y, scores, against, voices), key=lambda one: one.margin)
    return Suspicion(tuple(found), len(y), judge)


def out_of_fold(features: np.ndarray, y: np.ndarray, groups: np.ndarray, task: str, seed: int = 0) -> np.ndarray:
    """The judge's score of each image for each label, (n, L) float32, from a fit that saw neither the image nor its patient.

    `features` float32 (n, F); `y` uint8 (n, L); `groups` (n,) int. Raises DataError where a class has too few patients for folds.
    """
    from core.models.heads import Table, fit_head, head_scores

    recipe, features = build("logistic", _JUDGE), _standardised(features)
    folds = Table(features, y, groups, task).folds(seed)
    if folds is None:
        raise DataError("a class has too few patients in train to judge its labels", "three in each class are needed")
    found = np.zeros(y.shape, np.float32)
    for kept, held in folds:
        fitted = fit_head(recipe, Table(features[kept], y[kept], groups[kept], task))
        found[held] = head_scores(fitted.head, features[held], task)
    return found


def _standardised(features: np.ndarray) -> np.ndarray:
    """Features less their mean, in standard deviations, cut off at the farthest: float32 (n, F)."""
    spread = features.std(axis=0, dtype=np.float64)
    scaled = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1).astype(np.float32)
    return scaled.clip(-_FARTHEST, _FARTHEST)


def write_csv(suspicion: Suspicion, stream: TextIO) -> int:
    """All suspects as csv with a head; how many there were."""
    writer = csv.writer(stream)
    writer.writerow(HEAD)
    writer.writerows(one.as_dict().values() for one in suspicion.found)
    return len(suspicion.found)


def _features(store: Store, run: Run, dataset: Dataset, progress: Told) -> tuple[ImageFeatures, str]:
    """Features that no label of the data set shaped, and in words whose they are."""
    if run.has_weights and _never_saw_labels(run.recipe):
        return Predictor(store, run).features_of(dataset, SPLIT, progress), f"features of {run.description}"
    from core.models.registry import build_classifier

    recipe = build("svm", {"image_size": fitting_image_size("svm", dataset.native_size)})
    source = build_classifier(recipe, dataset.task, len(dataset.labels), store.root)
    found = features_of_split(source, recipe.image, dataset, SPLIT, store.root, progress)
    return found, f"features of {recipe.model.features}, trained on other pictures"


def _never_saw_labels(recipe: Recipe) -> bool:
    if recipe.family in CLASSICAL_FAMILIES:
        return recipe.base_run is None
    return recipe.family == "transfer" and recipe.model.trainable == "head"


def _kept(store: Store, features: np.ndarray, y: np.ndarray, groups: np.ndarray, task: str) -> np.ndarray:
    from core.training.features import FeatureCache

    seen = [f"{array.dtype} {array.shape} {sha256(np.ascontiguousarray(array)).hexdigest()}" for array in (features, y, groups)]
    return FeatureCache(store.root).get(("out of fold", _VERSION, task, *seen), lambda: out_of_fold(features, y, groups, task))


def _against(store: Store, asked: Iterable[Run], dataset: Dataset, image_ids: np.ndarray) -> tuple[np.ndarray, int]:
    """How many runs decide otherwise than each label, (n, L) int, and how many were asked."""
    found, voices = np.zeros((len(image_ids), len(dataset.labels)), int), 0
    for run in asked:
        if run.data.fingerprint != dataset.fingerprint or SPLIT not in run.data.images:
            continue
        said = store.predictions(run, SPLIT)
        if set(said.image_ids.tolist()) == set(image_ids.tolist()):
            otherwise = decisions(said, run.operating_point.thresholds) != said.y_true
            found += otherwise[rows_of(said.image_ids, image_ids)]
            voices += 1
    return found, voices


def _suspects(dataset: Dataset, ids: np.ndarray, y: np.ndarray, scores: np.ndarray, against: np.ndarray, voices: int) -> Iterator[Suspect]:
    for label, names, given, shares, others in _questions(dataset, y, scores, against):
        found = suspects(given, shares)
        for row, other, margin in zip(found.rows.tolist(), found.suggested.tolist(), found.margins.tolist(), strict=True):
            yield Suspect(str(ids[row]), label, names[given[row]], names[other], float(shares[row, given[row]]), margin,
                          int(others[row]), voices)  # fmt: skip


def _questions(dataset: Dataset, y: np.ndarray, scores: np.ndarray, against: np.ndarray) -> Iterator[tuple]:
    """What is asked of each image: the label in question, names of the answers, the given one (n,), scores (n, k), runs against (n,)."""
    if dataset.task == "multiclass":
        given = y.argmax(axis=1)
        yield "class", dataset.labels, given, scores, against[np.arange(len(y)), given]
        return
    for column, label in enumerate(dataset.labels):
        names = dataset.classes if dataset.task == "binary" else (f"no {label}", label)
        shares = np.stack([1 - scores[:, column], scores[:, column]], axis=1)
        yield label, names, y[:, column].astype(int), shares, against[:, column]
