"""What each metric is called and means, and its value for one run on one split: in all, label by label, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.evaluation.predictions import Predictions
from core.evaluation.weighted_metrics import Column, label_columns, weighted_metrics


@dataclass(frozen=True)
class Metric:
    """How a metric is shown. `definition` is one sentence for a tooltip."""

    title: str
    definition: str
    needs_threshold: bool
    higher_is_better: bool


METRICS = {
    "accuracy": Metric(
        "Accuracy", "The share of decisions that are right; with several findings, over all images and findings.", True, True
    ),
    "balanced_accuracy": Metric(
        "Balanced accuracy",
        "The mean of sensitivity and specificity; with several classes, the mean sensitivity of the classes.",
        True,
        True,
    ),
    "sensitivity": Metric(
        "Sensitivity", "Of the images that have the label, the share called positive (recall): TP / (TP + FN).", True, True
    ),
    "specificity": Metric("Specificity", "Of the images without the label, the share called negative: TN / (TN + FP).", True, True),
    "precision": Metric("Precision", "Of the images called positive, the share that have the label (PPV): TP / (TP + FP).", True, True),
    "npv": Metric("NPV", "Of the images called negative, the share without the label: TN / (TN + FN).", True, True),
    "f1": Metric("F1", "The harmonic mean of precision and sensitivity: 2 TP / (2 TP + FP + FN).", True, True),
    "roc_auc": Metric(
        "ROC AUC", "The chance that an image with the label scores higher than one without it, equal scores counting one half.", False, True
    ),
    "average_precision": Metric(
        "Average precision", "The area under the precision-recall curve: precision at each threshold times its step in recall.", False, True
    ),
    "brier": Metric(
        "Brier score", "The mean squared difference between score and truth (0 or 1); with classes, summed over them.", False, False
    ),
    "log_loss": Metric("Log loss", "The mean of minus the natural logarithm of the score that the truth was given.", False, False),
}


def evaluate(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, float | None]:
    """Every metric of METRICS; None where it cannot be had (`unavailable` says why), never nan.

    `thresholds` has one value in 0..1 per label; a multi-class task decides by the highest score and does not read them. How labels
    are put together: see `weighted_metrics`. Raises EvaluationError for a threshold that is missing or outside 0..1.
    """
    return {name: _number(value) for name, value in weighted_metrics(predictions, thresholds, _once(predictions), METRICS).items()}


def per_label(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, dict[str, float | None]]:
    """Every metric of each label against the rest, as in a binary task; {label: {metric: value}}."""
    columns = zip(predictions.labels, label_columns(predictions, thresholds, _once(predictions)), strict=True)
    return {label: {name: _number(column.metric(name)) for name in METRICS} for label, column in columns}


def unavailable(predictions: Predictions, thresholds: Mapping[str, float]) -> dict[str, str]:
    """Why a metric of `evaluate` is None: {metric: a clause}, without the metrics that have a value."""
    values = evaluate(predictions, thresholds)
    columns = label_columns(predictions, thresholds, _once(predictions))
    return {name: _reason(name, predictions, columns) for name, value in values.items() if value is None}


def _once(predictions: Predictions) -> np.ndarray:
    return np.ones((1, predictions.n), dtype=np.uint8)


def _number(value: np.ndarray) -> float | None:
    number = float(value[0])
    return None if np.isnan(number) else number


def _reason(name: str, predictions: Predictions, columns: list[Column]) -> str:
    if predictions.task != "binary":
        return _reason_of_mean(name, predictions, columns)
    label, split, positives = predictions.labels[0], predictions.split, int(columns[0].y_true.sum())
    if name == "precision":
        return f"no image of {split} is called {label} at this threshold"
    if name == "npv":
        return f"every image of {split} is called {label} at this threshold"
    if positives == 0:
        return f"no image of {split} has {label}"
    return f"every image of {split} has {label}"


def _reason_of_mean(name: str, predictions: Predictions, columns: list[Column]) -> str:
    if any(0 < column.y_true.sum() < predictions.n for column in columns):
        return f"no label with both classes in {predictions.split} has {METRICS[name].title} at these thresholds"
    return f"no label has images with and without it in {predictions.split}"
