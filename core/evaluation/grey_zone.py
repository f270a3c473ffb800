"""Two thresholds for one label: below the lower one negative, from the higher one on positive, between them left to a human.

The zone is found on validation from two promises: of all images with the label, at least a share `sensitivity` is not called negative;
of all without it, at least a share `specificity` is not called positive. Its ends are the thresholds of the rules "sensitivity=s" and
"specificity=p", the two-graph ROC analysis (Greiner, Sohr and Gobel 1995, J Immunol Methods 185:123). PPV and NPV would make another
promise, which another prevalence breaks; these hold at any.
"""

from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import Counts, counts_of, is_positive
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry
from core.evaluation.shares import Share, shares
from core.evaluation.thresholds import choose


@dataclass(frozen=True)
class Zone:
    """`low` <= `high`, 0..1: `score < low` is negative, `score >= high` positive, between them it is left to a human."""

    low: float
    high: float

    def __post_init__(self):
        if not 0 <= self.low <= self.high <= 1:
            raise EvaluationError(f"a grey zone from {self.low} to {self.high}", "it must go upwards and lie between 0 and 1")

    def widened(self, steps: int) -> "Zone":
        """Outwards to whole 1 / `steps`: what it promises of those called positive and negative still holds."""
        return Zone(floor(self.low * steps) / steps, ceil(self.high * steps) / steps)


@dataclass(frozen=True)
class ZoneReport:
    """What a zone does to the images of a split.

    `decided` are the counts of the images outside of it, `left_with` and `left_without` images in it with and without the label.
    `entries`: "left" of all images; "sensitivity", "specificity", "precision", "npv" and "accuracy" of the decided images alone;
    "missed" of all images with the label and "alarmed" of all without it, which is what remains if the human is always right.
    """

    zone: Zone
    decided: Counts
    left_with: int
    left_without: int
    entries: dict[str, Entry]


def find_zone(predictions: Predictions, label: str, sensitivity: float, specificity: float) -> Zone:
    """The narrowest zone that keeps both promises on validation.

    Where one threshold keeps both there is nothing between: `low` and `high` are the same, the one of them with most Youden's J. Raises
    EvaluationError for other splits than validation, and where a promise cannot be kept.
    """
    one = predictions.of_label(label)
    low = choose(f"sensitivity={sensitivity!r}", one).thresholds[label]
    high = choose(f"specificity={specificity!r}", one).thresholds[label]
    if low < high:
        return Zone(low, high)
    both = choose(f"sensitivity={sensitivity!r},specificity={specificity!r}", one).thresholds[label]
    return Zone(both, both)


def zone_report(predictions: Predictions, label: str, zone: Zone) -> ZoneReport:
    """How the zone did. Raises EvaluationError for a label that is none."""
    y_true, y_score = predictions.column(label)
    true, positive, reaches = y_true.astype(bool), is_positive(y_score, zone.high), is_positive(y_score, zone.low)
    decided = positive | ~reaches
    entries = shares(predictions, _asked(predictions.split, label, true, positive, decided))
    left = ~decided
    return ZoneReport(zone, counts_of(true[decided], positive[decided]), int((left & true).sum()), int((left & ~true).sum()), entries)


def _asked(split: str, label: str, true: np.ndarray, positive: np.ndarray, decided: np.ndarray) -> dict[str, Share]:
    negative, none = decided & ~positive, f"no image of {split} that is decided"
    with_label, without = f"no image of {split} has {label}", f"every image of {split} has {label}"
    return {
        "left": Share(~decided, np.ones(true.size, bool), ""),
        "sensitivity": Share(positive & true, decided & true, f"{none} has {label}"),
        "specificity": Share(negative & ~true, decided & ~true, f"{none} is without {label}"),
        "precision": Share(positive & true, positive, f"no image of {split} lies above the zone"),
        "npv": Share(negative & ~true, negative, f"no image of {split} lies below the zone"),
        "accuracy": Share((positive & true) | (negative & ~true), decided, f"every image of {split} lies in the zone"),
        "missed": Share(negative & true, true, with_label),
        "alarmed": Share(positive & ~true, ~true, without),
    }
