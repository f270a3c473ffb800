"""Bootstrap draws as weights: how often each image counts in each draw. Images of one patient are drawn together.

A draw holds as many units as the data do, so that the share of a class varies as in a new sample of images: with class sizes held
fixed, 95 % intervals of F1 cover the truth of such samples too seldom (88 % at a prevalence of .2). Where images have one class each,
a class that a draw missed is given one of its units, so that every draw has both classes.

Draws depend on the seed and on the names of the images or patients, not on the order of the rows or the scores: two runs with the same
images and the same seed are given the same draws. The last two sets are kept, since one look at a page asks for the same ones many times.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np

from core.evaluation.counts import Counts
from core.evaluation.predictions import Predictions

CELLS_AT_ONCE = 2**22  # weights held at one time by a thread: 16 MiB as float32
_EXACT = 2**24  # float32 holds whole numbers up to here
_DRAWS_AT_ONCE = 16  # that are multiplied: a few hundred KiB, which stay in the processor's cache
_KEPT_CELLS = 2**25  # draws of more units are made anew each time: as bytes, 32 MiB of them are kept twice


def draw_weights(predictions: Predictions, draws: int, seed: int) -> Iterator[np.ndarray]:
    """Pieces of the (draws, n) weights, whole numbers as float32 (float64 from 2**24 images on), each the transpose of an (n, d) array."""
    unit = predictions.units
    dtype = np.float32 if predictions.n < _EXACT else np.float64
    for drawn in _pieces(predictions, unit, draws, seed):
        yield drawn.astype(dtype).T.take(unit, axis=0).T


def drawn_sums(predictions: Predictions, columns: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """(draws, m) float64: sums of (n, m) whole numbers over the images of each draw, the same draws as those of `draw_weights`.

    Images of one patient are added up before they are drawn, so that this is quick where patients have many images.
    """
    unit = predictions.units
    of_unit = np.stack([np.bincount(unit, column) for column in columns.T], axis=1)  # (units, m)
    dtype = np.float32 if of_unit.max() * len(of_unit) < _EXACT else np.float64
    few, of_unit = np.empty((_DRAWS_AT_ONCE, len(of_unit)), dtype), of_unit.astype(dtype)
    found = [_filled(few, some) @ of_unit for drawn in _pieces(predictions, unit, draws, seed) for some in _parts(drawn)]
    return np.concatenate(found).astype(np.float64)


def drawn_histograms(predictions: Predictions, bins: np.ndarray, count: int, draws: int, seed: int) -> np.ndarray:
    """(draws, count) float64: how many images of each draw have each of `count` bins; `bins` (n,) has that of each image."""
    unit = predictions.units
    found = [np.bincount(bins, row[unit], count) for drawn in _pieces(predictions, unit, draws, seed) for row in drawn]
    return np.stack(found)


def drawn_counts(predictions: Predictions, decided: list[np.ndarray], draws: int, seed: int) -> list[Counts]:
    """The counts (draws, L) of each of several ways to decide, (n, L) 0/1 each, under the same draws."""
    return counts_from_sums(drawn_sums(predictions, count_columns(predictions, decided), draws, seed), len(decided))


def count_columns(predictions: Predictions, decided: list[np.ndarray]) -> np.ndarray:
    """(n, L + 2 L for each way + 1): images with the label; right calls and all calls; ones."""
    calls = [array.astype(np.uint8) for array in decided]
    pieces = [piece for call in calls for piece in (predictions.y_true & call, call)]
    return np.hstack([predictions.y_true, *pieces, np.ones((predictions.n, 1), np.uint8)])


def counts_from_sums(sums: np.ndarray, ways: int) -> list[Counts]:
    """The counts of each way, from sums (d, L + 2 L * ways + 1) of `count_columns`."""
    images, blocks = sums[:, -1:], np.split(sums[:, :-1], 1 + 2 * ways, axis=1)
    return [
        Counts(tp=tp, fp=called - tp, fn=blocks[0] - tp, tn=images - blocks[0] - called + tp)
        for tp, called in zip(blocks[1::2], blocks[2::2], strict=True)
    ]


def _parts(drawn: np.ndarray) -> Iterator[np.ndarray]:
    return (drawn[start : start + _DRAWS_AT_ONCE] for start in range(0, len(drawn), _DRAWS_AT_ONCE))


def _filled(room: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Some rows as the numbers of `room`, which is used again: new memory would take most of the time."""
    np.copyto(room[: len(rows)], rows)
    return room[: len(rows)]


def _pieces(predictions: Predictions, unit: np.ndarray, draws: int, seed: int) -> Iterable[np.ndarray]:
    """(d, units) pieces, whole numbers, of how often each unit is drawn; d is such that d * n stays within CELLS_AT_ONCE."""
    units, classes = int(unit.max()) + 1, _small_classes(predictions, unit)
    step = max(1, CELLS_AT_ONCE // predictions.n)
    made = _kept if draws * units <= _KEPT_CELLS else _made
    return made(units, tuple(tuple(members.tolist()) for members in classes), draws, seed, step)


@lru_cache(maxsize=2)
def _kept(*asked) -> tuple[np.ndarray, ...]:
    """All that `_made` yields."""
    return tuple(_made(*asked))


def _made(units: int, classes: tuple[tuple[int, ...], ...], draws: int, seed: int, step: int) -> Iterator[np.ndarray]:
    """Pieces of `step` draws, in as few bytes as their numbers need: nearly always one each."""
    generator = np.random.default_rng(seed)
    for start in range(0, draws, step):
        drawn = _drawn(generator, units, classes, min(step, draws - start))
        yield drawn.astype(np.min_scalar_type(drawn.max()))


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


def _drawn(generator: np.random.Generator, units: int, classes: tuple[tuple[int, ...], ...], draws: int) -> np.ndarray:
    """(draws, units) int64: how often each unit was drawn, with replacement."""
    picks = generator.integers(units, size=(draws, units)) + units * np.arange(draws)[:, None]
    weights = np.bincount(picks.ravel(), minlength=draws * units).reshape(draws, units)
    for members in classes:
        missed = np.flatnonzero(weights[:, members].sum(axis=1) == 0)
        weights[missed, generator.choice(members, size=missed.size)] = 1
    return weights
