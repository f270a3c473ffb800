"""The limits of one label's rates at many thresholds at once, from the draws that `metric_intervals` makes for one.

A draw weighs images, and the weights of the scores between two thresholds give the counts at all of them: 1,001 thresholds take little
longer than fifty of them one by one.
"""

import numpy as np

from core.evaluation.bootstrap import ENOUGH_DRAWS
from core.evaluation.counts import Counts, counts_at_thresholds
from core.evaluation.draws import drawn_histograms
from core.evaluation.intervals import DRAWS
from core.evaluation.predictions import Predictions
from core.evaluation.proportion import wilson
from core.evaluation.rates import RATES, flagged

_DRAWN = ("f1", "youden")  # whose interval has no formula
_SHARES = ("sensitivity", "specificity", "precision", "npv", "accuracy", "flagged")  # of images: Wilson's, unless patients repeat


def line_limits(
    predictions: Predictions, thresholds: np.ndarray, level: float = 0.95, draws: int = DRAWS, seed: int = 0
) -> dict[str, np.ndarray]:
    """{rate: (2, t) float64} lower and upper limits by the bootstrap at (t,) ascending thresholds, nan where there is none.

    `predictions` are of a binary task. The rates are those whose interval has no formula: shares of images only where patients have
    several images, which are then drawn together; a share of none or all is Wilson's over patients, as in `closed_share`.
    """
    thresholds = np.asarray(thresholds, predictions.y_score.dtype)
    counts = _drawn_counts(predictions, thresholds, draws, seed)
    limits = {name: _middle(RATES[name](counts), level) for name in _DRAWN}
    if predictions.has_repeated_patients:
        closed = _none_or_all(predictions, thresholds, level)
        for name in _SHARES:
            drawn = _middle({**RATES, "flagged": flagged}[name](counts), level)
            limits[name] = np.where(np.isnan(closed[name]), drawn, closed[name])
    return limits


def _none_or_all(predictions: Predictions, thresholds: np.ndarray, level: float) -> dict[str, np.ndarray]:
    """{share: (2, t)}, nan where a share is of some images, or of no image at all."""
    y_true, y_score = predictions.column(predictions.labels[0])
    unit, at, every = predictions.units, counts_at_thresholds(y_true, y_score, thresholds), np.full(len(thresholds), y_true.size)
    ill, well, patients = (np.unique(unit[images]).size for images in (y_true == 1, y_true == 0, slice(None)))
    highest, lowest = np.full(patients, -np.inf, y_score.dtype), np.full(patients, np.inf, y_score.dtype)
    np.maximum.at(highest, unit, y_score)
    np.minimum.at(lowest, unit, y_score)
    called, left = patients - np.searchsorted(np.sort(highest), thresholds), np.searchsorted(np.sort(lowest), thresholds)
    parts = {
        "sensitivity": (at.tp, at.tp + at.fn, ill), "specificity": (at.tn, at.tn + at.fp, well),
        "precision": (at.tp, at.tp + at.fp, called), "npv": (at.tn, at.tn + at.fn, left),
        "accuracy": (at.tp + at.tn, every, patients), "flagged": (at.tp + at.fp, every, patients),
    }  # fmt: skip
    return {name: _closed(successes, of, np.broadcast_to(whose, of.shape), level) for name, (successes, of, whose) in parts.items()}


def _closed(successes: np.ndarray, of: np.ndarray, patients: np.ndarray, level: float) -> np.ndarray:
    """(2, t) of (t,) each: images counted, of which, and of how many patients."""
    limits = np.full((2, of.size), np.nan)
    for place in np.flatnonzero((of > 0) & ((successes == 0) | (successes == of))):
        every = int(patients[place])
        limits[:, place] = wilson(every if successes[place] else 0, every, level)
    return limits


def _drawn_counts(predictions: Predictions, thresholds: np.ndarray, draws: int, seed: int) -> Counts:
    """Counts (draws, t) float64."""
    y_true, y_score = predictions.column(predictions.labels[0])
    bins = len(thresholds) + 1
    reached = np.searchsorted(thresholds, y_score, side="right")  # how many thresholds a score reaches
    drawn = drawn_histograms(predictions, reached + bins * y_true.astype(np.int64), 2 * bins, draws, seed).reshape(draws, 2, bins)
    below = drawn.cumsum(axis=2)  # images that do not reach threshold number i are those of the bins up to i
    tn, fn = below[:, 0, :-1], below[:, 1, :-1]
    negatives, positives = below[:, 0, -1:], below[:, 1, -1:]
    return Counts(tp=positives - fn, fp=negatives - tn, fn=fn, tn=tn)


def _middle(values: np.ndarray, level: float) -> np.ndarray:
    """The middle `level` of (draws, t) values, less nan, as `drawn_interval` has it: (2, t)."""
    ordered = np.sort(values, axis=0)  # nan come last
    known = (~np.isnan(ordered)).sum(axis=0)
    limits = np.stack([_quantile(ordered, known, share) for share in ((1 - level) / 2, (1 + level) / 2)])
    at_end = np.take_along_axis(ordered, np.maximum(known - 1, 0)[None], axis=0)[0]
    limits[:, (known < ENOUGH_DRAWS * len(values)) | (ordered[0] == at_end)] = np.nan
    return limits


def _quantile(ordered: np.ndarray, known: np.ndarray, share: float) -> np.ndarray:
    """Of the first `known` (t,) of each column of (draws, t) ascending values, linear between two of them."""
    place = share * np.maximum(known - 1, 0)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    first, second = (np.take_along_axis(ordered, row[None], axis=0)[0] for row in (low, high))
    return first + (second - first) * (place - low)
