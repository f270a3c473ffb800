"""Operating points: a threshold per label, chosen by a rule on validation and nowhere else.

A threshold is chosen among the validation scores themselves, not midway between two of them: it is exactly a float32, "the highest
threshold with sensitivity at least s" is one of them by definition, and the score it stands on counts as positive.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import Counts, counts_at_every_threshold, counts_at_thresholds
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES, sensitivity, specificity
from core.evaluation.rule_choice import pick, said
from core.evaluation.threshold_rules import Rule, parse_rule

CHOSEN_ON = "val"
PRESPECIFIED = "prespecified"


def chosen_on(rule: str) -> str:
    """Where a rule's thresholds come from, also those of a rule that is none ("hand"): "val", or "prespecified" for a fixed number."""
    return PRESPECIFIED if re.fullmatch(r"[\d.]+(e-?\d+)?", rule) else CHOSEN_ON


@dataclass(frozen=True)
class OperatingPoint:
    """`rule` as text; `chosen_on` is "val", or "prespecified" for a fixed number; `thresholds` has a value in 0..1 for each label."""

    rule: str
    chosen_on: str
    thresholds: Mapping[str, float]

    @property
    def is_fixed(self) -> bool:
        """Whether the rule is a number, which looks at no image."""
        return chosen_on(self.rule) == PRESPECIFIED

    @property
    def origin(self) -> str:
        """In words where the thresholds come from."""
        return f"{self.rule}, {'fixed beforehand' if self.is_fixed else 'chosen on validation'}"


@dataclass(frozen=True, eq=False)
class Sweep:
    """Counts and threshold-dependent metrics at (t,) thresholds from 0 to 1; nan where a metric has nothing to divide by."""

    thresholds: np.ndarray
    counts: Counts
    metrics: dict[str, np.ndarray]


def choose(rule: Rule | str, predictions: Predictions) -> OperatingPoint:
    """Apply a rule to each label of validation predictions (to each class against the rest in a multi-class task).

    Of equally good thresholds the highest is taken. Sensitivity takes the highest threshold that reaches it, specificity the lowest,
    "flagged" the lowest that calls no more; "both" the one of most Youden's J among those that reach both; "prevalence" the one that
    calls as many as there are, nearly. Raises EvaluationError for predictions that are not of "val" (a fixed number takes any, it does
    not look at them), where a label lacks a class, and where the rule cannot be met.
    """
    rule = rule if isinstance(rule, Rule) else parse_rule(rule)
    if not rule.needs_data:
        return OperatingPoint(rule.text, PRESPECIFIED, dict.fromkeys(predictions.labels, rule.value))
    if predictions.split != CHOSEN_ON:
        raise EvaluationError(
            f"the rule {rule.text} was to choose a threshold on {predictions.split}", "validation chooses, test reports", "Choose it on val"
        )
    return OperatingPoint(rule.text, CHOSEN_ON, {label: _chosen(rule, predictions, label) for label in predictions.labels})


def choose_among(rule: Rule | str, splits: Mapping[str, Predictions]) -> OperatingPoint:
    """Apply a rule to the validation predictions among those of some splits.

    Raises EvaluationError as `choose` does, and for a rule that needs validation predictions where there are none.
    """
    rule = rule if isinstance(rule, Rule) else parse_rule(rule)
    if rule.needs_data and CHOSEN_ON not in splits:
        raise EvaluationError(
            f"there are no scores on {CHOSEN_ON}, only on {', '.join(splits)}",
            f"the rule {rule.text} chooses on {CHOSEN_ON}, so that test only reports",
            f"Add rows of the split {CHOSEN_ON}, or take a fixed number such as 0.5",
        )
    return choose(rule, splits.get(CHOSEN_ON, next(iter(splits.values()))))


def sweep(y_true: np.ndarray, y_score: np.ndarray, points: int = 1001) -> Sweep:
    """Every metric that needs a threshold, at `points` (>= 2) equally spaced thresholds, from (n,) labels and scores."""
    thresholds = np.arange(points) / (points - 1)
    counts = counts_at_thresholds(y_true, y_score, thresholds)
    return Sweep(thresholds, counts, {name: rate(counts) for name, rate in RATES.items()})


def _chosen(rule: Rule, predictions: Predictions, label: str) -> float:
    y_true, y_score = predictions.column(label)
    _need_both(rule, label, y_true)
    thresholds, counts = counts_at_every_threshold(y_true, y_score)
    thresholds[0] = np.nextafter(thresholds[1], np.float32(np.inf))  # silence
    picked = pick(rule, counts)
    threshold = float(said(rule, picked.index, thresholds))
    if not picked.keeps or threshold > 1:
        raise _cannot_reach(rule, label, counts)
    return threshold


def _cannot_reach(rule: Rule, label: str, counts: Counts) -> EvaluationError:
    """What is possible instead, among thresholds that are scores."""
    counts = counts.at(slice(1, None))
    if rule.name == "specificity":
        best = float(specificity(counts).max())
        return EvaluationError(
            f"{label} cannot reach specificity {rule.value} on val", f"images without it score 1; at most {best:.3f} is possible"
        )
    if rule.name == "flagged":
        least = float((counts.tp + counts.fp)[0] / (counts.tp + counts.fp + counts.fn + counts.tn)[0])
        return EvaluationError(f"{label} cannot be flagged in {rule.value} of val or less", f"a share of {least:.3f} scores 1")
    enough = sensitivity(counts) >= rule.value
    best = float(specificity(counts)[enough].max())
    return EvaluationError(
        f"{label} cannot reach sensitivity {rule.value} and specificity {rule.specificity} together on val",
        f"with that sensitivity, the specificity is at most {best:.3f}", "Ask for less of one of them",
    )  # fmt: skip


def _need_both(rule: Rule, label: str, y_true: np.ndarray):
    positives = int(y_true.sum())
    if 0 < positives < y_true.size:
        return
    found = f"no image of val has {label}" if positives == 0 else f"every image of val has {label}"
    raise EvaluationError(
        found, f"the rule {rule.text} needs images with and without it", "Use a fixed number, or a validation split with both"
    )
