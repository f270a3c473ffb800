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


def proportion(successes: int, n: int, level: float = 0.95) -> Interval:
    """A share of images that do not depend on each other. Raises EvaluationError for n = 0."""
    return Interval(successes / n, *wilson(successes, n, level), "Wilson")


def none_or_all(successes: int, patients: np.ndarray, level: float = 0.95) -> Interval | None:
    """Where no image or every image of `patients` (n,), n > 0, is a success: of a bootstrap all draws would be alike.

    Each patient counts once, as if all images of a patient had to be alike: so the interval is rather too wide. None for any other share.
    """
    if successes not in (0, patients.size):
        return None
    every = np.unique(patients).size
    share = successes / patients.size
    return Interval(share, *wilson(every if share else 0, every, level), OVER_PATIENTS)


def z_of(level: float) -> float:
    """The quantile of the normal distribution that a two-sided interval of this level ends at."""
    return NormalDist().inv_cdf((1 + level) / 2)
