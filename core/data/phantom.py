"""The phantom: synthetic chest radiographs with and without pneumonia, made here, so that Cutpoint has data without a download.

`plan` says who has what and where it goes; `draw` makes one image of it, alone, in any order and in any process. Nothing drawn here
comes from a patient, and no figure reached on it says anything about patients.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.data.radiograph.fields import Frame, frame
from core.data.radiograph.film import expose, random_film, random_view
from core.data.radiograph.findings import filled_share, random_foci
from core.data.radiograph.patient import Anatomy, Moment, Outline, outline, random_anatomy, random_moment
from core.data.radiograph.tissue import LUNG_AIR, Chest, chest
from core.errors import DataError

VERSION = 1  # of the pixels: raised when the same case would be drawn with other bytes
MIN_IMAGES = 20
SIZES = (32, 1024)
PREVALENCE = 0.45
SPLIT_SHARES = {"train": 0.6, "val": 0.15, "test": 0.25}
_IMAGES_PER_PATIENT = (0.6, 0.25, 0.15)  # share of patients with 1, 2 and 3 images
_VISIBILITY_SHAPE = (1.3, 1.1)  # of the beta distribution that visibility follows

# Streams of random numbers: an image is the same with and without its finding, but for the finding.
_PATIENT, _IMAGE, _FINDINGS = range(3)


@dataclass(frozen=True)
class PhantomCase:
    """One image to be drawn: who has what. It holds no pixels.

    `visibility` is 0 for a normal image and above 0 to 1 for pneumonia, from hardly to plainly seen. `seed` is the seed of the plan,
    the patient's number and the number of the image among the patient's own: with the other fields, all that `draw` needs.
    """

    image_id: str
    patient: str
    split: str
    pneumonia: bool
    visibility: float
    seed: tuple[int, int, int]


def plan(images: int, seed: int) -> tuple[PhantomCase, ...]:
    """Who has what: `images` cases of patients with one to three images each.

    Splits hold 60, 15 and 25 % of the images and share no patient; 45 % of each split show pneumonia. Raises DataError below 20 images or
    with a negative seed.
    """
    if images < MIN_IMAGES:
        raise DataError(f"{images} images are asked for", f"a phantom data set needs at least {MIN_IMAGES}")
    if seed < 0:
        raise DataError(f"seed is {seed}", "it must be 0 or more")
    rng = np.random.Generator(np.random.PCG64(seed))
    return tuple(_cases(_split_sizes(images), seed, rng))


def _split_sizes(images: int) -> dict[str, int]:
    val, test = (round(images * SPLIT_SHARES[name]) for name in ("val", "test"))
    return {"train": images - val - test, "val": val, "test": test}


def _cases(sizes: dict[str, int], seed: int, rng: np.random.Generator) -> Iterator[PhantomCase]:
    """The cases, patient by patient. Numbers are drawn over all patients, so that a number does not tell the split."""
    members = [_images_of_patients(rng, size) for size in sizes.values()]
    split = np.repeat(np.repeat(list(sizes), [len(part) for part in members]), np.concatenate(members))
    pneumonia = np.concatenate([_exact_share(rng, size) for size in sizes.values()])
    per_patient = np.concatenate(members)
    patient = np.repeat(rng.permutation(len(per_patient)), per_patient)
    visit = np.arange(len(patient)) - np.repeat(np.cumsum(per_patient) - per_patient, per_patient)
    visibility = np.where(pneumonia, np.round(rng.beta(*_VISIBILITY_SHAPE, len(patient)), 3).clip(0.001), 0.0)
    order = np.argsort(patient, kind="stable")
    columns = (column[order].tolist() for column in (patient, visit, split, pneumonia, visibility))
    for number, (who, when, where, ill, seen) in enumerate(zip(*columns, strict=True)):
        yield PhantomCase(f"phantom-{number:05d}", f"patient-{who:05d}", where, ill, seen, (seed, who, when))


def _images_of_patients(rng: np.random.Generator, images: int) -> np.ndarray:
    """How many images each patient of a split has; they sum to `images`."""
    counts = 1 + rng.choice(3, images, p=_IMAGES_PER_PATIENT)
    ends = np.cumsum(counts)
    last = int(np.searchsorted(ends, images))
    counts[last] -= ends[last] - images
    return counts[: last + 1]


def _exact_share(rng: np.random.Generator, images: int) -> np.ndarray:
    """Which images of a split show pneumonia: PREVALENCE of them, at least one and not all."""
    return rng.permutation(images) < max(1, round(PREVALENCE * images))


def draw(case: PhantomCase, size: int) -> np.ndarray:
    """The image of a case: uint8 (size, size), bones white. The same bytes each time. Raises DataError outside sizes 32 to 1024."""
    scene = _scene(case, size)
    body = _chest(scene)
    air = body.air
    if case.pneumonia:
        air *= 1 - _filled(case, scene)
    attenuation = body.tissue
    attenuation += air * (body.vessels - LUNG_AIR)
    return expose(random_film(scene.rng), attenuation, scene.ground, scene.rng)


def opacity(case: PhantomCase, size: int) -> np.ndarray:
    """The truth behind an image: share of a full lung's air that fluid replaces, 0..1, float32 (size, size); all 0 if normal."""
    scene = _scene(case, size)
    if not case.pneumonia:
        return np.zeros((size, size), np.float32)
    return _filled(case, scene) * _chest(scene).air


@dataclass(frozen=True)
class _Scene:
    """A patient before the film, and the random numbers of the image from here on."""

    ground: Frame
    anatomy: Anatomy
    moment: Moment
    borders: Outline
    rng: np.random.Generator


def _scene(case: PhantomCase, size: int) -> _Scene:
    if not SIZES[0] <= size <= SIZES[1]:
        raise DataError(f"size is {size} pixels", f"it must lie between {SIZES[0]} and {SIZES[1]}")
    seed, patient, visit = case.seed
    rng = _stream(_IMAGE, seed, patient, visit)
    anatomy, view, moment = random_anatomy(_stream(_PATIENT, seed, patient)), random_view(rng), random_moment(rng)
    return _Scene(frame(view, size), anatomy, moment, outline(anatomy, moment), rng)


def _chest(scene: _Scene) -> Chest:
    return chest(scene.anatomy, scene.moment, scene.borders, scene.ground, scene.rng)


def _filled(case: PhantomCase, scene: _Scene) -> np.ndarray:
    rng = _stream(_FINDINGS, *case.seed)
    foci = random_foci(rng, scene.borders, scene.moment, case.visibility)
    return filled_share(foci, scene.ground, rng)


def _stream(*key: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))
