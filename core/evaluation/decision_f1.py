"""F1 of decisions that anything may have made: thresholds, a rule on top of them, a person. With bootstrap intervals.

The draws are those of all other intervals: the same images, the same seed, the same draws.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.averages import mean_by
from core.evaluation.counts import Counts
from core.evaluation.draws import count_columns, counts_from_sums, drawn_counts
from core.evaluation.intervals import DRAWS, drawn_interval
from core.evaluation.predictions import Predictions
from core.evaluation.rates import f1
from core.evaluation.scorecard import Entry

_NO_MACRO = "no label with images with and without it in {split} has an F1"


@dataclass(frozen=True)
class DecisionF1:
    """F1 of each label, and the mean over the labels that have images with and without them."""

    labels: Mapping[str, Entry]
    macro: Entry


@dataclass(frozen=True)
class MacroChange:
    """The macro F1 of two ways to decide about the same images, and by how much it rises from one to the other, in paired draws."""

    before: Entry
    after: Entry
    gain: Entry


def decision_f1(predictions: Predictions, decision: np.ndarray, draws: int = DRAWS, seed: int = 0) -> DecisionF1:
    """F1 of decisions (n, L) 0/1, for the labels of `predictions` in their order."""
    counts, drawn = _counts(predictions, [decision])[0], drawn_counts(predictions, [decision], draws, seed)[0]
    values, of_draws, labels = f1(counts)[0], f1(drawn), predictions.labels
    why = {label: f"no image of {predictions.split} has {label} or is called {label}" for label in labels}
    found = {label: _entry(predictions, values[column], of_draws[:, column], why[label]) for column, label in enumerate(labels)}
    return DecisionF1(found, _entry(predictions, _macro(counts)[0], _macro(drawn), _NO_MACRO.format(split=predictions.split)))


def macro_f1_change(predictions: Predictions, before: np.ndarray, after: np.ndarray, draws: int = DRAWS, seed: int = 0) -> MacroChange:
    """The macro F1 of decisions `before` and `after`, both (n, L) 0/1; the gain lies within -1..1."""
    values = [float(_macro(counts)[0]) for counts in _counts(predictions, [before, after])]
    drawn = [_macro(counts) for counts in drawn_counts(predictions, [before, after], draws, seed)]
    why = _NO_MACRO.format(split=predictions.split)
    before, after = (_entry(predictions, value, of_draws, why) for value, of_draws in zip(values, drawn, strict=True))
    return MacroChange(before, after, _entry(predictions, values[1] - values[0], drawn[1] - drawn[0], why))


def _counts(predictions: Predictions, decided: list[np.ndarray]) -> list[Counts]:
    """(1, L) of each way to decide."""
    return counts_from_sums(count_columns(predictions, decided).sum(axis=0, keepdims=True, dtype=np.float64), len(decided))


def _macro(counts: Counts) -> np.ndarray:
    """(d,)."""
    return mean_by(f1(counts), (counts.tp + counts.fn > 0) & (counts.fp + counts.tn > 0))


def _entry(predictions: Predictions, value: float, drawn: np.ndarray, why: str) -> Entry:
    if np.isnan(value):
        return Entry.of(None, None, why)
    method = "bootstrap by patient" if predictions.has_repeated_patients else "bootstrap"
    return Entry.of(float(value), drawn_interval("f1", float(value), drawn, method=method), why)
