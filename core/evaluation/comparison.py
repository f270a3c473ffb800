"""Runs side by side: each with its metrics, and each pair with its difference and whether the images at hand can tell them apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from core.errors import EvaluationError
from core.evaluation.bootstrap import bootstrap_metrics
from core.evaluation.comparison_words import told
from core.evaluation.decisions import decisions
from core.evaluation.delong import Components, components
from core.evaluation.intervals import DRAWS, Interval, closed_intervals, drawn_intervals
from core.evaluation.metrics import METRICS, evaluate, metrics_of, unavailable
from core.evaluation.pair import Pair
from core.evaluation.paired_tests import Difference, MeanAuc, delong_difference, holm, macro_difference, mcnemar, mean_auc, paired_bootstrap
from core.evaluation.predictions import Predictions

SEED = 0  # the same for all entries, so that a draw has the same images in each


@dataclass(frozen=True, eq=False)
class Entry:
    """A run to be compared: its name, its predictions on one split and its frozen thresholds (one per label).

    What takes long is found once, when it is first asked for, and kept: an entry that is kept serves every comparison and metric, or
    only those that are `wanted`.
    """

    name: str
    predictions: Predictions
    thresholds: Mapping[str, float]
    wanted: tuple[str, ...] | None = None

    @cached_property
    def metrics(self) -> dict[str, float | None]:
        """Every metric of the task."""
        return evaluate(self.predictions, self.thresholds)

    @cached_property
    def unavailable(self) -> dict[str, str]:
        """Why a metric is None."""
        return unavailable(self.predictions, self.thresholds)

    @cached_property
    def drawn(self) -> dict[str, np.ndarray]:
        """{metric: (DRAWS,)} bootstrap values of every metric that has one and is wanted."""
        wanted = self.metrics if self.wanted is None else self.wanted
        names = [name for name, value in self.metrics.items() if value is not None and name in wanted]
        return bootstrap_metrics(self.predictions, self.thresholds, names, DRAWS, SEED)

    @cached_property
    def patients(self) -> np.ndarray | None:
        """(n,) number of the patient, where patients repeat."""
        return np.unique(self.predictions.patients, return_inverse=True)[1] if self.predictions.has_repeated_patients else None

    @cached_property
    def area(self) -> Components | MeanAuc:
        """What DeLong's test needs of the scores of the one label, or of all. Raises EvaluationError where a class is missing or small."""
        y_true, y_score = self.predictions.y_true, self.predictions.y_score
        if self.predictions.task != "binary":
            return mean_auc(y_true, y_score, self.patients)
        if "roc_auc" in self.unavailable:
            raise EvaluationError(self.unavailable["roc_auc"], "ROC AUC needs images with and without the label")
        return components(y_true[:, 0], y_score.T)


@dataclass(frozen=True)
class Row:
    """All metrics of one entry. `intervals` and `metrics` have a key for every metric; `unavailable` says why a metric is None.

    `images` is None where there are no scores on the split.
    """

    name: str
    split: str
    images: int | None
    metrics: dict[str, float | None]
    intervals: dict[str, Interval | None]
    unavailable: dict[str, str]


def rows(entries: Sequence[Entry]) -> list[Row]:
    """One row per entry, in their order."""
    return [_row(entry) for entry in entries]


def pairs(entries: Sequence[Entry], metric: str = "roc_auc") -> list[Pair]:
    """Each unordered pair of entries once, in their order, in one metric. A pair that cannot be compared says why.

    Raises EvaluationError for a name that is no metric.
    """
    if metric not in METRICS:
        raise EvaluationError(f"{str(metric)[:60]!r} is no metric", f"the metrics are {', '.join(METRICS)}")
    found = [_pair(first, second, metric) for first, second in combinations(entries, 2)]
    adjusted = holm([pair.p for pair in found])
    tests = sum(p is not None for p in adjusted)
    return [told(replace(pair, p_holm=p), tests) for pair, p in zip(found, adjusted, strict=True)]


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
    predictions, values = entry.predictions, entry.metrics
    known = closed_intervals(predictions, entry.thresholds)
    known = drawn_intervals(predictions, values, entry.drawn) | known
    intervals = {name: known.get(name) for name in values}
    return Row(entry.name, predictions.split, predictions.n, values, intervals, entry.unavailable)


def _pair(first: Entry, second: Entry, metric: str) -> Pair:
    """A pair without its sentence and its adjusted p."""
    named = Pair(first.name, second.name, metric, first.predictions.n)
    try:
        first, second = _matched(first, second)
        test, method = _difference(first, second, metric)
    except EvaluationError as reason:
        return replace(named, unavailable=str(reason).rstrip("."))
    numbers = {"difference": test.difference, "low": test.low, "high": test.high, "p": test.p_value}
    return replace(named, **numbers, mcnemar_p=_mcnemar_p(first, second), method=method)


def _matched(first: Entry, second: Entry) -> tuple[Entry, Entry]:
    """Both with the same rows and the same patients, so that a draw has the same images in both."""
    there = aligned(first.predictions, second.predictions)
    patients = there.patients if first.predictions.patients is None else first.predictions.patients
    return _with_patients(first, first.predictions, patients), _with_patients(second, there, patients)


def _with_patients(entry: Entry, predictions: Predictions, patients: np.ndarray | None) -> Entry:
    """The entry itself where it is so already."""
    if not np.array_equal(predictions.patients, patients):
        predictions = replace(predictions, patients=patients)
    return entry if predictions is entry.predictions else replace(entry, predictions=predictions)


def _difference(first: Entry, second: Entry, metric: str) -> tuple[Difference, str]:
    """The test, and how it was made."""
    by_patient = "" if first.patients is None else " by patient"
    if metric == "roc_auc":
        test = delong_difference if first.predictions.task == "binary" else macro_difference
        return test(first.area, second.area, patients=first.patients), f"DeLong{by_patient}"
    values = [_value(entry, metric) for entry in (first, second)]
    return paired_bootstrap(values[0] - values[1], first.drawn[metric], second.drawn[metric]), f"paired bootstrap{by_patient}"


def _value(entry: Entry, metric: str) -> float:
    task, title = entry.predictions.task, METRICS[metric].title
    if metric not in metrics_of(task):
        raise EvaluationError(f"{title} is no metric of {task} tasks", "one of the task")
    if metric in entry.unavailable:
        raise EvaluationError(f"{title} of {entry.name} cannot be had", entry.unavailable[metric])
    return entry.metrics[metric]


def _mcnemar_p(first: Entry, second: Entry) -> float | None:
    if first.predictions.task == "multilabel" or first.patients is not None:
        return None
    return mcnemar(_right(first), _right(second)).p_value


def _right(entry: Entry) -> np.ndarray:
    """(n,) bool: every decision on the image is right."""
    return (decisions(entry.predictions, entry.thresholds) == entry.predictions.y_true).all(axis=1)
