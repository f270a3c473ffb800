"""Calibration, decision curves, forest plot and label bars show the numbers that they are given, and say what there is not."""

import numpy as np
import plotly.graph_objects as go
import pytest

from core.evaluation.counts import Counts, counts_at
from core.evaluation.curves import CalibrationCurve, calibration_curve
from core.evaluation.intervals import Interval
from core.evaluation.subgroups import Subgroup
from core.evaluation.utility import decision_curve, net_benefit
from core.figures.calibration import calibration_figure
from core.figures.decision_curve import decision_figure
from core.figures.forest_plot import forest_figure
from core.figures.label_bars import label_bars_figure
from core.figures.roc_pr import Point
from core.figures.run_rows import broken
from core.figures.style import QUIET, color_of


@pytest.fixture
def scored(rng):
    y_true = rng.integers(0, 2, 300)
    return y_true, np.clip(0.5 + 0.3 * (y_true - 0.5) + rng.normal(0, 0.2, 300), 0, 1).astype(np.float32)


def valid(figure: dict) -> go.Figure:
    """Plotly itself checks every name and value."""
    return go.Figure(figure)


def subgroup(value, images, interval, why=None):
    found = None if interval is None else interval.value
    return Subgroup(value, images, images // 2, images < 20, {"roc_auc": found}, {"roc_auc": interval}, {"roc_auc": why} if why else {})


WOMEN, MEN = Interval(0.9, 0.85, 0.93, "DeLong"), Interval(0.7, 0.5, 0.84, "DeLong")


def test_a_bin_reaches_from_low_to_high_and_is_hollow_where_images_are_few():
    bins = (np.array(one) for one in ([0.1, 0.8], [0.2, 0.6], [0.15, 0.3], [0.3, 0.8], [100, 19], [0.1, 0.8]))
    curve = CalibrationCurve(*bins, Counts(*(np.array(one) for one in ([31, 11], [88, 8], [0, 20], [0, 80]))))
    line, drawn = valid(calibration_figure({"a": curve})).data[1:]
    assert list(line.y) == list(drawn.y) == [0.2, 0.6] and line.showlegend is None and drawn.showlegend is False
    assert (drawn.y[0] - drawn.error_y.arrayminus[0], drawn.y[0] + drawn.error_y.array[0]) == (pytest.approx(0.15), pytest.approx(0.3))
    assert drawn.marker.symbol == ("circle", "circle-open") and list(drawn.customdata[1]) == [0.8, 11, 8, 20, 80, 0.3, 0.8, 19]


def test_calibration_has_a_diagonal_and_a_curve_in_the_colour_of_each_run(scored):
    curve = calibration_curve(*scored)
    drawn = valid(calibration_figure({"a": curve, "b": curve}, score="Probability"))
    assert list(drawn.data[0].x) == list(drawn.data[0].y) == [0, 1]
    lines, bins = drawn.data[1::2], drawn.data[2::2]
    assert [one.line.color for one in lines] == [one.marker.color for one in bins] == [color_of(0), color_of(1)]
    assert [one.line.dash for one in lines] == ["solid", "dash"] and bins[0].marker.symbol[0] != bins[1].marker.symbol[0]
    assert drawn.layout.xaxis.title.text.startswith("Probability")


def test_the_point_on_a_decision_curve_is_the_net_benefit_of_its_counts(scored):
    counts = counts_at(*scored, 0.4)
    drawn = {one.name + one.mode: one for one in valid(decision_figure({"a": decision_curve(*scored)}, {"a": Point(0.4, counts)})).data}
    assert set(drawn) == {"treat alllines", "treat nonelines", "alines", "amarkers"}
    assert (drawn["amarkers"].x[0], drawn["amarkers"].y[0]) == (0.4, pytest.approx(float(net_benefit(counts, 0.4))))
    assert list(drawn["amarkers"].customdata[0]) == [0.4, counts.tp, counts.fp, counts.fn, counts.tn]
    assert "TP" in drawn["alines"].hovertemplate and "net benefit" in drawn["alines"].hovertemplate
    assert list(drawn["treat nonelines"].y) == [0, 0]
    assert drawn["treat alllines"].y[0] == pytest.approx(scored[0].mean())


def test_treating_all_is_drawn_once_for_runs_on_the_same_images_and_once_for_others(scored):
    mine, other = decision_curve(*scored), decision_curve(np.append(scored[0], [1] * 99), np.append(scored[1], np.ones(99, np.float32)))
    shown = [one.showlegend for one in valid(decision_figure({"a": mine, "b": mine, "c": other}, {})).data if one.name == "treat all"]
    assert shown == [None, False]


def test_no_mark_stands_at_a_threshold_that_has_no_net_benefit(scored):
    drawn = valid(decision_figure({"a": decision_curve(*scored)}, {"a": Point(1.0, Counts(1, 1, 1, 1))}))
    assert "markers" not in [one.mode for one in drawn.data]


def test_a_forest_plot_has_a_row_per_subgroup_and_a_place_per_run():
    drawn = valid(
        forest_figure({"a": [subgroup("F", 120, WOMEN), subgroup("M", 60, MEN)], "b": [subgroup("F", 120, MEN)]}, "roc_auc", "AUC")
    )
    first, second = drawn.data
    assert list(first.x) == [0.9, 0.7] and list(second.x) == [0.7]
    assert first.y[0] < second.y[0] < first.y[1] and first.marker.symbol != second.marker.symbol
    assert (first.x[1] - first.error_x.arrayminus[1], first.x[1] + first.error_x.array[1]) == (pytest.approx(0.5), pytest.approx(0.84))
    assert list(drawn.layout.yaxis.ticktext) == ["F<br><i>n 120</i>", "M<br><i>n 60</i>"]
    assert first.customdata[0].startswith("F: 0.900 (0.850 to 0.930), DeLong<br>120 images, 60 positive")


def test_small_subgroups_are_grey_and_say_that_they_are_few():
    drawn = valid(forest_figure({"a": [subgroup("F", 120, WOMEN), subgroup("M", 19, MEN)]}, "roc_auc"))
    large, small = drawn.data
    assert (large.marker.color, small.marker.color) == (color_of(0), QUIET)
    assert list(small.x) == [0.7] and small.showlegend is False and drawn.layout.yaxis.ticktext[1] == "M<br><i>n 19, few</i>"


def test_a_subgroup_without_a_value_says_so_and_why():
    drawn = valid(forest_figure({"a": [subgroup("F", 120, WOMEN), subgroup("M", 60, None, "no image of test has it")]}, "roc_auc"))
    assert list(drawn.data[1].text) == ["not available"] and list(drawn.data[1].customdata) == ["no image of test has it"]
    nothing = valid(forest_figure({"a": [subgroup("M", 60, None, "no image of test has it")]}, "roc_auc"))
    assert list(nothing.data[0].x) == [None] and list(nothing.data[1].text) == ["not available"]


def test_a_value_without_an_interval_is_a_dot():
    alone = Subgroup("F", 30, 15, False, {"roc_auc": 1.0}, {"roc_auc": None}, {"roc_auc": "no interval: too few"})
    drawn = valid(forest_figure({"a": [alone]}, "roc_auc")).data[0]
    assert (list(drawn.x), list(drawn.error_x.array), list(drawn.error_x.arrayminus)) == ([1.0], [0.0], [0.0])
    assert "no interval: too few" in drawn.customdata[0]


def test_the_value_on_all_images_is_a_line_through_the_forest():
    drawn = valid(forest_figure({"a": [subgroup("all images", 180, MEN), subgroup("F", 120, WOMEN)]}, "roc_auc"))
    assert [line.x0 for line in drawn.layout.shapes if line.type == "line"] == [0.7]


def test_label_bars_have_their_intervals_beside_those_of_the_other_runs():
    drawn = valid(label_bars_figure({"a": {"Mass": WOMEN, "Hernia": MEN}, "b": {"Mass": MEN, "Hernia": None}}, "AUC"))
    first, second, missing = drawn.data
    assert list(first.x) == [0.9, 0.7] and list(second.x) == [0.7]
    assert first.y[0] < second.y[0] < first.y[1] and first.marker.pattern.shape != second.marker.pattern.shape
    assert first.x[0] + first.error_x.array[0] == pytest.approx(0.93)
    assert list(missing.text) == ["not available"] and missing.y[0] > first.y[1]
    assert list(drawn.layout.yaxis.ticktext) == ["Mass", "Hernia"] and drawn.layout.xaxis.range[0] == 0


def test_why_a_bar_is_missing_is_told():
    drawn = valid(label_bars_figure({"a": {"Mass": WOMEN, "Hernia": None}}, "AUC", {"a": {"Hernia": "no image of val has Hernia"}}))
    assert drawn.data[1].customdata[0] == "Hernia: no image of val has Hernia" and drawn.layout.showlegend is False


def test_long_names_are_broken_where_words_end():
    assert broken("Pleural_Thickening") == "Pleural_<br>Thickening"
    assert broken("Mass") == "Mass" and broken("18 to below 40") == "18 to below 40"
    assert broken("Posteroanterior view, lying") == "Posteroanterior<br>view, lying"
