"""Every metric of a task from weighted images, for many draws at once: the one place where a metric of a task is put together.

A draw is a row of weights: how often each image counts. The plain value of a metric is the draw of ones; a bootstrap has a
thousand rows. Here undefined is nan.
"""

from collections.abc import Iterable, Mapping

import numpy as np

from core.evaluation import proper_scores
from core.evaluation.averages import AVERAGES, macro
from core.evaluation.label_table import LabelTable
from core.evaluation.predictions import Predictions


def weighted_metrics(
    predictions: Predictions, thresholds: Mapping[str, float], times: np.ndarray, names: Iterable[str]
) -> dict[str, np.ndarray]:
    """Each named metric of the task, (d,) float64 for weights `times` (d, n); nan in a draw where it cannot be had.

    Binary: the metric of the one label. Multi-label: accuracy over all image-label pairs (Hamming); the others are means over the
    labels that have both classes. Multi-class: accuracy of the class with the highest score; balanced accuracy as the mean
    sensitivity; Matthews correlation of the whole matrix; Brier score and log loss of the whole distribution; calibration error of
    the highest score; the others are one-vs-rest means over the classes. Names that begin with an average ("micro_f1"): see `averages`.
    """
    table = LabelTable.of(predictions, thresholds, times)
    metric = {"binary": _of_label, "multiclass": _of_classes, "multilabel": _of_findings}[predictions.task]
    return {name: metric(name, table) for name in names}


def weighted_label_metrics(
    predictions: Predictions, thresholds: Mapping[str, float], times: np.ndarray, names: Iterable[str]
) -> dict[str, np.ndarray]:
    """Each named metric of each label against the rest, (d, L) float64 for weights `times` (d, n), with nan as above."""
    table = LabelTable.of(predictions, thresholds, times)
    return {name: table.metric(name) for name in names}


def _of_label(name: str, table: LabelTable) -> np.ndarray:
    return table.metric(name)[:, 0]


def _of_classes(name: str, table: LabelTable) -> np.ndarray:
    weights, y_true, y_score = table.weights, table.y_true, table.y_score
    if name == "accuracy":
        return table.counts.tp.sum(axis=1) / weights.total
    if name == "mcc":
        return _correlation(table)
    if name == "brier":
        return weights.means(proper_scores.squared_errors(y_true, y_score).sum(axis=1))
    if name == "log_loss":
        return weights.means(proper_scores.class_log_losses(y_true, y_score))
    if name == "ece":
        right = (y_true & table.decision).sum(axis=1)
        return weights.calibration_errors(right[:, None], y_score.max(axis=1)[:, None])[:, 0]
    return _averaged("sensitivity" if name == "balanced_accuracy" else name, table)


def _of_findings(name: str, table: LabelTable) -> np.ndarray:
    if name in ("accuracy", "hamming_accuracy"):
        return table.metric("accuracy").mean(axis=1)
    if name == "subset_accuracy":
        return table.weights.means((table.y_true == table.decision).all(axis=1))
    return _averaged(name, table)


def _averaged(name: str, table: LabelTable) -> np.ndarray:
    average, _, of_label = name.partition("_")
    return AVERAGES[average](of_label, table) if average in AVERAGES else macro(name, table)


def _correlation(table: LabelTable) -> np.ndarray:
    """(d,) Matthews correlation of the confusion matrix of all classes (Gorodkin 2004)."""
    total, right = table.weights.total, table.counts.tp.sum(axis=1)
    true, called = table.positives, table.counts.tp + table.counts.fp
    spread = np.sqrt((total**2 - (true**2).sum(axis=1)) * (total**2 - (called**2).sum(axis=1)))
    together = right * total - (true * called).sum(axis=1)
    return np.divide(together, spread, out=np.full(total.shape, np.nan), where=spread > 0)
