"""How a number varies over several trainings of one recipe that differ in their seed alone.

That is another uncertainty than that of an interval, which says how far a number depends on the images that were met. The trainings
are never treated as one: no scores are put together.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """A number over `n` trainings that have it: mean, standard deviation (n - 1 in its divisor; None for one training), lowest, highest."""

    n: int
    mean: float
    sd: float | None
    low: float
    high: float


def spread(values: Sequence[float | None]) -> Spread | None:
    """The spread of the values that are there; None where there is none."""
    known = np.array([value for value in values if value is not None], np.float64)
    if not known.size:
        return None
    sd = float(known.std(ddof=1)) if known.size > 1 else None
    return Spread(known.size, float(known.mean()), sd, float(known.min()), float(known.max()))
