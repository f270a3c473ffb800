"""What a positive and a negative answer at one threshold mean at any prevalence, each with its interval or why there is none.

Sensitivity and specificity are those of the images at hand and are taken to stay the same where the label is rarer or commoner.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.bootstrap import bootstrap_metrics
from core.evaluation.counts import Counts, counts_at
from core.evaluation.intervals import DRAWS, Interval, drawn_interval
from core.evaluation.predictions import Predictions
from core.evaluation.prevalence import adjusted_npv, adjusted_ppv, npv_interval, of_people, ppv_interval
from core.evaluation.rates import sensitivity, specificity
from core.evaluation.scorecard import Entry

_SEED = 0
_BY_PATIENT = "bootstrap by patient"


@dataclass(frozen=True, eq=False)
class Answers:
    """Four ints at one threshold; where patients have several images also (d,) bootstrap values of sensitivity and specificity."""

    counts: Counts
    drawn: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def own_prevalence(self) -> float:
        """The share of the images at hand that have the label."""
        positives = self.counts.tp + self.counts.fn
        return positives / (positives + self.counts.fp + self.counts.tn)

    @property
    def rates(self) -> tuple[float, float]:
        """Sensitivity and specificity. Raises EvaluationError where images with or without the label are missing."""
        return _known(self.counts)

    def ppv(self, prevalence: float) -> Entry:
        """The share of positive answers that are right, 0 < prevalence < 1. Raises as `rates`."""
        return self._entry(adjusted_ppv, ppv_interval, prevalence, "no image is called positive")

    def npv(self, prevalence: float) -> Entry:
        """The share of negative answers that are right. Raises as `rates`."""
        return self._entry(adjusted_npv, npv_interval, prevalence, "no image is called negative")

    def of_people(self, prevalence: float, people: int = 1000) -> Counts:
        """Of so many people, how many would be found, alarmed, missed and left alone. Raises as `rates`."""
        return of_people(*self.rates, prevalence, people)

    def _entry(self, share: Callable, interval: Callable, prevalence: float, why: str) -> Entry:
        value = float(share(*self.rates, prevalence))
        if np.isnan(value):
            return Entry.of(None, None, why)
        return Entry.of(value, self._interval(share, interval, prevalence, value), why)

    def _interval(self, share: Callable, interval: Callable, prevalence: float, value: float) -> Interval | None:
        if self.drawn is None:
            return interval(self.counts, prevalence)
        there = ~np.isnan(self.drawn).any(axis=0)
        drawn = np.full(there.shape, np.nan)
        drawn[there] = share(*(rate[there] for rate in self.drawn), prevalence)
        return drawn_interval("precision", value, drawn, method=_BY_PATIENT)


def answers(predictions: Predictions, threshold: float) -> Answers:
    """The answers of binary predictions, a label against the rest, at a threshold in 0..1.

    Intervals are Mercaldo's; where patients have several images, patients are drawn instead.
    """
    counts = counts_at(*predictions.column(predictions.labels[0]), threshold)
    if not predictions.has_repeated_patients or not (counts.tp + counts.fn) or not (counts.fp + counts.tn):
        return Answers(counts)
    names = ("sensitivity", "specificity")
    drawn = bootstrap_metrics(predictions, {predictions.labels[0]: threshold}, names, DRAWS, _SEED)
    return Answers(counts, tuple(drawn[name] for name in names))


def _known(counts: Counts) -> tuple[float, float]:
    if not counts.tp + counts.fn:
        raise EvaluationError("no image has the label", "sensitivity, and with it PPV and NPV, needs some")
    if not counts.fp + counts.tn:
        raise EvaluationError("every image has the label", "specificity, and with it PPV and NPV, needs images without it")
    return float(sensitivity(counts)), float(specificity(counts))
