"""How much a chosen threshold itself depends on which validation images were met: its bootstrap interval."""

from dataclasses import dataclass

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import Counts, last_of_ties
from core.evaluation.draws import draw_weights
from core.evaluation.predictions import Predictions
from core.evaluation.rule_choice import pick, said
from core.evaluation.threshold_rules import Rule, parse_rule
from core.evaluation.thresholds import CHOSEN_ON


@dataclass(frozen=True)
class ThresholdInterval:
    """The middle 95 % of the thresholds that a rule takes in bootstrap draws; `met` is the share of draws in which it could be met."""

    low: float
    high: float
    met: float


def threshold_interval(
    rule: Rule | str, predictions: Predictions, label: str, draws: int = 1000, seed: int = 0, level: float = 0.95
) -> ThresholdInterval | None:
    """The interval of one label's threshold, chosen anew in each draw of the validation images, patients drawn whole.

    None for a fixed number, which does not depend on images, and where the rule is met in fewer than half the draws. Raises
    EvaluationError for other splits than validation.
    """
    rule = rule if isinstance(rule, Rule) else parse_rule(rule)
    if predictions.split != CHOSEN_ON:
        raise EvaluationError(f"the interval of a threshold was asked for on {predictions.split}", "thresholds are chosen on val")
    if not rule.needs_data:
        return None
    y_true, y_score = predictions.column(label)
    chosen = [_chosen(rule, y_true, y_score, weights) for weights in draw_weights(predictions.of_label(label), draws, seed)]
    known = np.concatenate(chosen)
    known = known[~np.isnan(known)]
    if known.size < draws / 2:
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return ThresholdInterval(float(low), float(high), known.size / draws)


def _chosen(rule: Rule, y_true: np.ndarray, y_score: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(d,) threshold in each draw of weights (d, n); nan where the rule cannot be met."""
    order = np.argsort(-y_score, kind="stable")
    ends = last_of_ties(y_score[order])
    true = _cumulated(weights, order, ends, y_true)
    called = _cumulated(weights, order, ends, np.ones_like(y_true))
    positives, n = true[:, -1:], called[:, -1:]
    picked = pick(rule, Counts(tp=true, fp=called - true, fn=positives - true, tn=n - positives - (called - true)))
    thresholds = np.append(np.nextafter(y_score[order][0], np.float32(np.inf)), y_score[order][ends])
    chosen = said(rule, picked.index, thresholds)
    possible = picked.keeps & (positives[:, 0] > 0) & (positives[:, 0] < n[:, 0]) & (chosen <= 1)
    return np.where(possible, chosen, np.nan)


def _cumulated(weights: np.ndarray, order: np.ndarray, ends: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """(d, 1 + k) weights of the counted images that score at least each distinct score, highest first; 0 before the first."""
    sums = np.cumsum(weights[:, order] * counted[order], axis=1, dtype=np.float64)[:, ends]
    return np.concatenate([np.zeros((len(weights), 1)), sums], axis=1)
