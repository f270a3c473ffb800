"""Shares of images with their 95 % intervals: Wilson's, or where patients have several images the bootstrap's, patients drawn whole."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.draws import drawn_sums
from core.evaluation.intervals import DRAWS, drawn_interval
from core.evaluation.predictions import Predictions
from core.evaluation.proportion import Interval, none_or_all, proportion
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
    counts = {name: (int(one.part.sum()), int(one.whole.sum())) for name, one in asked.items()}
    if predictions.has_repeated_patients:
        intervals = _by_patient(predictions, {name: one for name, one in asked.items() if counts[name][1]}, draws, seed)
    else:
        intervals = {name: proportion(k, n) for name, (k, n) in counts.items() if n}
    return {name: Entry.of(k / n if n else None, intervals.get(name), asked[name].why) for name, (k, n) in counts.items()}


def _by_patient(predictions: Predictions, asked: Mapping[str, Share], draws: int, seed: int) -> dict[str, Interval | None]:
    known = {name: none_or_all(int(one.part.sum()), predictions.patients[one.whole]) for name, one in asked.items()}
    between = {name: one for name, one in asked.items() if known[name] is None}
    if not between:
        return known
    columns = np.stack([array for one in between.values() for array in (one.part, one.whole)], axis=1)
    sums = drawn_sums(predictions, columns, draws, seed)
    parts, wholes = sums[:, ::2], sums[:, 1::2]
    drawn = np.divide(parts, wholes, out=np.full(parts.shape, np.nan), where=wholes > 0)
    values = {name: float(one.part.sum() / one.whole.sum()) for name, one in between.items()}
    return known | {
        name: drawn_interval("share", values[name], drawn[:, column], method="bootstrap by patient") for column, name in enumerate(between)
    }
