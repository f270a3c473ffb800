"""The scores of one run on one split, row by row, beside the true labels. All other modules of this room work on them.

Predictions are checked when they are made and trusted afterwards. They know no threshold: that belongs to an operating point.
"""

import csv
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from core.errors import EvaluationError

TASKS = ("binary", "multiclass", "multilabel")
SPLITS = ("train", "val", "test")
SUM_TOLERANCE = 1e-3  # softmax in float16 is off by up to 5e-4
_GROUP = "group:"  # before the name of a column of groups in the file


@dataclass(frozen=True, eq=False)
class Predictions:
    """Scores and true labels of n images for L labels.

    Parameters
    ----------
    task : "binary" (one label, the positive class), "multiclass" (each image has one of L classes), "multilabel" (any of L findings).
    split : "train", "val" or "test".
    labels : L names, all different.
    image_ids : (n,) str, all different.
    patients : (n,) str, or None where the data set does not know them; an image whose patient alone is not known, "", counts as one
        patient by itself.
    y_true : (n, L) uint8, 0 or 1; one 1 per row for multiclass.
    y_score : (n, L) float32, 0..1; rows add up to 1 for multiclass.
    groups : the subgroup of each image by name ("sex", "age"), (n,) str, "" where it is not known.

    Other dtypes are converted. Raises EvaluationError when anything of this does not hold.
    """

    task: str
    split: str
    labels: tuple[str, ...]
    image_ids: np.ndarray
    patients: np.ndarray | None
    y_true: np.ndarray
    y_score: np.ndarray
    groups: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        _check_names(self)
        self._set("labels", tuple(str(label) for label in self.labels))
        self._set("image_ids", np.asarray(self.image_ids).astype(str, copy=False))
        self._set("patients", each_known(self.patients, self.image_ids))
        self._set("groups", {str(name): np.asarray(column).astype(str, copy=False) for name, column in self.groups.items()})
        _check_shapes(self)
        self._set("y_true", _zero_or_one(self.y_true))
        self._set("y_score", _scores(self.y_score))
        if self.task == "multiclass":
            _check_distribution(self)

    def _set(self, field: str, value):
        object.__setattr__(self, field, value)

    @property
    def n(self) -> int:
        """How many images."""
        return len(self.image_ids)

    @cached_property
    def has_repeated_patients(self) -> bool:
        """True where some patient is known to have several images: then images are not independent of each other."""
        return self.patients is not None and len(set(self.patients.tolist())) < self.n

    @cached_property
    def units(self) -> np.ndarray:
        """(n,) number, in the order of their names, of what each image is drawn with: its patient where known, or itself."""
        return np.unique(self.image_ids if self.patients is None else self.patients, return_inverse=True)[1]

    @property
    def known_patients(self) -> np.ndarray | None:
        """(n,) str, "" where the patient is not known; None where no patient is."""
        return None if self.patients is None else np.where(self.patients == _units_of(self.image_ids), "", self.patients)

    @cached_property
    def _alone(self) -> dict[str, "Predictions"]:
        return {}

    def label_index(self, label: str) -> int:
        """The column of a label. Raises EvaluationError for a label that is not there."""
        if label not in self.labels:
            raise EvaluationError(f"there is no label {str(label)[:60]!r}", f"the labels are {', '.join(self.labels)}")
        return self.labels.index(label)

    def column(self, label: str) -> tuple[np.ndarray, np.ndarray]:
        """(y_true, y_score) of one label: (n,) uint8 and (n,) float32."""
        index = self.label_index(label)
        return self.y_true[:, index], self.y_score[:, index]

    def of_label(self, label: str) -> "Predictions":
        """One label against the rest, as a binary task of the same images. Asked again it is the same object."""
        if label not in self._alone:
            y_true, y_score = self.column(label)
            self._alone[label] = replace(self, task="binary", labels=(label,), y_true=y_true[:, None], y_score=y_score[:, None])
        return self._alone[label]

    def select(self, rows: np.ndarray) -> "Predictions":
        """Some images, by (m,) indices or (n,) bool, in that order. Raises EvaluationError where none is left."""
        patients = None if self.patients is None else self.patients[rows]
        groups = {name: column[rows] for name, column in self.groups.items()}
        arrays = {"image_ids": self.image_ids[rows], "y_true": self.y_true[rows], "y_score": self.y_score[rows]}
        return replace(self, **arrays, patients=patients, groups=groups)

    def save(self, path: Path | str):
        """Write a .npz file without pickled objects. A file that is already there is replaced."""
        known = {} if self.patients is None else {"patients": self.patients}
        with Path(path).open("wb") as file:
            np.savez(
                file,
                task=np.array(self.task),
                split=np.array(self.split),
                labels=np.array(self.labels),
                image_ids=self.image_ids,
                y_true=self.y_true,
                y_score=self.y_score,
                **known,
                **{f"{_GROUP}{name}": column for name, column in self.groups.items()},
            )

    @classmethod
    def load(cls, path: Path | str) -> "Predictions":
        """Read what `save` wrote. Nothing is unpickled. Raises EvaluationError for a file that is missing or something else."""
        arrays = _read_arrays(Path(path))
        try:
            return cls(
                task=str(arrays["task"]),
                split=str(arrays["split"]),
                labels=tuple(arrays["labels"].tolist()),
                image_ids=arrays["image_ids"],
                patients=arrays.get("patients"),
                y_true=arrays["y_true"],
                y_score=arrays["y_score"],
                groups={name.removeprefix(_GROUP): column for name, column in arrays.items() if name.startswith(_GROUP)},
            )
        except KeyError as missing:
            raise EvaluationError(f"{Path(path).name} has no {missing.args[0]}", "it is no file of predictions") from missing

    def to_csv_rows(self) -> Iterator[list[str]]:
        """A header, then one row per image: id, split, patient (where known), true:<label>..., score:<label>...,
        and the groups by their names.

        Scores have the fewest digits that give the same float32 when read again.
        """
        known = [] if self.known_patients is None else [self.known_patients]
        header = ["id", "split", *(["patient"] if known else [])]
        yield [*header, *(f"true:{label}" for label in self.labels), *(f"score:{label}" for label in self.labels), *self.groups]
        numbers = [*self.y_true.T.astype(str), *self.y_score.T.astype(str)]
        columns = [self.image_ids, np.full(self.n, self.split), *known, *numbers, *self.groups.values()]
        yield from map(list, zip(*(column.tolist() for column in columns), strict=True))

    def write_csv(self, path: Path | str):
        """Write `to_csv_rows` as a comma-separated file in UTF-8."""
        with Path(path).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(self.to_csv_rows())


