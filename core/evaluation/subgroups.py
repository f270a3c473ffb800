"""The metrics of groups of images (women, an age band, a hospital), each with its interval: slices of the same predictions."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.intervals import Interval, metric_intervals
from core.evaluation.metrics import evaluate, unavailable
from core.evaluation.predictions import Predictions

SMALL = 20  # images; with fewer a number says little
NOT_KNOWN = "not known"
ALL = "all images"
_NO_INTERVAL = "no interval: too few images for the bootstrap"
_BAND = re.compile(r"(below )?(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)( to below .*| and above)?")


@dataclass(frozen=True)
class Subgroup:
    """One group and its metrics.

    `value` is the group's name. `positives` are its images with the label, or with any finding; None for classes. `metrics` has every
    metric asked for; `intervals` too, None where there is none; `unavailable` says why, for a metric or an interval that is None.
    """

    value: str
    images: int
    positives: int | None
    is_small: bool
    metrics: Mapping[str, float | None]
    intervals: Mapping[str, Interval | None]
    unavailable: Mapping[str, str]


def subgroup_intervals(
    predictions: Predictions, thresholds: Mapping[str, float], group: str, names: Iterable[str] | None = None
) -> list[Subgroup]:
    """The subgroups of one column of `predictions.groups`, in their own order; images of which it is not known come last.

    `names` are metrics, all where None. Intervals are those of `metric_intervals` on the images of the subgroup: Wilson, DeLong or
    bootstrap, by patient where patients repeat. Raises EvaluationError for a column that is not there.
    """
    if group not in predictions.groups:
        known = ", ".join(predictions.groups) or "none"
        raise EvaluationError(f"nothing is known of {str(group)[:60]!r}", f"what is known of the images: {known}")
    column = predictions.groups[group]
    rows = {value: np.flatnonzero(column == value) for value in in_order(column.tolist())}
    return [_subgroup(value or NOT_KNOWN, predictions.select(own), thresholds, names) for value, own in rows.items()]


def whole(predictions: Predictions, thresholds: Mapping[str, float], names: Iterable[str] | None = None) -> Subgroup:
    """All images as one row, to stand beside their subgroups."""
    return _subgroup(ALL, predictions, thresholds, names)


def in_order(values: Iterable[str]) -> list[str]:
    """Each value once: numbers and bands by size, words by the alphabet, "" last."""
    known = sorted(set(values) - {""})
    bands = {value: _BAND.fullmatch(value) for value in known}
    if all(bands.values()):
        known = sorted(known, key=lambda value: _start(bands[value]))
    return known + [""] * ("" in values)


def _start(band: re.Match) -> tuple[float, bool]:
    return (-np.inf if band[1] else float(band[2])), bool(band[3])


def _subgroup(value: str, predictions: Predictions, thresholds: Mapping[str, float], names: Iterable[str] | None) -> Subgroup:
    found = evaluate(predictions, thresholds)
    names = tuple(found if names is None else names)
    metrics = {name: found[name] for name in names}
    known = metric_intervals(predictions, thresholds, names=names)
    intervals = {name: known[name] for name in names}
    reasons = unavailable(predictions, thresholds)
    without = {name: reasons.get(name, _NO_INTERVAL) for name in names if intervals[name] is None}
    return Subgroup(value, predictions.n, _positives(predictions), predictions.n < SMALL, metrics, intervals, without)


def _positives(predictions: Predictions) -> int | None:
    return None if predictions.task == "multiclass" else int(predictions.y_true.any(axis=1).sum())
