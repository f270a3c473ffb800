"""Phantoms as data sets: images drawn by `core.data.phantom.drawing` when they are read, the embedded default of the product."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.data.dataset import Box, Dataset, Reader
from core.data.phantom import drawing as phantom
from core.data.phantom.plan import CLASSES as CLASSES_OF_TASK
from core.data.phantom.plan import PhantomCase, plan
from core.data.phantom.source import DEFAULT_PHANTOM, PHANTOMS, PhantomSpec, is_phantom, parse
from core.data.radiograph.chance import Chance

__all__ = [
    "CLASSES",
    "DEFAULT_PHANTOM",
    "PHANTOMS",
    "PhantomBoxes",
    "PhantomReader",
    "PhantomSpec",
    "is_phantom",
    "load_phantom",
    "make_phantom",
]

CLASSES = CLASSES_OF_TASK["binary"]
_LARGEST_TRACED = 256  # px: boxes need no finer drawing
_EDGE_OF_TRACE = 0.3  # a box reaches to where a trace falls below this share of its strongest place
_LABEL_NOISE = 5  # the key of its random numbers; those of drawing and plan have 0 to 4


@dataclass(frozen=True, eq=False)
class PhantomReader(Reader):
    """A reader that draws each picture when it is asked for. It carries no cases: every process plans them for itself, once.

    `rows` : the numbers of the planned cases, in the order of the rows.
    """

    spec: PhantomSpec
    rows: np.ndarray

    def read(self, index: int) -> np.ndarray:
        return phantom.draw(_planned(self.spec)[self.rows[index]], self.spec.size)

    def select(self, rows: np.ndarray) -> "PhantomReader":
        return PhantomReader(self.spec, self.rows[rows])


@dataclass(frozen=True)
class PhantomBoxes(Mapping):
    """Where the findings really lie, for every image that has one; an image is drawn when its boxes are asked for.

    Label noise does not reach them: they hold what is drawn.
    """

    spec: PhantomSpec

    def __getitem__(self, image_id: str) -> tuple[Box, ...]:
        case = self._case(image_id)
        if case is None:
            raise KeyError(image_id)
        names = {name.lower(): name for name in self.spec.labels}
        return tuple(_box(names[trace.finding], trace.mask) for trace in phantom.traces(case, min(self.spec.size, _LARGEST_TRACED)))

    def __contains__(self, image_id: object) -> bool:
        return self._case(image_id) is not None

    def __iter__(self) -> Iterator[str]:
        return (case.image_id for case in _planned(self.spec) if case.findings)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _case(self, image_id: object) -> PhantomCase | None:
        """The case of an image with findings."""
        number = str(image_id).removeprefix("phantom-")
        cases = _planned(self.spec)
        case = cases[int(number)] if number.isdecimal() and int(number) < len(cases) else None
        return case if case and case.image_id == image_id and case.findings else None


def load_phantom(source: str) -> Dataset:
    """The phantom of a name in PHANTOMS, or of a text as `core.data.phantom.source` reads it. Raises DataError for any other."""
    return make_phantom(source, parse(source))


def make_phantom(name: str, spec: PhantomSpec) -> Dataset:
    """The data set that a specification describes; its pictures are drawn when they are read."""
    cases = _planned(spec)
    splits = np.array([case.split for case in cases])
    return Dataset(
        name=name, title=spec.title, source=name if PHANTOMS.get(name) == spec else spec.source,
        task=spec.task, classes=spec.classes, labels=spec.labels,
        image_ids=np.array([case.image_id for case in cases]), splits=splits, y=_noisy(_truth(cases, spec), splits, spec),
        patients=np.array([case.patient for case in cases]), reader=PhantomReader(spec, np.arange(len(cases), dtype=np.int32)),
        native_size=spec.size, split_rule=_split_rule(spec), licence="made by Cutpoint; free to use", synthetic=True,
        origin=_origin(spec), boxes=PhantomBoxes(spec),
        metadata={name: np.array([getattr(case, name) for case in cases]) for name in ("sex", "age", "view", "hospital")},
    )  # fmt: skip


def _planned(spec: PhantomSpec) -> tuple[PhantomCase, ...]:
    return _plan(spec.images, spec.seed, spec.task, spec.shifted)


_plan = lru_cache(maxsize=4)(plan)


def _split_rule(spec: PhantomSpec) -> str:
    return "by patient, as made" + ("; test from hospital B, train and val from hospital A" if spec.shifted else "")


def _origin(spec: PhantomSpec) -> dict[str, str]:
    """What the pixels hang on, beside labels and splits."""
    known = {"layout": "phantom", "size": str(spec.size), "seed": str(spec.seed), "version": str(phantom.VERSION)}
    return known | ({"shifted": "yes"} if spec.shifted else {})


def _truth(cases: tuple[PhantomCase, ...], spec: PhantomSpec) -> np.ndarray:
    """The true labels, uint8 (images, labels)."""
    column = {name.lower(): number for number, name in enumerate(spec.labels)}
    y = np.zeros((len(cases), len(column)), np.uint8)
    for row, case in enumerate(cases):
        for name, _ in case.findings:
            y[row, column[name]] = 1
    if spec.task == "multiclass":
        y[:, 0] = ~y.any(axis=1)
    return y


def _noisy(y: np.ndarray, splits: np.ndarray, spec: PhantomSpec) -> np.ndarray:
    """Labels with a share of wrong ones in train and val, as PhantomSpec says."""
    if not spec.label_noise:
        return y
    y, chance = y.copy(), Chance(_LABEL_NOISE, spec.seed)
    rows = np.flatnonzero(splits != "test")
    if spec.task == "multilabel":
        for column in y.T:
            _misread(column, rows, spec.label_noise, chance)
        return y
    wrong = rows[chance.order(len(rows))[: round(spec.label_noise * len(rows))]]
    if spec.task == "binary":
        y[wrong] = 1 - y[wrong]
        return y
    count = y.shape[1]
    other = (y[wrong].argmax(axis=1) + 1 + (chance.shares(len(wrong)) * (count - 1)).astype(int)) % count
    y[wrong] = np.eye(count, dtype=np.uint8)[other]
    return y


def _misread(column: np.ndarray, rows: np.ndarray, share: float, chance: Chance) -> None:
    """Take a label from a share of the rows that have it, and give it to as many that have it not."""
    with_it, without = (rows[column[rows] == value] for value in (1, 0))
    count = min(round(share * len(with_it)), len(without))
    lost, gained = (part[chance.order(len(part))[:count]] for part in (with_it, without))
    column[lost], column[gained] = 0, 1


def _box(label: str, mask: np.ndarray) -> Box:
    """The bounds of a trace, as shares of the image."""
    there = mask > _EDGE_OF_TRACE * mask.max()
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    height, width = mask.shape
    top, left = int(rows[0]), int(columns[0])
    return Box(label, left / width, top / height, (int(columns[-1]) + 1 - left) / width, (int(rows[-1]) + 1 - top) / height)
