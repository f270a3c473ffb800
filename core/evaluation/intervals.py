"""Confidence intervals. Each says by which method it was had.

Proportions have Wilson's interval, ROC AUC has DeLong's (Newcombe's where a class is small), everything else the bootstrap. Where patients
have several images, images are not independent: then proportions too are bootstrapped by patient (of none or all Wilson's counts
patients), and DeLong adds up the terms of a patient.
"""

from collections.abc import Collection, Iterable, Mapping
from math import exp, log, sqrt

import numpy as np

from core.errors import EvaluationError
from core.evaluation.bootstrap import DUST, ENOUGH_DRAWS, bootstrap_label_metrics, bootstrap_metrics
from core.evaluation.decisions import decisions
from core.evaluation.delong import components, covariance, units_of
from core.evaluation.label_table import RANKINGS
from core.evaluation.metrics import LABEL_METRICS, METRICS, evaluate, metrics_of, per_label
from core.evaluation.predictions import Predictions
from core.evaluation.proportion import Interval, closed_share, z_of

DRAWS = 1000
SMALL_CLASS = 15  # images, or patients; see `test_interval_coverage`
_ACCURACIES = ("accuracy", "micro_precision", "micro_sensitivity", "micro_f1")  # of a multi-class task: all the same share


def delong_interval(y_true: np.ndarray, y_score: np.ndarray, level: float = 0.95, patients: np.ndarray | None = None) -> Interval:
    """ROC AUC of (n,) labels and scores with DeLong's variance; `patients` (n,) only where they repeat.

    The interval is symmetric on the logit scale and so stays within 0..1; near 1 it covers better than the plain one (Pepe 2003).
    Where the variance is 0 (all pairs in order), or a class has fewer than SMALL_CLASS images, of which DeLong's interval covers too
    little, it is Newcombe's (2006, method 5) and says so; where patients repeat, theirs are counted, as if the images of each had to
    be alike. Raises EvaluationError unless both classes are there.
    """
    true = np.asarray(y_true, bool)
    positives, negatives = units_of(true, patients), units_of(~true, patients)
    if not positives or not negatives:
        raise EvaluationError("ROC AUC cannot be had", "it needs images with and without the label")
    parts = components(true, np.asarray(y_score)[None])
    roc_auc, variance = float(parts.roc_auc[0]), float(covariance(parts, patients)[0, 0])
    if min(positives, negatives) < SMALL_CLASS or variance <= 0 or not 0 < roc_auc < 1:
        return Interval(
            roc_auc, *_newcombe(roc_auc, positives, negatives, level), f"Newcombe{'' if patients is None else ' over patients'}"
        )
    return Interval(roc_auc, *_on_logit_scale(roc_auc, sqrt(variance), level), "DeLong" if patients is None else "DeLong by patient")


def drawn_interval(name: str, value: float, drawn: np.ndarray, level: float = 0.95, method: str = "bootstrap") -> Interval | None:
    """The interval of a metric from its bootstrap values (d,); nan are left out.

    The middle `level` of the draws, with two exceptions, of which `test_interval_coverage` shows why. Areas under ROC and PR curves:
    value +- z standard deviations of the draws on the logit scale (Boyd 2013). Calibration error: see `_debiased`. None where fewer than
    half the draws have a value or all have the same: then the draws do not show how uncertain the value is.
    """
    known = drawn[~np.isnan(drawn)]
    if known.size < ENOUGH_DRAWS * drawn.size or np.ptp(known) < DUST:
        return None
    if name == "ece":
        return Interval(value, *_debiased(value, known, level), method)
    if name.endswith(RANKINGS) and not METRICS[name].needs_threshold and 0 < value < 1:
        return Interval(value, *_on_logit_scale(value, float(known.std()), level), method)
    return Interval(value, *_middle(known, level), method)


def metric_intervals(
    predictions: Predictions,
    thresholds: Mapping[str, float],
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    names: Iterable[str] | None = None,
) -> dict[str, Interval | None]:
    """The named metrics of the task, or all, with their intervals; None where a metric or its interval cannot be had.

    The thresholds count as fixed: the interval says how far the value depends on which images of the split were met.
    """
    names = metrics_of(predictions.task) if names is None else tuple(names)
    values, known = evaluate(predictions, thresholds, names), closed_intervals(predictions, thresholds, level, names)
    open_names = [name for name in names if values[name] is not None and name not in known]
    drawn = bootstrap_metrics(predictions, thresholds, open_names, draws, seed)
    known |= drawn_intervals(predictions, values, drawn, level)
    return {name: known.get(name) for name in names}


