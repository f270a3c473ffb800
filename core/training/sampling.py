"""Which training images an epoch shows. It imports no torch, so that a wish can be checked before it is queued."""

import numpy as np

from core.data.balance import Balance, balanced_rows, counts_of
from core.errors import RecipeError
from core.recipe import Training

COMMONEST = "commonest"
_KINDS = {"as_is": "as is", "under": "under", "over": "over"}


def sampled_rows(training: Training, y: np.ndarray, task: str, classes: tuple[str, ...], seed: int) -> np.ndarray:
    """Rows of train, int64 (m,), rising; `y` uint8 (n, L) and `classes` as in `core.data.balance.balanced_rows`.

    Raises RecipeError for a class that is not there, DataError where classes are named in a multi-label task.
    """
    if training.sampling == "as_is":
        return np.arange(len(y))
    return balanced_rows(balance_of(training, y, task, classes), y, task, classes, seed)


def balance_of(training: Training, y: np.ndarray, task: str, classes: tuple[str, ...]) -> Balance:
    """The rule that the settings of a training mean for these labels. Raises RecipeError for a class that is not there."""
    counts = counts_of(y, task, classes)
    named = [_class(name.strip(), counts, classes) for name in training.sampling_classes.split(",") if name.strip()]
    return Balance(_KINDS[training.sampling], training.sampling_to or None, tuple(dict.fromkeys(named)))


def _class(name: str, counts: dict[str, int], classes: tuple[str, ...]) -> str:
    if name == COMMONEST:
        return max(classes, key=lambda one: counts[one])
    found = [one for one in classes if one.lower() == name.lower()]
    if not found:
        raise RecipeError(f"sampling_classes names {name!r}", f"the classes are {', '.join(classes)}, or {COMMONEST}")
    return found[0]
