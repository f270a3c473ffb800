"""Intervals of a share of images that have a formula: Wilson's."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from core.errors import EvaluationError

OVER_PATIENTS = "Wilson over patients"


@dataclass(frozen=True)
class Interval:
    """A value with its interval. `method` names how: "Wilson", "DeLong", "bootstrap", ..., " by patient" where patients repeat."""

    value: float
    low: float
    high: float
    method: str


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """(low, high) of a proportion after Wilson (1927). Raises EvaluationError for n = 0."""
    if not 0 <= successes <= n or n == 0:
        raise EvaluationError(f"{successes} of {n} is no proportion", "the part lies between 0 and the whole, which is above 0")
    z2 = z_of(level) ** 2
    centre = successes + z2 / 2
    half = sqrt(z2 * (successes * (n - successes) / n + z2 / 4))
    low, high = (centre - half) / (n + z2), (centre + half) / (n + z2)
    return (0.0 if successes == 0 else low), (1.0 if successes == n else high)


def closed_share(inside: np.ndarray, of: np.ndarray, patients: np.ndarray | None, level: float = 0.95) -> Interval | None:
    """Of the images `of` (n,) bool the share that is `inside` (n,) bool too; `patients` (n,) only where they repeat.

    Where they do, none or all of the images count each patient once, as if all images of a patient had to be alike, since all draws of a
    bootstrap would be: so the interval is rather too wide. None for another share of them, which needs a bootstrap, and for no image.
    """
    k, n = int((inside & of).sum()), int(of.sum())
    if not n or (patients is not None and k not in (0, n)):
        return None
    if patients is None:
        return Interval(k / n, *wilson(k, n, level), "Wilson")
    every = np.unique(patients[of]).size
    return Interval(k / n, *wilson(every if k else 0, every, level), OVER_PATIENTS)


def z_of(level: float) -> float:
    """The quantile of the normal distribution that a two-sided interval of this level ends at."""
    return NormalDist().inv_cdf((1 + level) / 2)
