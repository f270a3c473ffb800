"""Training images chosen so that classes are less unequal: fewer of the common ones, or the rare ones several times.

It is for train alone: validation and test stay as they are, so that their scores mean what they say.

In a multi-label task an image counts for all of its labels, so no choice makes all labels equal. There, fewer images means fewer of those
without any label; more means repeat factors (Gupta, Dollar and Girshick 2019, LVIS): an image is shown sqrt(target / count) times, by the
rarest of its labels, and never more than MOST_REPEATS times.
"""

from dataclasses import dataclass

import numpy as np

from core.errors import DataError

KINDS = ("as is", "under", "over")
MOST_REPEATS = 10  # times that an image of a multi-label task is shown in an epoch
NO_LABEL = "without a label"


@dataclass(frozen=True)
class Balance:
    """A rule.

    Parameters
    ----------
    kind : "as is"; "under" leaves images out; "over" repeats images.
    to : images that each class comes to; None for those of the rarest class ("under") or the commonest ("over").
        A multi-label task: "under" keeps so many images without a label, "over" aims at so many images per label; None for both means
        as many as the commonest label has.
    classes : the classes that are changed, () for all; not for a multi-label task.
    """

    kind: str = "as is"
    to: int | None = None
    classes: tuple[str, ...] = ()

    def __post_init__(self):
        if self.kind not in KINDS:
            raise DataError(f"the way of balancing is {self.kind!r}", f"one of {', '.join(KINDS)} is expected")
        if self.to is not None and self.to < 1:
            raise DataError(f"{self.to} images per class are wanted", "at least 1 is needed")


def balanced_rows(rule: Balance, y: np.ndarray, task: str, classes: tuple[str, ...], seed: int = 0) -> np.ndarray:
    """The rows to train on, int64 (m,), in rising order; a repeated row stands there several times.

    Parameters
    ----------
    y : uint8 (n, L), the labels of train. task : "binary", "multiclass" or "multilabel". classes : of the data set, two for "binary".

    Raises DataError where the rule names a class that is not there, or "over" is asked where no image has a label.
    """
    random = np.random.default_rng(seed)
    if rule.kind == "as is":
        return np.arange(len(y))
    if task == "multilabel":
        if rule.classes:
            raise DataError("classes are named", "in a multi-label task all labels are balanced together", "Leave the classes out")
        return np.sort(_fewer_without(rule, y, random) if rule.kind == "under" else _repeated(rule, y, random))
    index = y[:, 0].astype(int) if task == "binary" else y.argmax(axis=1)
    _check_classes(rule, classes)
    counts = np.bincount(index, minlength=len(classes))
    present = counts[counts > 0]
    goal = rule.to or int(present.min() if rule.kind == "under" else present.max())
    wanted = np.minimum(counts, goal) if rule.kind == "under" else np.where(counts > 0, np.maximum(counts, goal), 0)
    untouched = [bool(rule.classes) and name not in rule.classes for name in classes]
    wanted = np.where(untouched, counts, wanted)
    return np.sort(np.concatenate([_drawn(np.flatnonzero(index == number), size, random) for number, size in enumerate(wanted)]))


def counts_of(y: np.ndarray, task: str, classes: tuple[str, ...]) -> dict[str, int]:
    """Images per class, of the rows of y, uint8 (m, L); for a multi-label task per label, and those without any."""
    if task == "multilabel":
        return {**dict(zip(classes, y.sum(axis=0, dtype=int).tolist(), strict=True)), NO_LABEL: int((y.sum(axis=1) == 0).sum())}
    index = y[:, 0].astype(int) if task == "binary" else y.argmax(axis=1)
    return dict(zip(classes, np.bincount(index, minlength=len(classes)).tolist(), strict=True))


def says(rule: Balance, task: str) -> str:
    """What a rule does, in words."""
    if rule.kind == "as is":
        return "Every training image once"
    if task == "multilabel":
        goal = f"{rule.to:,}" if rule.to else "as many as the commonest label has"
        if rule.kind == "under":
            return f"Of the images without a label, {goal} are kept; all others stay"
        return f"Images are repeated sqrt(target / count of their rarest label) times, at most {MOST_REPEATS}; target {goal}"
    which = ", ".join(rule.classes) or "each class"
    if rule.kind == "under":
        return f"{which} is cut down to {f'{rule.to:,}' if rule.to else 'as many images as the rarest class has'}, chosen at random"
    return f"{which} is brought up to {f'{rule.to:,}' if rule.to else 'as many images as the commonest class has'}; images are repeated"


def _check_classes(rule: Balance, classes: tuple[str, ...]) -> None:
    unknown = [name for name in rule.classes if name not in classes]
    if unknown:
        raise DataError(f"{unknown[0]!r} is to be balanced", f"the classes are {', '.join(classes)}")


def _drawn(rows: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    """So many of the rows: without repeats while they last, then each at least as often as possible and the rest drawn anew."""
    whole, rest = divmod(int(size), max(len(rows), 1))
    return np.concatenate([np.tile(rows, whole), random.choice(rows, rest, replace=False)]) if len(rows) else rows


def _fewer_without(rule: Balance, y: np.ndarray, random: np.random.Generator) -> np.ndarray:
    without = np.flatnonzero(y.sum(axis=1) == 0)
    goal = rule.to or int(y.sum(axis=0).max())
    kept = random.choice(without, goal, replace=False) if len(without) > goal else without
    return np.concatenate([np.flatnonzero(y.sum(axis=1) > 0), kept])


def _repeated(rule: Balance, y: np.ndarray, random: np.random.Generator) -> np.ndarray:
    counts = y.sum(axis=0, dtype=float)
    if not counts.any():
        raise DataError("no training image has a label", "some are needed to repeat those of rare labels")
    factors = np.sqrt((rule.to or counts.max()) / np.maximum(counts, 1))
    times = np.clip((y * factors).max(axis=1), 1, MOST_REPEATS)
    whole = np.floor(times).astype(int)
    return np.repeat(np.arange(len(y)), whole + (random.random(len(y)) < times - whole))