def label_metric_intervals(
    predictions: Predictions, thresholds: Mapping[str, float], level: float = 0.95, draws: int = DRAWS, seed: int = 0
) -> dict[str, dict[str, Interval | None]]:
    """LABEL_METRICS of each label against the rest with their intervals: {label: {metric: Interval or None}}.

    A draw has the same images for all labels.
    """
    values, known = per_label(predictions, thresholds), _closed_of_labels(predictions, thresholds, level)
    open_names = [name for name in LABEL_METRICS if any(values[label][name] is not None and name not in known[label] for label in known)]
    drawn = bootstrap_label_metrics(predictions, thresholds, open_names, draws, seed)
    for column, label in enumerate(predictions.labels):
        own = {name: drawn[name][:, column] for name in open_names if values[label][name] is not None and name not in known[label]}
        known[label] |= drawn_intervals(predictions, values[label], own, level)
    return {label: {name: found.get(name) for name in LABEL_METRICS} for label, found in known.items()}


def closed_intervals(
    predictions: Predictions, thresholds: Mapping[str, float], level: float = 0.95, names: Collection[str] | None = None
) -> dict[str, Interval]:
    """The metrics of the task whose interval has a formula; the area's, which takes the time, only where it is among the names."""
    decided = decisions(predictions, thresholds)
    if predictions.task == "binary":
        return _closed_of_label(predictions, decided, 0, level, names is None or "roc_auc" in names)
    right, every = (decided == predictions.y_true).all(axis=1), np.ones(predictions.n, bool)
    names = ("subset_accuracy",) if predictions.task == "multilabel" else _ACCURACIES  # with one class per image all are the same share
    return _proportions(predictions, dict.fromkeys(names, (right, every)), level)


def drawn_intervals(
    predictions: Predictions, values: Mapping[str, float], drawn: Mapping[str, np.ndarray], level: float = 0.95
) -> dict[str, Interval | None]:
    """The intervals of metrics from their bootstrap draws, {metric: (draws,)}."""
    method = "bootstrap by patient" if predictions.has_repeated_patients else "bootstrap"
    return {name: drawn_interval(name, values[name], draws, level, method) for name, draws in drawn.items()}


def _closed_of_labels(predictions: Predictions, thresholds: Mapping[str, float], level: float) -> dict[str, dict[str, Interval]]:
    decided = decisions(predictions, thresholds)
    return {label: _closed_of_label(predictions, decided, column, level) for column, label in enumerate(predictions.labels)}


def _closed_of_label(
    predictions: Predictions, decided: np.ndarray, column: int, level: float, with_area: bool = True
) -> dict[str, Interval]:
    y_true = predictions.y_true[:, column]
    known = _proportions(predictions, _binary_parts(y_true.astype(bool), decided[:, column].astype(bool)), level)
    if with_area and 0 < y_true.sum() < predictions.n:
        patients = predictions.patients if predictions.has_repeated_patients else None
        known["roc_auc"] = delong_interval(y_true, predictions.y_score[:, column], level, patients)
    return known


def _proportions(predictions: Predictions, parts: Mapping[str, tuple[np.ndarray, np.ndarray]], level: float) -> dict[str, Interval]:
    """Of {metric: the images (n,) bool counted, and of which}; without those of nothing, and those that need a bootstrap of patients."""
    patients = predictions.patients if predictions.has_repeated_patients else None
    found = {name: closed_share(inside, of, patients, level) for name, (inside, of) in parts.items()}
    return {name: interval for name, interval in found.items() if interval}


def _binary_parts(true: np.ndarray, called: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Of (n,) bool {metric: the images counted, and of which}."""
    return {
        "accuracy": (true == called, np.ones(true.size, bool)),
        "sensitivity": (called, true),
        "specificity": (~called, ~true),
        "precision": (true, called),
        "npv": (~true, ~called),
    }


def _middle(drawn: np.ndarray, level: float) -> tuple[float, float]:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _on_logit_scale(value: float, deviation: float, level: float) -> tuple[float, float]:
    """value +- z deviations, taken where a share between 0 and 1 has no bounds, so that the interval keeps within them."""
    logit, half = log(value / (1 - value)), z_of(level) * deviation / (value * (1 - value))
    return _expit(logit - half), _expit(logit + half)


def _debiased(value: float, drawn: np.ndarray, level: float) -> tuple[float, float]:
    """Of a calibration error, a sum of sizes of gaps: noise makes it too large, and its draws, which have the noise twice, larger still.

    The draws are mirrored at the value, which takes their own bias off. Where noise is all there is, gaps are as large as the noise and
    those of the draws sqrt 2 times so: then the value's bias is 1 / (sqrt 2 - 1) times what its draws show. The lower limit allows for
    that; the interval holds the value.
    """
    low, high = _middle(drawn, level)
    return max(0.0, min(value, 2 * value - high - sqrt(2) * (float(drawn.mean()) - value))), min(1.0, max(value, 2 * value - low))


def _newcombe(roc_auc: float, positives: int, negatives: int, level: float) -> tuple[float, float]:
    """Limits are the areas that lie just `z` of their own standard errors away (Newcombe 2006, Statistics in Medicine 25:559)."""
    z = z_of(level)

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


def _expit(value: float) -> float:
    return 1 / (1 + exp(-value)) if value >= 0 else exp(value) / (1 + exp(value))