def each_known(patients: np.ndarray | None, image_ids: np.ndarray) -> np.ndarray | None:
    """(n,) str patients, one for each of (n,) images whose patient is not known, ""; None where no patient is."""
    if patients is None:
        return None
    patients = np.asarray(patients).astype(str, copy=False)
    unknown = patients == ""
    if unknown.all():
        return None
    if patients.shape != image_ids.shape or not unknown.any():
        return patients
    return np.where(unknown, _units_of(image_ids), patients)


def _units_of(image_ids: np.ndarray) -> np.ndarray:
    """The names of images that stand for their unknown patients."""
    return np.char.add("image ", image_ids)


def _check_names(predictions: Predictions):
    if predictions.task not in TASKS:
        raise EvaluationError(f"the task is {predictions.task!r}", f"it must be one of {', '.join(TASKS)}")
    if predictions.split not in SPLITS:
        raise EvaluationError(f"the split is {predictions.split!r}", f"it must be one of {', '.join(SPLITS)}")
    labels = predictions.labels
    if isinstance(labels, str) or not len(labels) or len(set(labels)) < len(labels):
        raise EvaluationError(f"the labels are {labels!r}", "they must be a tuple of different names")
    if (predictions.task == "binary" and len(labels) != 1) or (predictions.task == "multiclass" and len(labels) < 2):
        raise EvaluationError(
            f"a {predictions.task} task has {len(labels)} labels", "binary has one (the positive class), multiclass two or more"
        )


def _check_shapes(predictions: Predictions):
    n = predictions.image_ids.size
    if n == 0:
        raise EvaluationError("there are predictions for no image", "at least one is needed")
    expected = {"image_ids": (n,), "y_true": (n, len(predictions.labels)), "y_score": (n, len(predictions.labels))}
    if predictions.patients is not None:
        expected["patients"] = (n,)
    given = {name: getattr(predictions, name) for name in expected} | {f"group {name}": one for name, one in predictions.groups.items()}
    for name, array in given.items():
        if np.shape(array) != (shape := expected.get(name, (n,))):
            raise EvaluationError(f"{name} has the shape {np.shape(array)}", f"it must be {shape}")
    if len(set(predictions.image_ids.tolist())) < n:
        raise EvaluationError("an image id occurs twice", "each image has one row")


def _zero_or_one(y_true) -> np.ndarray:
    values = np.asarray(y_true)
    if values.dtype.kind not in "biuf" or not np.isin(values, (0, 1)).all():
        raise EvaluationError("y_true holds something else than 0 and 1", "1 means that the image has the label")
    return values.astype(np.uint8, copy=False)


def _scores(y_score) -> np.ndarray:
    values = np.asarray(y_score)
    if values.dtype.kind not in "biuf" or not np.isfinite(values).all():
        raise EvaluationError("y_score holds something that is no finite number", "scores lie between 0 and 1")
    values = values.astype(np.float32, copy=False)
    if values.min() < 0 or values.max() > 1:
        raise EvaluationError(f"y_score goes from {values.min():.6g} to {values.max():.6g}", "scores lie between 0 and 1")
    return values


def _check_distribution(predictions: Predictions):
    if not (predictions.y_true.sum(axis=1) == 1).all():
        raise EvaluationError("an image has no class or several classes", "in a multiclass task each image has one class")
    if np.abs(predictions.y_score.sum(axis=1, dtype=np.float64) - 1).max() > SUM_TOLERANCE:
        raise EvaluationError("the scores of an image do not add up to 1", "in a multiclass task they are a distribution over the classes")


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        with path.open("rb") as file, zipfile.ZipFile(file):
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                return dict(arrays)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError) as reason:
        raise EvaluationError(f"the predictions {path.name} cannot be read ({reason})", "a .npz file without pickled objects") from reason
