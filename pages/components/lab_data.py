"""What the lab in the browser is sent, as JSON can hold it; arrays as base64."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.counts import counts_at
from core.evaluation.intervals import Interval
from core.evaluation.line_view import LineView
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry

TILE, COLUMNS = 56, 16


@dataclass(frozen=True, eq=False)
class NearImages:
    """Some images by ascending score: (m,) float32 scores, (m,) uint8 truths, and their pictures on one JPEG sheet."""

    scores: np.ndarray
    truths: np.ndarray
    sheet: bytes


def counts_data(view: LineView) -> dict:
    """What is the same for all labels and places of the line."""
    positives = view.counts.tp[:, 0] + view.counts.fn[:, 0]
    negatives = view.counts.fp[:, 0] + view.counts.tn[:, 0]
    return {
        "tp": _packed(view.counts.tp, np.int32), "fp": _packed(view.counts.fp, np.int32), "positives": positives.tolist(),
        "negatives": negatives.tolist(), "clustered": view.is_clustered,
    }  # fmt: skip


def label_data(view: LineView, thresholds: Mapping[str, float]) -> list[dict]:
    """Each label's name, its frozen threshold, and the histogram of its scores."""
    return [
        {"name": label, "threshold": thresholds[label],
         "histogram": {"negatives": one.negatives.tolist(), "positives": one.positives.tolist()}}
        for label, one in zip(view.labels, view.histograms, strict=True)
    ]  # fmt: skip


def frozen_data(predictions: Predictions, label: str, threshold: float) -> dict:
    """The exact counts at a threshold that lies between two places of the line."""
    counts = counts_at(*predictions.column(label), threshold)
    return {"threshold": threshold, "tp": counts.tp, "fp": counts.fp, "fn": counts.fn, "tn": counts.tn}


def still_data(names: Mapping[str, str], entries: Mapping[str, Entry]) -> list[dict]:
    """The numbers that do not depend on the line, by title."""
    return [
        {"name": name, "title": title, "value": entries[name].value, "low": entries[name].low, "high": entries[name].high}
        for name, title in names.items()
    ]


def rested_data(threshold: float, intervals: Mapping[str, Interval | None]) -> dict:
    """The limits of each number where the line rests."""
    return {"threshold": threshold, "limits": {name: [one.low, one.high] for name, one in intervals.items() if one}}


def image_data(images: NearImages | None) -> dict | None:
    """Images near the line, or none where they cannot be had."""
    if images is None:
        return None
    sheet = "data:image/jpeg;base64," + base64.b64encode(images.sheet).decode()
    scores, truths = _packed(images.scores, np.float32), _packed(images.truths, np.uint8)
    return {"scores": scores, "truths": truths, "tile": TILE, "columns": COLUMNS, "sheet": sheet}


def _packed(array: Sequence | np.ndarray, dtype: type) -> str:
    return base64.b64encode(np.ascontiguousarray(array, dtype=dtype).astype(np.dtype(dtype).newbyteorder("<"))).decode()
