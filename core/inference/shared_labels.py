"""Which labels a run and another data set have in common, and what is true of its images in the run's words.

Names are the same where they differ in case, blanks and marks only. Both classes of a binary data set have a name, so a run that calls
PNEUMONIA can be scored on data that calls NORMAL.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.data.dataset import Dataset
from core.errors import DataError
from core.published.published import class_key
from core.runs.run import DataRecord

Key = Callable[[str], str]


@dataclass(frozen=True, eq=False)
class SharedLabels:
    """`columns` (l,) are the run's labels that are shared, by their place; `rows` (m,) the images whose truth is known in the run's words,
    `y` uint8 (m, l) that truth. `task` is what the run's scores of these labels make. `left_out` counts the other images by the reason.
    """

    task: str
    columns: np.ndarray
    rows: np.ndarray
    y: np.ndarray
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CommonLabel:
    """A label as the first that has it writes it, and as each one that has it does, by their names."""

    label: str
    own: Mapping[str, str]


def common_labels(labels: Mapping[str, Collection[str]]) -> list[CommonLabel]:
    """All labels of several runs, given by their names; one that is written in several ways is there once."""
    key, found = _key_of(labels.values()), {}
    for name, one in labels.items():
        for label in one:
            found.setdefault(key(label), {})[name] = label
    return [CommonLabel(next(iter(own.values())), own) for own in found.values()]


def shared_labels(trained: DataRecord, dataset: Dataset) -> SharedLabels:
    """What a run that was trained on `trained` can be asked about a data set.

    A run that tells several classes apart is asked about the images of exactly one of them; one that tells two, about images of these
    two, or of any where the images have several labels each. Raises DataError where no label is shared, or no image left.
    """
    key = _key(trained, dataset)
    truths, ours = _truths(dataset, key), [key(label) for label in trained.labels]
    columns = np.array([number for number, name in enumerate(ours) if name in truths], int)
    if not len(columns):
        raise DataError(
            f"{dataset.title} has {', '.join(dataset.classes)}",
            f"the run tells {', '.join(trained.labels)}",
            "Choose a data set with at least one label of the same name",
        )
    nothing = np.zeros(len(dataset), np.uint8)
    if trained.task == "multiclass":
        task, columns = "multiclass", np.arange(len(ours))
    else:
        task = "binary" if len(columns) == 1 else "multilabel"
    y = np.stack([truths.get(ours[column], nothing) for column in columns], axis=1)
    return _kept(task, columns, y, _known(trained, dataset, y, key), dataset)


def _key(trained: DataRecord, dataset: Dataset) -> Key:
    return _key_of((trained.labels, trained.classes, dataset.labels, dataset.classes))


def _key_of(sides: Iterable[Collection[str]]) -> Key:
    """By what names are compared: all of them as they are, where they differ in marks alone on one side ("A+" and "A-")."""
    is_clear = all(len({class_key(name) for name in names}) == len(names) and all(map(class_key, names)) for names in sides)
    return class_key if is_clear else str


def _known(trained: DataRecord, dataset: Dataset, y: np.ndarray, key: Key) -> np.ndarray:
    """The images whose truth the run can say, (n,) bool."""
    if trained.task == "multiclass":
        return y.sum(axis=1) == 1
    if trained.task == "binary" and dataset.task == "multiclass":
        ours = {key(name) for name in trained.classes}
        return np.array([key(name) in ours for name in dataset.classes])[dataset.class_index()]
    return np.ones(len(dataset), bool)


def _kept(task: str, columns: np.ndarray, y: np.ndarray, known: np.ndarray, dataset: Dataset) -> SharedLabels:
    if not known.any():
        raise DataError(f"no image of {dataset.title} is of the classes that the run tells apart", "", "Choose another data set")
    rows = np.flatnonzero(known)
    foreign = int((~known).sum())
    left_out = {"they are of none, or of several, of the classes that the run tells apart": foreign} if foreign else {}
    return SharedLabels(task, columns, rows, y[rows], left_out)


def _truths(dataset: Dataset, key: Key) -> dict[str, np.ndarray]:
    """Whether each image has a label, (n,) uint8, by the keys of the labels; in binary data both classes are labels."""
    if dataset.task == "binary":
        return dict(zip(map(key, dataset.classes), (1 - dataset.y[:, 0], dataset.y[:, 0]), strict=True))
    return dict(zip(map(key, dataset.labels), dataset.y.T, strict=True))
