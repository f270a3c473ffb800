"""'No Finding' among the labels of a task: it means that an image has no other label.

A model that scores each label by itself can contradict itself: call an image 'No Finding' and a finding, or call it nothing at all. A
published study of NIH ChestX-ray14 asks for a rule: 'No Finding', where it is the most likely, excludes every other label.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.decision_f1 import MacroChange, macro_f1_change
from core.evaluation.label_rows import threshold_decision
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry
from core.evaluation.shares import Share, shares

NAME = "no finding"


@dataclass(frozen=True)
class Contradictions:
    """Images whose decisions cannot all be true: how many, and their share of all images."""

    both: int
    nothing: int
    both_share: Entry
    nothing_share: Entry


@dataclass(frozen=True)
class Exclusion:
    """What the rule does: contradictions and macro F1 before and after it, and on how many images a decision `changed`."""

    before: Contradictions
    after: Contradictions
    macro_f1: MacroChange
    changed: int


@dataclass(frozen=True)
class Derived:
    """'No Finding' of a task that has no such label: images of which nothing is called.

    `called` images, a share of all; of the images that have no label, the share that is called nothing (`sensitivity`); of those called
    nothing, the share that has no label (`precision`).
    """

    called: int
    called_share: Entry
    sensitivity: Entry
    precision: Entry


def no_finding_label(labels: tuple[str, ...]) -> str | None:
    """The label that means 'No Finding', however it is written ("No finding", "no_finding"); None where there is none."""
    return next((label for label in labels if " ".join(label.replace("_", " ").split()).casefold() == NAME), None)


def excluded(predictions: Predictions, decision: np.ndarray, label: str) -> np.ndarray:
    """Decisions (n, L) after the rule: an image on which no label scores above 'No Finding' is called that and nothing else."""
    column = predictions.label_index(label)
    most_likely = predictions.y_score[:, column] >= predictions.y_score.max(axis=1)
    only = np.zeros(len(predictions.labels), decision.dtype)
    only[column] = 1
    return np.where(most_likely[:, None], only, decision)


def exclusion(predictions: Predictions, thresholds: Mapping[str, float], label: str) -> Exclusion:
    """The effect of the rule at thresholds. `label` means 'No Finding' and is one of several.

    Raises EvaluationError for a threshold that is missing or outside 0..1, and for a label that is none.
    """
    before = threshold_decision(predictions, thresholds)
    after = excluded(predictions, before, label)
    first, then = (_contradictions(predictions, decision, label) for decision in (before, after))
    return Exclusion(first, then, macro_f1_change(predictions, before, after), int((before != after).any(axis=1).sum()))


def derived(predictions: Predictions, thresholds: Mapping[str, float]) -> Derived:
    """'No Finding' as what is left where no label reaches its threshold."""
    nothing = ~threshold_decision(predictions, thresholds).any(axis=1)
    healthy, split = ~predictions.y_true.any(axis=1), predictions.split
    found = shares(predictions, {
        "called": Share(nothing, np.ones(predictions.n, bool), ""),
        "sensitivity": Share(nothing & healthy, healthy, f"every image of {split} has a label"),
        "precision": Share(nothing & healthy, nothing, f"some label is called on every image of {split}"),
    })  # fmt: skip
    return Derived(int(nothing.sum()), found["called"], found["sensitivity"], found["precision"])


def _contradictions(predictions: Predictions, decision: np.ndarray, label: str) -> Contradictions:
    called = decision.astype(bool)
    healthy = called[:, predictions.label_index(label)]
    both, nothing = healthy & (called.sum(axis=1) > 1), ~called.any(axis=1)
    every = np.ones(predictions.n, bool)
    found = shares(predictions, {"both": Share(both, every, ""), "nothing": Share(nothing, every, "")})
    return Contradictions(int(both.sum()), int(nothing.sum()), found["both"], found["nothing"])
