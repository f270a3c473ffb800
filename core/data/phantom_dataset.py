"""The phantoms that can be named: data sets drawn by `core.data.phantom`, the embedded default of the product."""

from dataclasses import dataclass

import numpy as np

from core.data import phantom
from core.data.dataset import Dataset

DEFAULT_PHANTOM = "phantom"
CLASSES = ("normal", "pneumonia")


@dataclass(frozen=True)
class PhantomSpec:
    """`images` pictures of `size` pixels from `seed`."""

    images: int
    size: int
    seed: int = 0

    @property
    def title(self) -> str:
        return f"Phantom, synthetic, {self.size} px"


PHANTOMS = {
    DEFAULT_PHANTOM: PhantomSpec(2000, 128),
    "phantom-64": PhantomSpec(2000, 64),
    "phantom-224": PhantomSpec(2000, 224),
}


@dataclass(frozen=True)
class PhantomReader:
    """A reader that draws each picture when it is asked for."""

    cases: tuple[phantom.PhantomCase, ...]
    size: int

    def read(self, index: int) -> np.ndarray:
        return phantom.draw(self.cases[index], self.size)

    def select(self, rows: np.ndarray) -> "PhantomReader":
        return PhantomReader(tuple(self.cases[row] for row in rows), self.size)


def load_phantom(name: str) -> Dataset:
    """The phantom of a name in PHANTOMS."""
    return make_phantom(name, PHANTOMS[name])


def make_phantom(name: str, spec: PhantomSpec) -> Dataset:
    """The data set that a specification describes; its pictures are drawn when they are read."""
    cases = phantom.plan(spec.images, spec.seed)
    return Dataset(
        name=name, title=spec.title, source=name, task="binary", classes=CLASSES, labels=CLASSES[1:],
        image_ids=np.array([case.image_id for case in cases]), splits=np.array([case.split for case in cases]),
        y=np.array([[case.pneumonia] for case in cases], np.uint8), patients=np.array([case.patient for case in cases]),
        reader=PhantomReader(cases, spec.size), native_size=spec.size, split_rule="by patient, as made",
        licence="made by Cutpoint; free to use", synthetic=True,
        origin={"layout": "phantom", "size": str(spec.size), "seed": str(spec.seed), "version": str(phantom.VERSION)},
    )  # fmt: skip
