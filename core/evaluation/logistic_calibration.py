"""Logistic recalibration: a label's scores stretched and shifted by two numbers, fitted on validation and nowhere else.

A score is taken as sigmoid(z) of a logit z and becomes sigmoid(intercept + slope z) with the numbers that make the log loss on
validation least (Cox 1958, Biometrika 45:562; Platt 1999). A temperature is the case without an intercept, which leaves 0.5 in its
place; the intercept moves it, as weighing classes in training does.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit

from core.errors import EvaluationError
from core.evaluation.calibration import FITTED_ON
from core.evaluation.logits import logits_of
from core.evaluation.predictions import Predictions


@dataclass(frozen=True)
class LogisticCalibration:
    """`slope` is above 0, so that images keep their order; fitted on `images` validation images."""

    intercept: float
    slope: float
    images: int

    def applied(self, predictions: Predictions) -> Predictions:
        """Binary predictions of any split with calibrated scores."""
        y_score = expit(self.intercept + self.slope * logits_of(predictions.y_score)).astype(np.float32)
        return replace(predictions, y_score=y_score)

    def raw_threshold(self, threshold: float) -> float:
        """Where a threshold (0..1) of the calibrated scores lies among the raw ones."""
        return float(threshold) if threshold in (0, 1) else float(expit((logit(threshold) - self.intercept) / self.slope))


def fit_logistic(val: Predictions) -> LogisticCalibration:
    """Intercept and slope of one label against the rest, from its binary validation predictions.

    Raises EvaluationError for any other split, where a class is absent, where scores tell the classes apart without a mistake (then the
    log loss falls without end), and where they point away from the truth.
    """
    if val.split != FITTED_ON:
        raise EvaluationError(f"a calibration was to be fitted on {val.split}", "validation calibrates, test reports", "Fit it on val")
    label, (y_true, y_score) = val.labels[0], val.column(val.labels[0])
    _need_both_mixed(label, y_true, y_score)
    logits, truth = logits_of(y_score), y_true.astype(np.float64)
    design = np.stack([np.ones_like(logits), logits])  # (2, n)

    def loss(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        z = numbers @ design
        return float((np.logaddexp(0, z) - truth * z).mean()), design @ (expit(z) - truth) / len(z)

    found = minimize(loss, np.array([0.0, 1.0]), jac=True, method="BFGS", options={"gtol": 1e-7})
    intercept, slope = found.x.tolist()
    if slope <= 0:
        raise EvaluationError(f"the scores of {label} on val point away from the truth", "no stretching of them helps")
    return LogisticCalibration(intercept, slope, val.n)


def _need_both_mixed(label: str, y_true: np.ndarray, y_score: np.ndarray) -> None:
    positives = int(y_true.sum())
    if positives in (0, y_true.size):
        found = f"no image of val has {label}" if positives == 0 else f"every image of val has {label}"
        raise EvaluationError(found, "a calibration needs images with and without it", "Take a validation split with both")
    if np.ptp(y_score) == 0:
        raise EvaluationError(f"the scores of {label} on val are all the same", "a calibration needs scores that differ")
    with_it, without = y_score[y_true == 1], y_score[y_true == 0]
    if with_it.min() >= without.max() or with_it.max() <= without.min():
        raise EvaluationError(f"the scores of {label} tell the images of val apart without a mistake", "the log loss falls without end")
