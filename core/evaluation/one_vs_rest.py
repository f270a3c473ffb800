"""A multi-class task decided by a threshold per class: an image is undecided where no score reaches its threshold, or several do."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.decision_f1 import decision_f1
from core.evaluation.decisions import decisions
from core.evaluation.label_rows import threshold_decision
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry
from core.evaluation.shares import Share, shares


@dataclass(frozen=True, eq=False)
class ClassDecisions:
    """How one way to decide between L classes did.

    `matrix` (L, L + 1) int: rows actual, columns called, the last one undecided, of which no class passed for `none` images and several
    for `several`. `undecided` is a share of all images, `accuracy` a share of the decided ones. `sensitivity` and `f1` are by class; an
    undecided image is missed by its own class, and so lowers both and `macro_f1`.
    """

    labels: tuple[str, ...]
    matrix: np.ndarray
    none: int
    several: int
    undecided: Entry
    accuracy: Entry
    macro_f1: Entry
    sensitivity: Mapping[str, Entry]
    f1: Mapping[str, Entry]


def by_highest(predictions: Predictions) -> ClassDecisions:
    """Each image is called the class with the highest score: none stays undecided."""
    return _told(predictions, decisions(predictions, {}))


def by_thresholds(predictions: Predictions, thresholds: Mapping[str, float]) -> ClassDecisions:
    """Each class against the rest: an image is called the one class whose score reaches its threshold.

    Raises EvaluationError for a threshold that is missing or outside 0..1.
    """
    return _told(predictions, threshold_decision(predictions, thresholds))


def _told(predictions: Predictions, passed: np.ndarray) -> ClassDecisions:
    """From (n, L) 0/1, 1 where a class passes."""
    passing = passed.sum(axis=1)
    decided, size = passing == 1, len(predictions.labels)
    called, actual = np.where(decided, passed.argmax(axis=1), size), predictions.y_true.argmax(axis=1)
    matrix = np.bincount(actual * (size + 1) + called, minlength=size * (size + 1)).reshape(size, size + 1)
    decision = passed * decided[:, None].astype(np.uint8)
    found, of_f1 = shares(predictions, _asked(predictions, decided, called == actual, actual)), decision_f1(predictions, decision)
    return ClassDecisions(
        predictions.labels, matrix, int((passing == 0).sum()), int((passing > 1).sum()), found["undecided"], found["accuracy"],
        of_f1.macro, {label: found[label, "sensitivity"] for label in predictions.labels}, of_f1.labels,
    )  # fmt: skip


def _asked(predictions: Predictions, decided: np.ndarray, right: np.ndarray, actual: np.ndarray) -> dict:
    of_class = {(label, "sensitivity"): Share(right & (actual == number), actual == number, f"no image of {predictions.split} is {label}")
                for number, label in enumerate(predictions.labels)}  # fmt: skip
    return of_class | {
        "undecided": Share(~decided, np.ones(predictions.n, bool), ""),
        "accuracy": Share(right, decided, f"every image of {predictions.split} is undecided"),
    }
