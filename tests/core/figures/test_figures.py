"""Figures show the numbers that they are given, and the threshold where it is."""

import numpy as np
import plotly.graph_objects as go
import pytest

from core.evaluation.counts import counts_at, counts_at_thresholds
from core.evaluation.curves import pr_curve, roc_curve, score_histogram
from core.evaluation.intervals import Interval
from core.figures.answer_bars import AnswerBar, answer_alt, answer_bars_figure
from core.figures.bars import class_counts_figure, interval_figure
from core.figures.cost_curve import cost_figure
from core.figures.matrix import confusion, matrix_figure
from core.figures.roc_pr import Point, pr_figure, roc_figure
from core.figures.scores import histogram_figure
from core.figures.training import learning_figure, metric_figure
from core.runs.history import EpochRecord


@pytest.fixture
def scored(rng):
    y_true = rng.integers(0, 2, 200)
    return y_true, np.clip(0.5 + 0.3 * (y_true - 0.5) + rng.normal(0, 0.2, 200), 0, 1).astype(np.float32)


def valid(figure: dict) -> go.Figure:
    """Plotly itself checks every name and value."""
    return go.Figure(figure)


def test_the_cost_curve_and_its_point_are_misses_and_false_alarms_per_image(scored):
    y_true, y_score = scored
    thresholds = np.array([0.0, 0.3, 0.6, 1.0])
    point = Point(0.6, counts_at(y_true, y_score, 0.6))
    line, mark = valid(cost_figure("a", thresholds, counts_at_thresholds(y_true, y_score, thresholds), 5.0, point)).data
    expected = [(5 * ((y_score < cut) & (y_true == 1)).sum() + ((y_score >= cut) & (y_true == 0)).sum()) / 200 for cut in thresholds]
    assert list(line.y) == pytest.approx(expected) and (mark.x[0], mark.y[0]) == (0.6, pytest.approx(expected[2]))


def test_the_point_on_the_roc_curve_has_the_counts_at_the_threshold(scored):
    y_true, y_score = scored
    point = valid(roc_figure({"a": roc_curve(y_true, y_score)}, {"a": Point(0.5, counts_at(y_true, y_score, 0.5))})).data[-1]
    called = y_score >= 0.5
    assert point.y[0] == pytest.approx(called[y_true == 1].mean()) and point.x[0] == pytest.approx(called[y_true == 0].mean())
    assert list(point.customdata[0][1:]) == [(called & (y_true == 1)).sum(), (called & (y_true == 0)).sum(),
                                             (~called & (y_true == 1)).sum(), (~called & (y_true == 0)).sum()]  # fmt: skip


def test_precision_and_recall_are_drawn_as_steps(scored):
    assert valid(pr_figure({"a": pr_curve(*scored)}, {})).data[0].line.shape == "vh"


def test_the_line_in_the_histogram_is_where_the_threshold_is(scored):
    figure = valid(histogram_figure(score_histogram(*scored), ("normal", "pneumonia"), 0.37))
    assert figure.layout.shapes[0].x0 == figure.layout.shapes[0].x1 == 0.37
    assert sum(sum(bar.y) for bar in figure.data) == 200


def test_the_bars_of_an_answer_end_at_the_scores_with_threshold_zone_and_spread():
    bars = [
        AnswerBar("Mass", 0.8, 0.4, True, (0.7, 0.85), (0.3, 0.5)),
        AnswerBar("Edema", 0.1, 0.2, False),
        AnswerBar("x", 0.3, None, True),
    ]
    made = valid(answer_bars_figure(bars))
    assert list(made.data[0].x) == [0.8, 0.1, 0.3] and list(made.data[0].y) == ["Mass", "Edema", "x"]
    assert list(made.data[0].error_x.array) == pytest.approx([0.05, 0, 0])
    assert list(made.data[0].error_x.arrayminus) == pytest.approx([0.1, 0, 0])
    lines = [shape.x0 for shape in made.layout.shapes if shape.type == "line"]
    zones = [(shape.x0, shape.x1) for shape in made.layout.shapes if shape.type == "rect"]
    assert lines == [0.4, 0.2] and zones == [(0.3, 0.5)]
    assert answer_alt("CNN says", bars[1:]) == "CNN says: Edema score 0.100, threshold 0.200; x score 0.300"


def test_the_matrix_shows_counts_and_shares_of_its_rows():
    counts = confusion(np.array([0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1]), 2)
    assert counts.tolist() == [[2, 1], [0, 2]]
    assert valid(matrix_figure(counts, ("a", "b"))).data[0].text[0][0] == "<b>2</b><br>67%"


def test_an_interval_reaches_from_low_to_high():
    bar = valid(interval_figure({"a": Interval(0.9, 0.85, 0.93, "DeLong")}, "ROC AUC")).data[0]
    assert bar.x[0] - bar.error_x.arrayminus[0] == pytest.approx(0.85) and bar.x[0] + bar.error_x.array[0] == pytest.approx(0.93)


def test_counts_and_histories_are_drawn_whole():
    counts = {"train": {"images": 3, "per_class": {"a": 1, "b": 2}}, "test": {"images": 1, "per_class": {"a": 1, "b": 0}}}
    assert [list(bar.y) for bar in valid(class_counts_figure(counts)).data] == [[1, 1], [2, 0]]
    history = [EpochRecord(n, 1.0, 10.0, 0.1, 0.9 / n, 1.0 / n, 0.5, None if n == 1 else 0.7) for n in (1, 2, 3)]
    assert list(valid(learning_figure(history, "loss", "Loss")).data[1].y) == [1.0, 0.5, 1.0 / 3]
    assert list(valid(metric_figure({"a": history}, "val_roc_auc", "ROC AUC")).data[0].y) == [None, 0.7, 0.7]
