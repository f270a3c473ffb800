"""What the lab in the browser is sent, as JSON can hold it; arrays as base64."""

import base64
from collections.abc import Callable, Collection, Mapping, Sequence

import numpy as np

from core.evaluation.counts import counts_at
from core.evaluation.line_view import PLACES, LineView
from core.evaluation.metrics import METRICS
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry

_NAMED = ("sensitivity", "specificity", "precision", "npv", "f1", "accuracy", "youden", "roc_auc", "average_precision")

Limits = Mapping[str, np.ndarray]  # (2, t): lower and upper, by the name of a rate


def counts_data(view: LineView) -> dict:
    """What is the same for all labels and places of the line."""
    positives = view.counts.tp[:, 0] + view.counts.fn[:, 0]
    negatives = view.counts.fp[:, 0] + view.counts.tn[:, 0]
    return {
        "tp": packed(view.counts.tp, np.int32), "fp": packed(view.counts.fp, np.int32), "positives": positives.tolist(),
        "negatives": negatives.tolist(), "clustered": view.is_clustered,
    }  # fmt: skip


def label_data(view: LineView, thresholds: Mapping[str, float]) -> list[dict]:
    """Each label's name, its frozen threshold, and the histogram of its scores."""
    return [
        {"name": label, "threshold": thresholds[label],
         "histogram": {"negatives": one.negatives.tolist(), "positives": one.positives.tolist()}}
        for label, one in zip(view.labels, view.histograms, strict=True)
    ]  # fmt: skip


def limits_data(predictions: Predictions, asked: Callable[[tuple[float, ...]], Limits], thresholds: Collection[float]) -> dict:
    """The limits of one label's rates at all places of the line; counts and limits at those of some thresholds that lie between two.

    `predictions` are of that label alone, and `asked` gives what `line_limits` tells of it at thresholds.
    """
    limits, between = asked(PLACES), tuple(sorted(set(thresholds) - set(PLACES)))
    exact = asked(between) if between else {}
    return {
        "limits": {"names": list(limits), "packed": packed(np.stack(list(limits.values())), np.float32)},
        "exact": [_exact(predictions, threshold, {name: found[:, number] for name, found in exact.items()})
                  for number, threshold in enumerate(between)],
    }  # fmt: skip


def _exact(predictions: Predictions, threshold: float, limits: Limits) -> dict:
    known = {name: pair.tolist() for name, pair in limits.items() if not np.isnan(pair).any()}
    return {"threshold": threshold, "limits": known, **vars(counts_at(*predictions.column(predictions.labels[0]), threshold))}


def still_data(entries: Mapping[str, Entry]) -> list[dict]:
    """The numbers that do not depend on the line, by the names of metrics."""
    return [
        {"name": name, "title": METRICS[name].title, "value": one.value, "low": one.low, "high": one.high} for name, one in entries.items()
    ]


def words_data(missed_costs: float) -> dict[str, str]:
    """What the numbers mean, by name."""
    return {name: METRICS[name].definition for name in _NAMED} | {
        "flagged": "The share of images called positive.",
        "cost": f"1 missed case costs as much as {missed_costs:g} false alarms; per image.",
        "benefit": "True positives less false ones at the threshold's odds, per image.",
    }


def packed(array: Sequence | np.ndarray, dtype: type) -> str:
    """An array as base64 of its bytes, little-endian."""
    return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).astype(np.dtype(dtype).newbyteorder("<"))).decode()
