"""From scores to decisions: a threshold per label, or the highest score where an image has one class only."""

from collections.abc import Mapping

import numpy as np

from core.errors import EvaluationError
from core.evaluation.counts import is_positive
from core.evaluation.predictions import Predictions


def decisions(predictions: Predictions, thresholds: Mapping[str, float]) -> np.ndarray:
    """(n, L) uint8, 1 where a label is called present.

    Binary and multi-label: `score >= threshold` of the label. Multi-class: the class with the highest score, the first of equals;
    the thresholds are not read. Raises EvaluationError where a label has no threshold or one outside 0..1.
    """
    return decide(predictions.y_score, predictions.task, predictions.labels, thresholds)


def decide(y_score: np.ndarray, task: str, labels: tuple[str, ...], thresholds: Mapping[str, float]) -> np.ndarray:
    """The same for scores (n, L) of images whose truth nobody told."""
    if task == "multiclass":
        return np.eye(len(labels), dtype=np.uint8)[y_score.argmax(axis=1)]
    return is_positive(y_score, threshold_vector(labels, thresholds)).astype(np.uint8)


def threshold_vector(labels: tuple[str, ...], thresholds: Mapping[str, float]) -> np.ndarray:
    """(L,) float64 in the order of the labels."""
    missing = [label for label in labels if label not in thresholds]
    if missing:
        raise EvaluationError(f"there is no threshold for {', '.join(missing)}", "each label needs one")
    vector = np.array([thresholds[label] for label in labels], dtype=np.float64)
    for label, threshold in zip(labels, vector.tolist(), strict=True):
        if not 0 <= threshold <= 1:
            raise EvaluationError(f"the threshold for {label} is {threshold}", "it must lie between 0 and 1")
    return vector
