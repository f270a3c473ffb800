"""Runs side by side: each with its metrics, and each pair with its difference and whether the images at hand can tell them apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from core.errors import EvaluationError
from core.evaluation.decisions import decisions
from core.evaluation.intervals import Interval, metric_intervals
from core.evaluation.metrics import evaluate, unavailable
from core.evaluation.paired_tests import AucDifference, delong_test, holm, macro_delong_test, mcnemar
from core.evaluation.predictions import Predictions

SIGNIFICANT = 0.05  # for 95 % intervals


@dataclass(frozen=True, eq=False)
class Entry:
    """A run to be compared: its name, its predictions on one split and its frozen thresholds (one per label)."""

    name: str
    predictions: Predictions
    thresholds: Mapping[str, float]


@dataclass(frozen=True)
class Row:
    """All metrics of one entry. `intervals` and `metrics` have a key for every metric; `unavailable` says why a metric is None."""

    name: str
    split: str
    images: int
    metrics: dict[str, float | None]
    intervals: dict[str, Interval | None]
    unavailable: dict[str, str]


@dataclass(frozen=True)
class Pair:
    """The first entry minus the second, in ROC AUC (its mean over labels where there are several), with a 95 % interval.

    p is DeLong's, p_holm is adjusted over all pairs, mcnemar_p compares the decisions at the frozen thresholds (None for multi-label
    tasks, which have several decisions per image, and where patients repeat). All numbers are None where `unavailable` says why.
    """

    first: str
    second: str
    images: int
    roc_auc_difference: float | None
    low: float | None
    high: float | None
    p: float | None
    p_holm: float | None
    mcnemar_p: float | None
    sentence: str
    unavailable: str | None


def rows(entries: Sequence[Entry]) -> list[Row]:
    """One row per entry, in their order."""
    return [_row(entry) for entry in entries]


def pairs(entries: Sequence[Entry]) -> list[Pair]:
    """Each unordered pair of entries once, in their order. A pair that cannot be compared says why."""
    untold = [_pair(first, second) for first, second in combinations(entries, 2)]
    adjusted = holm([pair.p for pair in untold])
    return [_told(replace(pair, p_holm=p), sum(p is not None for p in adjusted)) for pair, p in zip(untold, adjusted, strict=True)]


def aligned(first: Predictions, second: Predictions) -> Predictions:
    """`second` with its rows in the order of `first`. Raises EvaluationError where they are not of the same images and labels."""
    for field, title in (("task", "task"), ("split", "split"), ("labels", "labels")):
        if getattr(first, field) != getattr(second, field):
            raise EvaluationError(f"the {title} differ: {getattr(first, field)} and {getattr(second, field)}")
    second = _reordered(first, second)
    if not np.array_equal(first.y_true, second.y_true):
        raise EvaluationError("the true labels of the same images differ")
    return second


def _reordered(first: Predictions, second: Predictions) -> Predictions:
    if np.array_equal(first.image_ids, second.image_ids):
        return second
    place = {image_id: row for row, image_id in enumerate(second.image_ids.tolist())}
    shared = [place[image_id] for image_id in first.image_ids.tolist() if image_id in place]
    if not len(shared) == first.n == second.n:
        raise EvaluationError(f"the images differ: {first.n} and {second.n}, of which {len(shared)} are the same")
    return second.select(np.array(shared))


def _row(entry: Entry) -> Row:
    predictions, thresholds = entry.predictions, entry.thresholds
    return Row(
        name=entry.name,
        split=predictions.split,
        images=predictions.n,
        metrics=evaluate(predictions, thresholds),
        intervals=metric_intervals(predictions, thresholds),
        unavailable=unavailable(predictions, thresholds),
    )


def _pair(first: Entry, second: Entry) -> Pair:
    """A pair without its sentence and its adjusted p."""
    images = first.predictions.n
    try:
        second = replace(second, predictions=aligned(first.predictions, second.predictions))
        test = _auc_test(first.predictions, second.predictions)
    except EvaluationError as reason:
        return Pair(first.name, second.name, images, None, None, None, None, None, None, "", str(reason).rstrip("."))
    mcnemar_p = _mcnemar_p(first, second)
    return Pair(first.name, second.name, images, test.difference, test.low, test.high, test.p_value, None, mcnemar_p, "", None)


def _auc_test(first: Predictions, second: Predictions) -> AucDifference:
    patients = first.patients if first.has_repeated_patients else None
    if first.task == "binary":
        return delong_test(first.y_true[:, 0], first.y_score[:, 0], second.y_score[:, 0], patients=patients)
    return macro_delong_test(first.y_true, first.y_score, second.y_score, patients=patients)


def _mcnemar_p(first: Entry, second: Entry) -> float | None:
    if first.predictions.task == "multilabel" or first.predictions.has_repeated_patients:
        return None
    return mcnemar(_right(first), _right(second)).p_value


def _right(entry: Entry) -> np.ndarray:
    """(n,) bool: every decision on the image is right."""
    return (decisions(entry.predictions, entry.thresholds) == entry.predictions.y_true).all(axis=1)


def _told(pair: Pair, tests: int) -> Pair:
    return replace(pair, sentence=_sentence(pair, tests))


def _sentence(pair: Pair, tests: int) -> str:
    if pair.unavailable is not None:
        return f"{pair.first} and {pair.second}: not available: {pair.unavailable}."
    if pair.roc_auc_difference == 0 and pair.low == pair.high:
        return f"{pair.first} and {pair.second} order all pairs of the {pair.images} images alike: no difference in AUC."
    leads = pair.roc_auc_difference >= 0
    better, worse = (pair.first, pair.second) if leads else (pair.second, pair.first)
    low, high = (pair.low, pair.high) if leads else (-pair.high, -pair.low)
    gap = f"{better} beats {worse} by {_points(abs(pair.roc_auc_difference))} points of AUC"
    return f"{gap}; 95 % interval {_points(low)} to {_points(high)}: {_verdict(pair, tests)} with {pair.images} images."


def _verdict(pair: Pair, tests: int) -> str:
    if pair.p_holm < SIGNIFICANT:
        return "resolved"
    if pair.p < SIGNIFICANT:
        return f"resolved by itself, but not among {tests} pairs (Holm's p {pair.p_holm:.2g})"
    return "not resolved"


def _points(difference: float) -> str:
    """Hundredths of AUC with one digit, or as many as show that it is not 0."""
    points = 100 * difference
    return f"{points:.1f}" if abs(points) >= 0.05 or points == 0 else f"{points:.1g}"
