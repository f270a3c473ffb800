"""Temperature scaling: scores made less or more extreme by one number per label, fitted on validation and nowhere else.

A score is taken as sigmoid(z) of a logit z, or as one of softmax(z), and becomes sigmoid(z / T) or softmax(z / T) with the temperature
T that makes the log loss on validation least (Guo et al. 2017, arXiv:1706.04599). T above 1 draws scores to the middle. A label's images
keep their order, and so its ROC AUC (in a multi-class task each image keeps the order of its classes); but with T below .5 scores very
near to 0 or 1 can become alike, since float32 has no numbers between. A temperature cannot shift all scores up or down, as weighing
classes does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_softmax, logit, softmax

from core.errors import EvaluationError
from core.evaluation.logits import clipped, logits_of
from core.evaluation.predictions import Predictions

FITTED_ON = "val"
LOWEST, HIGHEST = 0.05, 20.0  # temperatures that are tried
UNCHANGED = 1.0


@dataclass(frozen=True)
class Temperature:
    """A temperature per label, fitted on `images` validation images.

    `values` has every label (a multi-class task has one temperature, the same for all). `kept` says of each label that keeps 1 why.
    """

    task: str
    values: Mapping[str, float]
    images: int
    kept: Mapping[str, str] = field(default_factory=dict)

    def applied(self, predictions: Predictions) -> Predictions:
        """The same images with calibrated scores, of any split. Raises EvaluationError for another task or other labels."""
        if predictions.task != self.task or predictions.labels != tuple(self.values):
            found = f"the temperature is of a {self.task} task with {', '.join(self.values)}"
            raise EvaluationError(found, f"the predictions are {predictions.task} with {', '.join(predictions.labels)}")
        return replace(predictions, y_score=self.calibrated(predictions.y_score))

    def calibrated(self, y_score: np.ndarray) -> np.ndarray:
        """Scores float32 (n, L), 0..1, of any images, calibrated: (n, L)."""
        temperatures = np.array(list(self.values.values()))
        if self.task == "multiclass":
            return softmax(_log(y_score) / temperatures, axis=1)
        return _scaled(y_score, temperatures)

    def threshold(self, label: str, threshold: float) -> float:
        """Where a threshold (0..1) of the raw scores lies among the calibrated ones: decisions stay as they were, but where
        scores have become alike with it.

        A multi-class task decides by the highest score, which stays the highest, and reads no threshold.
        """
        if self.task == "multiclass" or threshold == 0 or self.values[label] == UNCHANGED:
            return float(threshold)
        return float(_scaled(np.array([threshold], dtype=np.float32), np.array([self.values[label]]))[0])

    def raw_threshold(self, label: str, threshold: float) -> float | None:
        """Where a threshold (0..1) of the calibrated scores lies among the raw ones: the way back of `threshold`.

        0.5 stays. None for several classes, whose calibrated score depends on the scores of the other classes too.
        """
        if self.task == "multiclass":
            return None
        if threshold in (0, 1) or self.values[label] == UNCHANGED:
            return float(threshold)
        return float(expit(logit(threshold) * self.values[label]))

    @property
    def sentence(self) -> str:
        """What was fitted, for a person."""
        told = [f"{label} {value:.2f}" for label, value in self.values.items() if label not in self.kept]
        values = f"{next(iter(self.values.values())):.2f}" if self.task == "multiclass" else ", ".join(told)
        kept = "".join(f" {label} keeps 1: {why}." for label, why in self.kept.items())
        return f"Temperature fitted on {self.images} validation images: {values}.{kept}"


def fit_temperature(val: Predictions) -> Temperature:
    """The temperature of each label, or of all classes together in a multi-class task, from validation predictions.

    A label of several findings that cannot be fitted keeps 1 and says why. Raises EvaluationError for any other split, and where
    nothing can be fitted: one class absent, or no best temperature from LOWEST to HIGHEST.
    """
    if val.split != FITTED_ON:
        raise EvaluationError(f"a temperature was to be fitted on {val.split}", "validation calibrates, test reports", "Fit it on val")
    if val.task == "multiclass":
        return Temperature(val.task, dict.fromkeys(val.labels, _of_classes(val)), val.n)
    values, errors = dict.fromkeys(val.labels, UNCHANGED), {}
    for label in val.labels:
        try:
            values[label] = _of_label(label, *val.column(label))
        except EvaluationError as error:
            errors[label] = error
    if len(errors) == len(val.labels):
        raise next(iter(errors.values()))
    return Temperature(val.task, values, val.n, {label: f"{error.found}; {error.expected}" for label, error in errors.items()})


def _of_label(label: str, y_true: np.ndarray, y_score: np.ndarray) -> float:
    positives = int(y_true.sum())
    if positives in (0, y_true.size):
        found = f"no image of val has {label}" if positives == 0 else f"every image of val has {label}"
        raise EvaluationError(found, "a temperature needs images with and without it", "Take a validation split with both")
    logits = logits_of(y_score)
    return _best(lambda sharpness: float(((expit(sharpness * logits) - y_true) * logits).mean()))


def _of_classes(val: Predictions) -> float:
    present = val.y_true.any(axis=0)
    if present.sum() < 2:
        found = f"every image of val has {val.labels[present.argmax()]}"
        raise EvaluationError(found, "a temperature needs images of at least two classes", "Take a validation split with several classes")
    logits = _log(val.y_score)  # (n, L)
    return _best(lambda sharpness: float(((softmax(sharpness * logits, axis=1) - val.y_true) * logits).sum(axis=1).mean()))


def _best(slope: Callable[[float], float]) -> float:
    """The temperature at which the slope of the log loss by the sharpness 1 / T, which never falls, is 0."""
    if slope(1 / HIGHEST) >= 0:
        raise EvaluationError("the scores of val point away from the truth", f"no temperature up to {HIGHEST:g} helps them")
    if slope(1 / LOWEST) <= 0:
        found = "the scores of val are on the right side of 0.5 nearly everywhere"
        raise EvaluationError(found, f"the log loss falls until they are all 0 and 1, below a temperature of {LOWEST:g}")
    return 1 / brentq(slope, 1 / HIGHEST, 1 / LOWEST, xtol=1e-12)


def _scaled(y_score: np.ndarray, temperatures: np.ndarray) -> np.ndarray:
    """Scores of any shape that ends as `temperatures`; where the temperature is 1 they are the very same."""
    return np.where(temperatures == UNCHANGED, y_score, expit(logits_of(y_score) / temperatures)).astype(np.float32)


def _log(y_score: np.ndarray) -> np.ndarray:
    """(n, L) logits of a distribution: the logarithms of its scores."""
    return log_softmax(np.log(clipped(y_score)), axis=1)
