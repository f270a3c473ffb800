"""Why a metric cannot be had, in words, from the counts at the thresholds alone: what it would be divided by is 0."""

import numpy as np

from core.evaluation.averages import AVERAGES
from core.evaluation.counts import Counts
from core.evaluation.label_table import RANKINGS
from core.evaluation.metric_table import METRICS
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES

_BOTH = ("with", "without")
_NEEDS = {  # what a label must have; what is not here can always be had
    "balanced_accuracy": _BOTH,
    "sensitivity": ("with",),
    "specificity": ("without",),
    "precision": ("called",),
    "npv": ("not called",),
    "f1": ("with or called",),
    "mcc": (*_BOTH, "called", "not called"),
    "youden": _BOTH,
    "decision_roc_auc": _BOTH,
    "roc_auc": _BOTH,
    "average_precision": ("with",),
}
_OF_LABEL = {
    "with": "no image of {split} has {label}",
    "without": "every image of {split} has {label}",
    "called": "no image of {split} is called {label}{at}",
    "not called": "every image of {split} is called {label}{at}",
    "with or called": "no image of {split} has {label} or is called {label}{at}",
}
_OF_ALL = {
    "with": "no image of {split} has any label",
    "without": "every image of {split} has every label",
    "called": "no image of {split} is called any label at these thresholds",
    "with or called": "no image of {split} has any label or is called any at these thresholds",
}
_OF_IMAGES = {  # no means over labels: any image will do
    "multiclass": ("accuracy", "brier", "log_loss", "ece"),
    "multilabel": ("accuracy", "subset_accuracy", "hamming_accuracy"),
}


def reason(name: str, predictions: Predictions, counts: Counts) -> str | None:
    """A clause, or None where the metric can be had. `counts` are those of each label, (L,)."""
    if predictions.task == "binary":
        return reason_of_label(name, predictions, 0, counts)
    if predictions.task == "multiclass" and name == "mcc":
        return _of_one_class(predictions.split, counts)
    average, _, of_label = name.partition("_")
    if average not in AVERAGES:
        return _of_mean(name, predictions, counts)
    if average == "micro":
        return _missing(of_label, _summed(counts), _OF_ALL, split=predictions.split)
    if average == "weighted" and of_label not in RANKINGS:
        return _of_weighted(of_label, predictions, counts)
    return _of_mean(of_label, predictions, counts) if average != "samples" else None


def reason_of_label(name: str, predictions: Predictions, column: int, counts: Counts) -> str | None:
    """The same for one label against the rest."""
    at = "" if predictions.task == "multiclass" else " at this threshold"
    return _missing(name, counts.at(column), _OF_LABEL, split=predictions.split, label=predictions.labels[column], at=at)


def _missing(name: str, counts: Counts, words: dict[str, str], **names: str) -> str | None:
    """The first of what a metric needs that the four numbers do not have."""
    tp, fp, fn, tn = counts.tp, counts.fp, counts.fn, counts.tn
    images = {"with": tp + fn, "without": fp + tn, "called": tp + fp, "not called": fn + tn, "with or called": tp + fp + fn}
    lacking = [need for need in _NEEDS.get(name, ()) if images[need] == 0]
    return words[lacking[0]].format(**names) if lacking else None


def _of_mean(name: str, predictions: Predictions, counts: Counts) -> str | None:
    """Of a mean over the labels that have both classes."""
    if name in _OF_IMAGES[predictions.task]:
        return None
    both = (counts.tp + counts.fn > 0) & (counts.fp + counts.tn > 0)
    if not both.any():
        return f"no label has images with and without it in {predictions.split}"
    return _of_none(name, both, "with both classes", predictions.split, counts)


def _of_weighted(name: str, predictions: Predictions, counts: Counts) -> str | None:
    """Of a mean over the labels that some image has."""
    found = counts.tp + counts.fn > 0
    if not found.any():
        return _OF_ALL["with"].format(split=predictions.split)
    return _of_none(name, found, "that an image has", predictions.split, counts)


def _of_none(name: str, counted: np.ndarray, which: str, split: str, counts: Counts) -> str | None:
    """Where none of the labels that count has a rate."""
    if name not in RATES or not np.isnan(RATES[name](counts)[counted]).all():
        return None
    return f"no label {which} in {split} has {METRICS[name].title} at these thresholds"


def _summed(counts: Counts) -> Counts:
    return Counts(*(cell.sum() for cell in (counts.tp, counts.fp, counts.fn, counts.tn)))


def _of_one_class(split: str, counts: Counts) -> str | None:
    images = (counts.tp + counts.fn).sum()
    if (counts.tp + counts.fn).max() == images:
        return f"all images of {split} are of one class"
    return f"all images of {split} are called one class" if (counts.tp + counts.fp).max() == images else None
