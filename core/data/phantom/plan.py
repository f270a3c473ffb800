"""Who has what: the plan of a phantom, before anything is drawn.

It says for each image of each patient which findings it shows and how plainly, from which hospital and in which view.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.data.phantom.frequencies import AP_SHARE, NIH_LABELS, nih_combinations
from core.data.radiograph.chance import Chance, beta, normal
from core.errors import DataError

LEAST_IMAGES = {"binary": 20, "multiclass": 40, "multilabel": 100}
MOST_IMAGES = 200_000
LARGEST_SEED = 2**32 - 1
CLASSES = {"binary": ("normal", "pneumonia"), "multiclass": ("normal", "pneumonia", "effusion", "cardiomegaly")}
CLASS_SHARES = {"binary": (0.55, 0.45), "multiclass": (0.4, 0.2, 0.2, 0.2)}
SPLIT_SHARES = {"train": 0.6, "val": 0.15, "test": 0.25}
_MORE_IMAGES = (0.6, 0.85)  # share of patients with one image, with up to two; the rest have three
_HOSPITAL_A = 0.6  # share of the patients, unless the test split alone comes from hospital B
_AP = 0.2  # share of AP views where there are classes; with many labels NIH's share for each label
_VISIBILITY = beta(1.8, 1.0)
_AGE = normal(51, 17)
_AGES = (18, 92)
_PLAN = 4  # the key of the plan's random numbers; those of the drawing have 0 to 3


@dataclass(frozen=True, slots=True)
class PhantomCase:
    """One image to be drawn: who has what. It holds no pixels.

    `findings` : names and visibilities, above 0 (hardly seen) to 1 (plainly seen); none in a normal image. `sex` is "F" or "M", `age` in
    years, `view` "PA" or "AP", `hospital` "A" or "B". `seed` is the seed of the plan, the patient's number and the number of the image
    among the patient's own: with the other fields, all that drawing needs.
    """

    image_id: str
    patient: str
    split: str
    findings: tuple[tuple[str, float], ...]
    sex: str
    age: float
    view: str
    hospital: str
    seed: tuple[int, int, int]

    @property
    def pneumonia(self) -> bool:
        """Whether the image shows pneumonia."""
        return any(name == "pneumonia" for name, _ in self.findings)


def plan(images: int, seed: int, task: str = "binary", shifted: bool = False) -> tuple[PhantomCase, ...]:
    """Who has what: `images` cases of patients with one to three images each.

    Splits hold 60, 15 and 25 % of the images and share no patient. `task` is "binary" (45 % of each split show pneumonia), "multiclass"
    (CLASSES, 40 % normal) or "multilabel" (labels as often, alone and together, as in NIH ChestX-ray14). Patients are of hospital A
    or B; `shifted`: all test patients are of B and all others of A. Raises DataError for another task, too few images for it, more than
    200,000, or a seed outside 0 to 2^32 - 1.
    """
    check(images, seed, task)
    return _cases(_split_sizes(images), seed, task, shifted)


def check(images: int, seed: int, task: str) -> None:
    """Raises DataError for what `plan` does not take."""
    if task not in LEAST_IMAGES:
        raise DataError(f"the task is {task!r}", f"a phantom is {', '.join(LEAST_IMAGES)}")
    if images < LEAST_IMAGES[task]:
        raise DataError(f"{images} images are asked for", f"a {task} phantom data set needs at least {LEAST_IMAGES[task]}")
    if images > MOST_IMAGES:
        raise DataError(f"{images} images are asked for", f"a phantom data set holds at most {MOST_IMAGES}")
    if not 0 <= seed <= LARGEST_SEED:
        raise DataError(f"seed is {seed}", f"it must be 0 or more, and at most {LARGEST_SEED}")


def columns(task: str) -> tuple[str, ...]:
    """The names of the labels of a task, as in a data set; in lower case, those of the findings."""
    return {"binary": CLASSES["binary"][1:], "multiclass": CLASSES["multiclass"], "multilabel": NIH_LABELS}[task]


def _split_sizes(images: int) -> dict[str, int]:
    val, test = (round(images * SPLIT_SHARES[name]) for name in ("val", "test"))
    return {"train": images - val - test, "val": val, "test": test}


def _cases(sizes: dict[str, int], seed: int, task: str, shifted: bool) -> tuple[PhantomCase, ...]:
    """The cases, patient by patient. Numbers are drawn over all patients, so that a number does not tell the split."""
    chance = Chance(_PLAN, seed)
    members = [_images_of_patients(chance, size) for size in sizes.values()]
    found = np.concatenate([_FOUND[task](chance, size) for size in sizes.values()])
    per_patient = np.concatenate(members)
    patient = np.repeat(chance.order(len(per_patient)), per_patient)
    visit = np.arange(len(patient)) - np.repeat(np.cumsum(per_patient) - per_patient, per_patient)
    split = np.repeat(list(sizes), list(sizes.values()))
    people = _people(chance, len(per_patient))
    hospital = np.where(split == "test", "B", "A") if shifted else people["hospital"][patient]
    seen = _VISIBILITY.each(chance.shares(found.size)).reshape(found.shape).round(3).clip(0.001)
    view = np.where(chance.shares(len(found)) < _ap_share(found, task), "AP", "PA")
    order = np.argsort(patient, kind="stable")
    names = [name.lower() for name in _names(task)]
    findings = [_findings(names, *row) for row in zip(found[order].tolist(), seen[order].tolist(), strict=True)]
    age = np.minimum(people["age"][patient] + visit, _AGES[1])
    facts = (column[order].tolist() for column in (patient, visit, split, people["sex"][patient], age, view, hospital))
    return tuple(
        PhantomCase(f"phantom-{number:05d}", f"patient-{who:05d}", where, what, sex, years, how, house, (seed, who, when))
        for number, (what, who, when, where, sex, years, how, house) in enumerate(zip(findings, *facts, strict=True))
    )


def _names(task: str) -> tuple[str, ...]:
    """What can be found, one name per column of `found`."""
    return columns(task)[1:] if task == "multiclass" else columns(task)


def _findings(names: list[str], found: list[int], seen: list[float]) -> tuple[tuple[str, float], ...]:
    return tuple((name, grade) for name, here, grade in zip(names, found, seen, strict=True) if here)


def _images_of_patients(chance: Chance, images: int) -> np.ndarray:
    """How many images each patient of a split has; they sum to `images`."""
    counts = 1 + np.searchsorted(_MORE_IMAGES, chance.shares(images), side="right")
    ends = np.cumsum(counts)
    last = int(np.searchsorted(ends, images))
    counts[last] -= ends[last] - images
    return counts[: last + 1]


def _people(chance: Chance, count: int) -> dict[str, np.ndarray]:
    """Sex, age in years at the first image, and hospital of each patient."""
    return {
        "sex": np.where(chance.shares(count) < 0.5, "F", "M"),
        "age": _AGE.each(chance.shares(count)).round().clip(*_AGES),
        "hospital": np.where(chance.shares(count) < _HOSPITAL_A, "A", "B"),
    }


def _one_class(task: str) -> Callable[[Chance, int], np.ndarray]:
    def found(chance: Chance, images: int) -> np.ndarray:
        """The one finding of each image of a split, or none, uint8 (images, classes - 1), in the shares of the classes."""
        number = _systematic(np.array(CLASS_SHARES[task]), images, 0.5)[chance.order(images)]
        return np.eye(len(CLASS_SHARES[task]), dtype=np.uint8)[number, 1:]

    return found


def _many_labels(chance: Chance, images: int) -> np.ndarray:
    """The labels of each image of a split, uint8 (images, 14), in NIH's shares; images of one patient often have the same."""
    combinations, counts = nih_combinations()
    found = combinations[_systematic(counts / counts.sum(), images, chance.share())]
    pairs = chance.order((images + 1) // 2)[:, None] * 2 + np.arange(2)  # neighbours stay neighbours
    return found[pairs.ravel()[pairs.ravel() < images]]


_FOUND = {"binary": _one_class("binary"), "multiclass": _one_class("multiclass"), "multilabel": _many_labels}


def _systematic(shares: np.ndarray, count: int, start: float) -> np.ndarray:
    """`count` numbers of classes in rising order, each class within one of its share."""
    return np.minimum(np.searchsorted(np.cumsum(shares), (np.arange(count) + start) / count, side="right"), len(shares) - 1)


def _ap_share(found: np.ndarray, task: str) -> np.ndarray | float:
    """How probable an AP view is for each image: the mean of NIH's share over its labels."""
    if task != "multilabel":
        return _AP
    percent = np.array([round(100 * AP_SHARE[name]) for name in NIH_LABELS])  # whole numbers, whose sums are the same everywhere
    here = found.astype(int)
    return np.where(found.any(axis=1), here @ percent / np.maximum(here.sum(axis=1), 1) / 100, AP_SHARE[""])
