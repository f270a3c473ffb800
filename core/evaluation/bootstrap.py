"""Bootstrap draws as weights: how often each image counts in each draw. Images of one patient are drawn together.

A draw holds as many units as the data do, so that the share of a class varies as in a new sample of images: with class sizes held
fixed, 95 % intervals of F1 cover the truth of such samples too seldom (88 % at a prevalence of .2). Where images have one class each,
a class that a draw missed is given one of its units, so that every draw has both classes.

Draws depend on the seed and on the names of the images or patients, not on the order of the rows or the scores: two runs with the same
images and the same seed are given the same draws.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np

from core.evaluation.predictions import Predictions
from core.evaluation.weighted_metrics import weighted_label_metrics, weighted_metrics

CELLS_AT_ONCE = 2**22  # weights held at one time by a thread: 16 MiB as float32
_THREADS = min(4, os.cpu_count() or 1)  # numpy and scipy let them run at once
_EXACT = 2**24  # float32 holds whole numbers up to here


def bootstrap_metrics(
    predictions: Predictions, thresholds: Mapping[str, float], names: Iterable[str], draws: int, seed: int
) -> dict[str, np.ndarray]:
    """{metric: (draws,) float64}, nan in draws where it cannot be had. The same seed gives the same draws."""
    return _bootstrap(weighted_metrics, predictions, thresholds, tuple(names), draws, seed)


def bootstrap_label_metrics(
    predictions: Predictions, thresholds: Mapping[str, float], names: Iterable[str], draws: int, seed: int
) -> dict[str, np.ndarray]:
    """The same for each label against the rest: {metric: (draws, L) float64}, the same images for all labels in a draw."""
    return _bootstrap(weighted_label_metrics, predictions, thresholds, tuple(names), draws, seed)


def _bootstrap(metrics: Callable, predictions: Predictions, thresholds, names: tuple[str, ...], draws: int, seed: int):
    pieces, parts = draw_weights(predictions, draws if names else 0, seed), []
    with ThreadPoolExecutor(_THREADS) as pool:
        while some := list(islice(pieces, _THREADS)):
            parts += pool.map(lambda weights: metrics(predictions, thresholds, weights, names), some)
    return {name: np.concatenate([part[name] for part in parts]) for name in names}


def draw_weights(predictions: Predictions, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Pieces of the (draws, n) weights, whole numbers as float32 (float64 from 2**24 images on), each the transpose of an (n, d) array."""
    unit = _units(predictions)
    dtype = np.float32 if predictions.n < _EXACT else np.float64
    for drawn in _pieces(predictions, unit, draws, seed):
        yield drawn.astype(dtype).T.take(unit, axis=0).T


def drawn_sums(predictions: Predictions, columns: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """(draws, m) float64: sums of (n, m) numbers over the images of each draw, the same draws as those of `draw_weights`.

    Images of one patient are added up before they are drawn, so that this is quick where patients have many images.
    """
    unit = _units(predictions)
    of_unit = np.stack([np.bincount(unit, column) for column in columns.T], axis=1)  # (units, m)
    return np.concatenate([drawn @ of_unit for drawn in _pieces(predictions, unit, draws, seed)])


def _pieces(predictions: Predictions, unit: np.ndarray, draws: int, seed: int) -> Iterator[np.ndarray]:
    """(d, units) int64 pieces of how often each unit is drawn; d is such that d * n stays within CELLS_AT_ONCE."""
    generator = np.random.default_rng(seed)
    units, classes = int(unit.max()) + 1, _small_classes(predictions, unit)
    step = max(1, CELLS_AT_ONCE // predictions.n)
    for start in range(0, draws, step):
        yield _drawn(generator, units, classes, min(step, draws - start))


def _units(predictions: Predictions) -> np.ndarray:
    """(n,) number, in the order of their names, of the unit that each image is drawn with: its patient where known, or itself."""
    names = predictions.image_ids if predictions.patients is None else predictions.patients
    return np.unique(names, return_inverse=True)[1]


def _small_classes(predictions: Predictions, unit: np.ndarray) -> list[np.ndarray]:
    """The units of each class (binary: without, and with any image of the label; multi-class: the most frequent) that a draw may miss.

    With more than 64 units a class is missed once in 10^28 draws. Multi-label images have no class.
    """
    if predictions.task == "multilabel":
        return []
    totals = np.stack([np.bincount(unit, truth) for truth in predictions.y_true.T], axis=1)  # (units, L)
    of_unit = totals[:, 0] > 0 if predictions.task == "binary" else totals.argmax(axis=1)
    classes = [np.flatnonzero(of_unit == value) for value in np.unique(of_unit)]
    return [members for members in classes if members.size <= 64]


def _drawn(generator: np.random.Generator, units: int, classes: list[np.ndarray], draws: int) -> np.ndarray:
    """(draws, units) int64: how often each unit was drawn, with replacement."""
    picks = generator.integers(units, size=(draws, units)) + units * np.arange(draws)[:, None]
    weights = np.bincount(picks.ravel(), minlength=draws * units).reshape(draws, units)
    for members in classes:
        missed = np.flatnonzero(weights[:, members].sum(axis=1) == 0)
        weights[missed, generator.choice(members, size=missed.size)] = 1
    return weights
