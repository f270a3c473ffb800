"""All that a view needs which follows a threshold as it moves: every label's counts at 1,001 places, and where its scores lie."""

from dataclasses import dataclass

import numpy as np

from core.evaluation.counts import Counts, is_positive
from core.evaluation.curves import ScoreHistogram, score_histogram
from core.evaluation.label_sweep import sweep_labels
from core.evaluation.predictions import Predictions

STEPS = 1000
PLACES = tuple(step / STEPS for step in range(STEPS + 1))
BINS = 40


@dataclass(frozen=True, eq=False)
class LineView:
    """`counts` have (L, STEPS + 1) arrays for the thresholds 0, 0.001, ..., 1; one histogram a label.

    `is_clustered` says that images of one patient repeat, so that intervals are by patient.
    """

    labels: tuple[str, ...]
    counts: Counts
    histograms: tuple[ScoreHistogram, ...]
    is_clustered: bool

    def of_label(self, label: str) -> "LineView":
        """The view of one label alone."""
        row = self.labels.index(label)
        return LineView((label,), self.counts.at([row]), (self.histograms[row],), self.is_clustered)

    def histogram(self, label: str) -> ScoreHistogram:
        """Where the scores of a label lie."""
        return self.histograms[self.labels.index(label)]


def line_view(predictions: Predictions) -> LineView:
    """The view of some predictions, label by label against the rest."""
    swept = sweep_labels(predictions, np.array(PLACES))
    histograms = tuple(score_histogram(*predictions.column(label), BINS) for label in predictions.labels)
    return LineView(predictions.labels, swept.counts, histograms, predictions.has_repeated_patients)


def spread_rows(y_score: np.ndarray, most: int) -> np.ndarray:
    """At most `most` row numbers, by ascending score, spread evenly over the ranks of (n,) scores; always the same."""
    ranked = np.argsort(y_score, kind="stable")
    return ranked[np.linspace(0, len(ranked) - 1, min(most, len(ranked))).round().astype(int)]


def rows_beside(y_score: np.ndarray, place: float, each: int) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers, at most `each`, of the (n,) scores just below a place and of those that just reach it, both by ascending score."""
    ranked = np.argsort(y_score, kind="stable")
    first = len(y_score) - int(is_positive(y_score, place).sum())
    return ranked[max(first - each, 0) : first], ranked[first : first + each]
