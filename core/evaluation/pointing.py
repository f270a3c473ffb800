"""The pointing game: how often the highest place of a map lies in a box that somebody drew about the finding (Zhang et al. 2018).

A turn is one label of one image that has a box for it. It is a hit where the map's maximum lies in one of its boxes; a map on which
nothing speaks for the label is a miss. Beside the share of hits stands what chance would get, the share of the image that the boxes
take, and how much of the map's sum lies in them. Zhang et al. forgive 15 px on photographs of about 500 px: that is told apart, with the
boxes grown as much for its chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.bootstrap import DUST
from core.evaluation.intervals import DRAWS
from core.evaluation.proportion import Interval, closed_share

TOLERANCE = 0.03  # of an image's longer side: 15 px of 500


@dataclass(frozen=True)
class Turn:
    """One label of one image.

    `hit` and `near` (with the tolerance) say whether the maximum lies in a box, `inside` is the share 0..1 of the map's sum in the boxes,
    None on a flat map; `chance` and `chance_near` are the share of the image that the boxes take, and with the tolerance.
    """

    label: str
    image_id: str
    patient: str
    hit: bool
    near: bool
    inside: float | None
    chance: float
    chance_near: float


@dataclass(frozen=True)
class PointingScore:
    """The turns of one label, or of all (`label` None). `inside` is None where every map is flat, or it cannot have an interval."""

    label: str | None
    turns: int
    flat: int
    hits: Interval
    chance: float
    near: Interval
    chance_near: float
    inside: Interval | None


def pointing_score(turns: Sequence[Turn], label: str | None = None, draws: int = DRAWS, seed: int = 0) -> PointingScore:
    """The score of some turns. Raises EvaluationError where there is none.

    Shares of hits have Wilson's interval where each patient has one turn, or over patients where none or all are hits; else the
    bootstrap's, patients drawn whole, as a mean always has.
    """
    if not turns:
        raise EvaluationError("there is no image with a box", "the pointing game needs one at least")
    patients = np.array([turn.patient or turn.image_id for turn in turns])
    told = [turn for turn in turns if turn.inside is not None]
    owners = np.array([turn.patient or turn.image_id for turn in told])
    return PointingScore(
        label, len(turns), len(turns) - len(told),
        _share(np.array([turn.hit for turn in turns]), patients, draws, seed), float(np.mean([turn.chance for turn in turns])),
        _share(np.array([turn.near for turn in turns]), patients, draws, seed), float(np.mean([turn.chance_near for turn in turns])),
        _mean(np.array([turn.inside for turn in told]), owners, draws, seed) if told else None,
    )  # fmt: skip


def scores_by_label(turns: Sequence[Turn]) -> tuple[PointingScore, ...]:
    """A score for each label that has turns, in the order in which they come."""
    labels = dict.fromkeys(turn.label for turn in turns)
    return tuple(pointing_score([turn for turn in turns if turn.label == label], label) for label in labels)


def _share(part: np.ndarray, patients: np.ndarray, draws: int, seed: int) -> Interval:
    repeated = patients if len(np.unique(patients)) < len(patients) else None
    return closed_share(part, np.ones(len(part), bool), repeated) or _drawn(part.astype(float), patients, draws, seed)


def _mean(values: np.ndarray, patients: np.ndarray, draws: int, seed: int) -> Interval | None:
    """A mean with its interval; None where all draws are alike, which does not show how uncertain it is."""
    found = _drawn(values, patients, draws, seed)
    return found if found.high - found.low > DUST else None


def _drawn(values: np.ndarray, patients: np.ndarray, draws: int, seed: int) -> Interval:
    """A mean with the 2.5 % and 97.5 % quantiles of those of drawn patients."""
    names, unit = np.unique(patients, return_inverse=True)
    sums, counts = np.bincount(unit, values), np.bincount(unit)
    drawn = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1 / len(names)), size=draws)
    low, high = np.quantile(drawn @ sums / (drawn @ counts), (0.025, 0.975))
    return Interval(float(values.mean()), float(low), float(high), "bootstrap" + (" by patient" if len(names) < len(values) else ""))
