"""Metrics of bootstrap draws: of each draw, what the metric is of the images that it holds. The draws are those of `draws`."""

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import numpy as np

from core.evaluation.decisions import decisions
from core.evaluation.draws import draw_weights, drawn_counts
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES
from core.evaluation.weighted_metrics import weighted_label_metrics, weighted_metrics

_THREADS = min(4, os.cpu_count() or 1)  # numpy and scipy let them run at once

DUST = 1e-9  # draws that lie no further apart differ by rounding alone
ENOUGH_DRAWS = 0.5  # of the draws must have a value, or they say too little


def bootstrap_metrics(
    predictions: Predictions, thresholds: Mapping[str, float], names: Iterable[str], draws: int, seed: int
) -> dict[str, np.ndarray]:
    """{metric: (draws,) float64}, nan in draws where it cannot be had. The same seed gives the same draws."""
    if predictions.task == "binary":
        return {name: found[:, 0] for name, found in bootstrap_label_metrics(predictions, thresholds, names, draws, seed).items()}
    return _bootstrap(weighted_metrics, predictions, thresholds, tuple(names), draws, seed)


def bootstrap_label_metrics(
    predictions: Predictions, thresholds: Mapping[str, float], names: Iterable[str], draws: int, seed: int
) -> dict[str, np.ndarray]:
    """The same for each label against the rest: {metric: (draws, L) float64}, the same images for all labels in a draw."""
    asked = tuple(names)
    rates, others = ([name for name in asked if (name in RATES) == is_rate] for is_rate in (True, False))
    counts = drawn_counts(predictions, [decisions(predictions, thresholds)], draws, seed)[0] if rates else None
    return {name: RATES[name](counts) for name in rates} | _bootstrap(
        weighted_label_metrics, predictions, thresholds, tuple(others), draws, seed
    )


def _bootstrap(metrics: Callable, predictions: Predictions, thresholds, names: tuple[str, ...], draws: int, seed: int):
    if not names:
        return {}
    pieces, parts = draw_weights(predictions, draws, seed), []
    with ThreadPoolExecutor(_THREADS) as pool:
        while some := list(islice(pieces, _THREADS)):
            parts += pool.map(lambda weights: metrics(predictions, thresholds, weights, names), some)
    return {name: np.concatenate([part[name] for part in parts]) for name in names}
