"""The figure of two models: what is drawn is what was given, and 0 has its line."""

import pytest

from core.evaluation.intervals import Interval
from core.figures.difference import difference_figure

VALUES = {"A": Interval(0.95, 0.93, 0.96, "DeLong"), "B": Interval(0.96, 0.94, 0.97, "DeLong")}


def ends(trace: dict) -> tuple[float, float, float]:
    value = trace["x"][0]
    return value, value - trace["error_x"]["arrayminus"][0], value + trace["error_x"]["array"][0]


def test_each_model_and_their_difference_in_points_have_their_intervals():
    made = difference_figure(VALUES, "B minus A", Interval(0.01, -0.008, 0.028, "DeLong"))
    first, second, gap = made["data"]
    assert ends(first) == pytest.approx((0.95, 0.93, 0.96)) and first["y"] == ["A"]
    assert ends(second) == pytest.approx((0.96, 0.94, 0.97)) and second["y"] == ["B"]
    assert ends(gap) == pytest.approx((1.0, -0.8, 2.8)) and gap["y"] == ["B minus A"] and gap["xaxis"] == "x2"


@pytest.mark.parametrize("gap", [Interval(0.01, 0.002, 0.018, ""), Interval(-0.05, -0.09, -0.01, ""), Interval(0.0, 0.0, 0.0, "")])
def test_the_line_at_no_difference_is_in_the_picture_wherever_the_interval_lies(gap):
    layout = difference_figure(VALUES, "gap", gap)["layout"]
    low, high = layout["xaxis2"]["range"]
    [line] = layout["shapes"]
    assert low < line["x0"] == line["x1"] == 0 < high and low <= 100 * gap.low and high >= 100 * gap.high
