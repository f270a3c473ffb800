"""Confidence intervals. Each says by which method it was had.

Proportions have Wilson's interval, ROC AUC has DeLong's, everything else the bootstrap. Where patients have several images, images are
not independent: then proportions too are bootstrapped by patient, and DeLong adds up the terms of a patient.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, isnan, log, sqrt
from statistics import NormalDist

import numpy as np

from core.errors import EvaluationError
from core.evaluation.bootstrap import bootstrap_metrics
from core.evaluation.counts import Counts, counts_of
from core.evaluation.decisions import decisions
from core.evaluation.delong import components, covariance
from core.evaluation.metrics import METRICS, evaluate
from core.evaluation.predictions import Predictions

DRAWS = 1000
ENOUGH_DRAWS = 0.5  # of the draws must have a value, or a bootstrap interval says too little


@dataclass(frozen=True)
class Interval:
    """A value with its interval. `method` names how: "Wilson", "DeLong", "bootstrap", ..., " by patient" where patients repeat."""

    value: float
    low: float
    high: float
    method: str


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """(low, high) of a proportion after Wilson (1927). Raises EvaluationError for n = 0."""
    if not 0 <= successes <= n or n == 0:
        raise EvaluationError(f"{successes} of {n} is no proportion", "the part lies between 0 and the whole, which is above 0")
    z2 = _z(level) ** 2
    centre = successes + z2 / 2
    half = sqrt(z2 * (successes * (n - successes) / n + z2 / 4))
    low, high = (centre - half) / (n + z2), (centre + half) / (n + z2)
    return (0.0 if successes == 0 else low), (1.0 if successes == n else high)


def delong_interval(y_true: np.ndarray, y_score: np.ndarray, level: float = 0.95, patients: np.ndarray | None = None) -> Interval:
    """ROC AUC of (n,) labels and scores with DeLong's variance; `patients` (n,) only where they repeat.

    The interval is symmetric on the logit scale and so stays within 0..1; near 1 it covers better than the plain one (Pepe 2003).
    Where the variance is 0 or unknown (all pairs in order; one image in a class) it is Newcombe's (2006, method 5)
    and says so. Raises EvaluationError unless both classes are there.
    """
    positives, n = int(np.sum(y_true)), np.size(y_true)
    if not 0 < positives < n:
        raise EvaluationError("ROC AUC cannot be had", "it needs images with and without the label")
    parts = components(y_true, np.asarray(y_score)[None])
    roc_auc, variance = float(parts.roc_auc[0]), float(covariance(parts, patients)[0, 0])
    if isnan(variance) or variance <= 0 or not 0 < roc_auc < 1:
        return Interval(roc_auc, *_newcombe(roc_auc, positives, n - positives, level), "Newcombe")
    half = _z(level) * sqrt(variance) / (roc_auc * (1 - roc_auc))
    logit = log(roc_auc / (1 - roc_auc))
    return Interval(roc_auc, _expit(logit - half), _expit(logit + half), "DeLong" if patients is None else "DeLong by patient")


def percentile_interval(value: float, drawn: np.ndarray, level: float = 0.95, method: str = "bootstrap") -> Interval | None:
    """The middle `level` of bootstrap values (nan are left out).

    None where fewer than half the draws have a value or all have the same: then the draws do not show how uncertain the value is.
    """
    known = drawn[~np.isnan(drawn)]
    if known.size < ENOUGH_DRAWS * drawn.size or np.ptp(known) == 0:
        return None
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), method)


def metric_intervals(
    predictions: Predictions, thresholds: Mapping[str, float], level: float = 0.95, draws: int = DRAWS, seed: int = 0
) -> dict[str, Interval | None]:
    """Every metric of METRICS with its interval; None where the metric or its interval cannot be had.

    The thresholds count as fixed: the interval says how far the value depends on which images of the split were met.
    """
    values = evaluate(predictions, thresholds)
    known = _closed_intervals(predictions, thresholds, level)
    names = [name for name, value in values.items() if value is not None and name not in known]
    method = "bootstrap by patient" if predictions.has_repeated_patients else "bootstrap"
    drawn = bootstrap_metrics(predictions, thresholds, names, draws, seed)
    known |= {name: percentile_interval(values[name], drawn[name], level, method) for name in names}
    return {name: known.get(name) for name in METRICS}


def _closed_intervals(predictions: Predictions, thresholds: Mapping[str, float], level: float) -> dict[str, Interval]:
    """The intervals that have a formula."""
    clustered = predictions.has_repeated_patients
    known = {} if clustered else _proportions(predictions, thresholds, level)
    if predictions.task == "binary" and 0 < predictions.y_true.sum() < predictions.n:
        patients = predictions.patients if clustered else None
        known["roc_auc"] = delong_interval(predictions.y_true[:, 0], predictions.y_score[:, 0], level, patients)
    return known


def _proportions(predictions: Predictions, thresholds: Mapping[str, float], level: float) -> dict[str, Interval]:
    decided = decisions(predictions, thresholds)
    if predictions.task == "multilabel":
        return {}
    if predictions.task == "multiclass":
        parts = {"accuracy": (int((decided * predictions.y_true).sum()), predictions.n)}
    else:
        parts = _binary_parts(counts_of(predictions.y_true[:, 0], decided[:, 0]))
    return {name: Interval(k / n, *wilson(k, n, level), "Wilson") for name, (k, n) in parts.items() if n > 0}


def _binary_parts(counts: Counts) -> dict[str, tuple[int, int]]:
    """{metric: (successes, n)}."""
    tp, fp, fn, tn = counts.tp, counts.fp, counts.fn, counts.tn
    return {
        "accuracy": (tp + tn, tp + fp + fn + tn),
        "sensitivity": (tp, tp + fn),
        "specificity": (tn, tn + fp),
        "precision": (tp, tp + fp),
        "npv": (tn, tn + fn),
    }


def _newcombe(roc_auc: float, positives: int, negatives: int, level: float) -> tuple[float, float]:
    """Limits are the areas that lie just `z` of their own standard errors away (Newcombe 2006, Statistics in Medicine 25:559)."""
    z = _z(level)

    def distance(area: float) -> float:
        return abs(area - roc_auc) - z * sqrt(_newcombe_variance(area, positives, negatives))

    low = 0.0 if roc_auc == 0 else _bisected(distance, 0.0, roc_auc)
    high = 1.0 if roc_auc == 1 else _bisected(distance, 1.0, roc_auc)
    return low, high


def _newcombe_variance(area: float, positives: int, negatives: int) -> float:
    balanced = (positives + negatives) / 2 - 1
    spread = 1 + balanced * (1 - area) / (2 - area) + balanced * area / (1 + area)
    return area * (1 - area) * spread / (positives * negatives)


def _bisected(distance, outside: float, inside: float) -> float:
    """Where `distance` changes its sign between a point with a value above 0 and one below."""
    for _ in range(60):
        middle = (outside + inside) / 2
        outside, inside = (middle, inside) if distance(middle) > 0 else (outside, middle)
    return (outside + inside) / 2


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _expit(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))
