"""The lab with a plain slider: the same numbers, figure by figure, for those who switch the other one off."""

from math import isnan

import numpy as np
import streamlit as st

from core.evaluation.counts import Counts, counts_at
from core.evaluation.intervals import Interval
from core.evaluation.metrics import METRICS
from core.evaluation.rates import RATES
from core.evaluation.scorecard import Entry
from core.evaluation.utility import expected_cost, net_benefit
from core.figures.matrix import matrix_figure
from core.figures.roc_pr import Point, pr_figure, roc_figure
from core.figures.scores import histogram_figure
from pages.components import cached
from pages.components.chart import chart
from pages.components.lab_scene import Scene
from pages.components.line import DIGITS, Line
from pages.components.number_tiles import Tile, number_tiles
from pages.components.plain_slider import plain_slider
from pages.components.view import thresholds_of
from pages.components.wording import share

_MOVING = ("sensitivity", "specificity", "precision", "npv", "f1", "accuracy", "youden")
_STILL = ("roc_auc", "average_precision")
_POINTS = 500


def show(scene: Scene, line: Line) -> None:
    """Slider, histogram, matrix, numbers and curves."""
    plain_slider(f"Threshold for {scene.label}", line.place, DIGITS, f"slider_{line.key}", line.move)
    threshold = line.place
    counts = counts_at(*scene.predictions().column(scene.label), threshold)
    above = st.container()  # drawn after the numbers, which are what a hand on the slider waits for
    _rates(scene, counts, threshold)
    with above:
        _scores(scene, counts, threshold)
    _curves(scene, Point(threshold, counts))


def _scores(scene: Scene, counts: Counts, threshold: float) -> None:
    """The histogram and the matrix."""
    left, right = st.columns([3, 2])
    histogram = cached.line_view(str(scene.root), scene.run.run_id, scene.split, scene.calibrated).histogram(scene.label)
    left.plotly_chart(histogram_figure(histogram, scene.classes, threshold), key="histogram",
                      alt=f"Scores of both classes on {scene.split} with the threshold")  # fmt: skip
    right.plotly_chart(matrix_figure(_matrix(counts), scene.classes), key="matrix",
                       alt=f"Confusion matrix on {scene.split} at the threshold")  # fmt: skip


def _rates(scene: Scene, counts: Counts, threshold: float) -> None:
    """The numbers that move, then those that stay."""
    key = (str(scene.root), scene.run.run_id, scene.split, scene.label, scene.calibrated)
    known, still = cached.line_intervals(*key, threshold), cached.still(*key, _STILL)
    flagged = (counts.tp + counts.fp) / (counts.tp + counts.fp + counts.fn + counts.tn)
    price = f"1 missed case costs as much as {scene.missed_costs:g} false alarms; per image."
    benefit = float(net_benefit(counts, threshold)) if threshold < 1 else None
    number_tiles([
        *(_tile(METRICS[name].title, float(RATES[name](counts)), known[name], METRICS[name].definition) for name in _MOVING),
        *(_tile(METRICS[name].title, one.value, one, METRICS[name].definition) for name, one in still.items()),
        _tile("Flagged", flagged, None, "The share of images called positive."),
        _tile("Cost per image", float(expected_cost(counts, scene.missed_costs)), None, price),
        _tile("Net benefit", benefit, None, "True positives less false ones at the threshold's odds, per image."),
    ])  # fmt: skip
    st.caption(
        f"On {scene.split}, with 95 % intervals. ROC AUC and average precision do not depend on the threshold: they stay as it moves."
    )


def _tile(title: str, value: float | None, one: Interval | Entry | None, words: str) -> Tile:
    low_high = f"{one.low:.3f} to {one.high:.3f}" if one and one.low is not None else "no interval"
    return Tile(title, share(None if value is None or isnan(value) else value), low_high, words)


def _curves(scene: Scene, point: Point) -> None:
    key = (str(scene.root), scene.run.run_id, scene.split, scene.label, scene.calibrated)
    curves, at, title = cached.curves(*key, thresholds_of(scene.run), _POINTS), {scene.run.title: point}, scene.run.title
    left, right = st.columns(2)
    for column, curve, figure, words in (
        (left, curves.roc, roc_figure, "ROC curve"),
        (right, curves.pr, pr_figure, "Precision-recall curve"),
    ):
        if curve is not None:
            with column:
                chart(figure({title: curve}, at, 300), key=f"lab_{words}", alt=f"{words} with the threshold's point")


def _matrix(counts: Counts) -> np.ndarray:
    return np.array([[counts.tn, counts.fp], [counts.fn, counts.tp]], int)
