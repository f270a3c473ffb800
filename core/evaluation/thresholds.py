"""Operating points: a threshold per label, chosen by a rule on validation and nowhere else.

A threshold is chosen among the validation scores themselves, not midway between two of them: it is exactly a float32, "the highest
threshold with sensitivity at least s" is one of them by definition, and the score it stands on counts as positive.
"""

from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import Counts, counts_at_every_threshold, counts_at_thresholds
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES, f1, sensitivity, specificity
from core.evaluation.threshold_rules import Rule, parse_rule

CHOSEN_ON = "val"
PRESPECIFIED = "prespecified"


@dataclass(frozen=True)
class OperatingPoint:
    """`rule` as text; `chosen_on` is "val", or "prespecified" for a fixed number; `thresholds` has a value in 0..1 for each label."""

    rule: str
    chosen_on: str
    thresholds: dict[str, float]


@dataclass(frozen=True, eq=False)
class Sweep:
    """Counts and threshold-dependent metrics at (t,) thresholds from 0 to 1; nan where a metric has nothing to divide by."""

    thresholds: np.ndarray
    counts: Counts
    metrics: dict[str, np.ndarray]


def choose(rule: Rule | str, predictions: Predictions) -> OperatingPoint:
    """Apply a rule to each label of validation predictions (to each class against the rest in a multi-class task).

    Youden and F1 take the highest of equally good thresholds. Sensitivity takes the highest threshold that reaches it, specificity
    the lowest. Raises EvaluationError for predictions that are not of "val" (a fixed number takes any, it does not look at them),
    where a label lacks a class, and where specificity cannot be reached.
    """
    rule = rule if isinstance(rule, Rule) else parse_rule(rule)
    if not rule.needs_data:
        return OperatingPoint(rule.text, PRESPECIFIED, dict.fromkeys(predictions.labels, rule.value))
    if predictions.split != CHOSEN_ON:
        raise EvaluationError(
            f"the rule {rule.text} was to choose a threshold on {predictions.split}", "validation chooses, test reports", "Choose it on val"
        )
    return OperatingPoint(rule.text, CHOSEN_ON, {label: _chosen(rule, predictions, label) for label in predictions.labels})


def sweep(y_true: np.ndarray, y_score: np.ndarray, points: int = 1001) -> Sweep:
    """Every metric that needs a threshold, at `points` (>= 2) equally spaced thresholds, from (n,) labels and scores."""
    thresholds = np.arange(points) / (points - 1)
    counts = counts_at_thresholds(y_true, y_score, thresholds)
    return Sweep(thresholds, counts, {name: rate(counts) for name, rate in RATES.items()})


def _chosen(rule: Rule, predictions: Predictions, label: str) -> float:
    y_true, y_score = predictions.column(label)
    _need_both(rule, label, y_true)
    if rule.name == "specificity":
        return _lowest_specific(rule, label, y_true, y_score)
    thresholds, counts = counts_at_every_threshold(y_true, y_score)
    thresholds, counts = thresholds[1:], counts.at(slice(1, None))  # from the highest score to the lowest
    if rule.name == "sensitivity":
        reached = sensitivity(counts) >= rule.value
        return float(thresholds[reached.argmax()])
    return float(thresholds[_merit(rule, counts).argmax()])


def _merit(rule: Rule, counts: Counts) -> np.ndarray:
    """Larger is better. Youden's J is taken times both class sizes, in whole numbers, so that equal is equal."""
    if rule.name == "f1":
        return f1(counts)
    return counts.tp * (counts.fp + counts.tn) - counts.fp * (counts.tp + counts.fn)


def _lowest_specific(rule: Rule, label: str, y_true: np.ndarray, y_score: np.ndarray) -> float:
    """The lowest score that reaches the specificity; the next float32 above all scores where none does."""
    thresholds, counts = counts_at_every_threshold(y_true, y_score)
    thresholds[0] = np.nextafter(thresholds[1], np.float32(np.inf))
    lowest = float(thresholds[specificity(counts) >= rule.value][-1])
    if lowest > 1:
        best = float(specificity(counts)[1])
        raise EvaluationError(
            f"{label} cannot reach specificity {rule.value} on val", f"images without it score 1; at most {best:.3f} is possible"
        )
    return lowest


def _need_both(rule: Rule, label: str, y_true: np.ndarray):
    positives = int(y_true.sum())
    if 0 < positives < y_true.size:
        return
    found = f"no image of val has {label}" if positives == 0 else f"every image of val has {label}"
    raise EvaluationError(
        found, f"the rule {rule.text} needs images with and without it", "Use a fixed number, or a validation split with both"
    )
