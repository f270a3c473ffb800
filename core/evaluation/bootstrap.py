"""Bootstrap draws as weights: how often each image counts in each draw. Images of one patient are drawn together.

Draws are stratified: binary and multi-class draws hold as many units of each class as the data do. Multi-label draws are plain.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from core.evaluation.predictions import Predictions
from core.evaluation.weighted_metrics import weighted_metrics

CELLS_AT_ONCE = 2**20  # weights held at one time: 8 MiB as float64, near the processor


def bootstrap_metrics(
    predictions: Predictions, thresholds: Mapping[str, float], names: Iterable[str], draws: int, seed: int
) -> dict[str, np.ndarray]:
    """{metric: (draws,) float64}, nan in draws where it cannot be had. The same seed gives the same draws."""
    names = tuple(names)
    parts = [weighted_metrics(predictions, thresholds, weights, names) for weights in draw_weights(predictions, draws, seed)]
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def draw_weights(predictions: Predictions, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Pieces of the (draws, n) weights, uint16."""
    generator = np.random.default_rng(seed)
    unit = _units(predictions)
    stratum = _strata(predictions, unit)
    step = max(1, CELLS_AT_ONCE // predictions.n)
    for start in range(0, draws, step):
        yield _drawn(generator, stratum, min(step, draws - start)).take(unit, axis=1)


def _units(predictions: Predictions) -> np.ndarray:
    """(n,) number of the unit that each image is drawn with: its patient where known, or itself."""
    if predictions.patients is None:
        return np.arange(predictions.n)
    return np.unique(predictions.patients, return_inverse=True)[1]


def _strata(predictions: Predictions, unit: np.ndarray) -> np.ndarray:
    """(units,) int: 0 or 1 (any image with the label), or the most frequent class; all 0 for multi-label."""
    totals = np.stack([np.bincount(unit, truth) for truth in predictions.y_true.T], axis=1)  # (units, L)
    if predictions.task == "binary":
        return (totals[:, 0] > 0).astype(np.int64)
    return totals.argmax(axis=1) if predictions.task == "multiclass" else np.zeros(len(totals), dtype=np.int64)


def _drawn(generator: np.random.Generator, stratum: np.ndarray, draws: int) -> np.ndarray:
    """(draws, units) uint16: how often each unit was drawn, with replacement within its stratum."""
    weights = np.zeros((draws, stratum.size), dtype=np.uint16)
    for members in (np.flatnonzero(stratum == value) for value in np.unique(stratum)):
        picks = generator.integers(members.size, size=(draws, members.size)) + members.size * np.arange(draws)[:, None]
        weights[:, members] = np.bincount(picks.ravel(), minlength=draws * members.size).reshape(draws, members.size)
    return weights
