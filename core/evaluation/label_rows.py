"""Every label at a threshold of its own, against the rest: what a table of all labels shows, with intervals."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.counts import Counts, counts_of, is_positive
from core.evaluation.decision_f1 import decision_f1
from core.evaluation.decisions import threshold_vector
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry
from core.evaluation.shares import Share, shares

SHARES = ("sensitivity", "specificity", "precision", "flagged")


@dataclass(frozen=True)
class LabelRow:
    """`entries` are those of SHARES and "f1"; "flagged" is the share of images called positive."""

    label: str
    threshold: float
    counts: Counts
    entries: Mapping[str, Entry]


def label_rows(predictions: Predictions, thresholds: Mapping[str, float]) -> tuple[LabelRow, ...]:
    """A row for each label, in their order; positive is `score >= threshold`, in a multi-class task too.

    Raises EvaluationError for a threshold that is missing or outside 0..1.
    """
    decision = threshold_decision(predictions, thresholds)
    asked = {(label, name): one for column, label in enumerate(predictions.labels)
             for name, one in _asked(predictions, decision, column).items()}  # fmt: skip
    found, of_f1 = shares(predictions, asked), decision_f1(predictions, decision).labels
    return tuple(
        LabelRow(label, float(thresholds[label]), counts_of(predictions.y_true[:, column], decision[:, column]),
                 {name: found[label, name] for name in SHARES} | {"f1": of_f1[label]})
        for column, label in enumerate(predictions.labels)
    )  # fmt: skip


def threshold_decision(predictions: Predictions, thresholds: Mapping[str, float]) -> np.ndarray:
    """(n, L) uint8, 1 where a label's score reaches its threshold, whatever the task."""
    return is_positive(predictions.y_score, threshold_vector(predictions.labels, thresholds)).astype(np.uint8)


def _asked(predictions: Predictions, decision: np.ndarray, column: int) -> dict[str, Share]:
    true, called = predictions.y_true[:, column].astype(bool), decision[:, column].astype(bool)
    label, split, every = predictions.labels[column], predictions.split, np.ones(predictions.n, bool)
    return {
        "sensitivity": Share(called & true, true, f"no image of {split} has {label}"),
        "specificity": Share(~called & ~true, ~true, f"every image of {split} has {label}"),
        "precision": Share(called & true, called, f"no image of {split} is called {label} at this threshold"),
        "flagged": Share(called, every, ""),
    }
