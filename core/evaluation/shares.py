"""Shares of images with their 95 % intervals: Wilson's, or where patients have several images the bootstrap's, patients drawn whole."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.draws import drawn_sums
from core.evaluation.intervals import DRAWS, drawn_interval
from core.evaluation.predictions import Predictions
from core.evaluation.proportion import Interval, closed_share
from core.evaluation.scorecard import Entry


@dataclass(frozen=True, eq=False)
class Share:
    """Of the images in `whole` those in `part`: (n,) bool each, `part` within `whole`.

    `why` is a clause that says what there is no image of, for where `whole` is empty.
    """

    part: np.ndarray
    whole: np.ndarray
    why: str


def shares(predictions: Predictions, asked: Mapping[str, Share], draws: int = DRAWS, seed: int = 0) -> dict[str, Entry]:
    """Each share of the images of `predictions` by its name; one of no image says why it cannot be had."""
    patients = predictions.patients if predictions.has_repeated_patients else None
    intervals = {name: closed_share(one.part, one.whole, patients) for name, one in asked.items()}
    between = {name: one for name, one in asked.items() if one.whole.any() and intervals[name] is None}
    if between:
        intervals |= _by_patient(predictions, between, draws, seed)
    return {
        name: Entry.of(float(one.part.sum() / one.whole.sum()) if one.whole.any() else None, intervals[name], one.why)
        for name, one in asked.items()
    }


def _by_patient(predictions: Predictions, asked: Mapping[str, Share], draws: int, seed: int) -> dict[str, Interval | None]:
    columns = np.stack([array for one in asked.values() for array in (one.part, one.whole)], axis=1)
    sums = drawn_sums(predictions, columns, draws, seed)
    parts, wholes = sums[:, ::2], sums[:, 1::2]
    drawn = np.divide(parts, wholes, out=np.full(parts.shape, np.nan), where=wholes > 0)
    values = {name: float(one.part.sum() / one.whole.sum()) for name, one in asked.items()}
    return {
        name: drawn_interval("share", values[name], drawn[:, column], method="bootstrap by patient") for column, name in enumerate(asked)
    }
