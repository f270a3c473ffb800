"""People as marks and answers over the prevalence: every mark is a person, every point a number that was given."""

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation.counts import Counts
from core.evaluation.prevalence import of_people
from core.evaluation.scorecard import Entry
from core.figures.icon_array import ROWS, icon_array_figure
from core.figures.prevalence import prevalence_figure

SHARES = st.floats(0, 1)
CLASSES = ("normal", "pneumonia")


def test_every_group_has_as_many_marks_as_people_and_says_so():
    drawn = go.Figure(icon_array_figure(Counts(tp=48, fp=190, fn=2, tn=760), CLASSES)).data
    assert [one.name for one in drawn] == ["2 pneumonia, missed", "48 pneumonia, found", "190 normal, alarmed", "760 normal, left alone"]
    assert [len(one.x) for one in drawn] == [2, 48, 190, 760]


@given(SHARES, SHARES, SHARES)
@settings(max_examples=30, deadline=None)
def test_no_two_people_stand_in_one_place_and_all_lie_within_the_axes(sensitivity, specificity, prevalence):
    made = icon_array_figure(of_people(sensitivity, specificity, prevalence), CLASSES)
    places = [place for one in made["data"] for place in zip(one["x"], one["y"], strict=True)]
    assert len(set(places)) == 1000 and max(y for _, y in places) == ROWS - 1
    assert made["layout"]["xaxis"]["range"][1] > max(x for x, _ in places) and made["layout"]["yaxis"]["range"][0] > ROWS - 1


def test_groups_are_told_apart_by_shape_and_not_by_colour_alone():
    drawn = icon_array_figure(Counts(5, 5, 5, 5), CLASSES)["data"]
    assert len({one["marker"]["symbol"] for one in drawn}) == 4 and len({one["marker"]["color"] for one in drawn}) == 3


def test_those_who_have_the_label_stand_together_and_so_do_the_positive_answers():
    missed, found, alarmed, alone = icon_array_figure(Counts(30, 40, 10, 20), CLASSES)["data"]
    numbers = [[x * ROWS + y for x, y in zip(one["x"], one["y"], strict=True)] for one in (missed, found, alarmed, alone)]
    assert sum(numbers, []) == list(range(100))


@pytest.fixture
def drawn():
    ppv = [Entry(0.1, 0.05, 0.2, "Mercaldo"), Entry(0.5, 0.4, 0.6, "Mercaldo"), Entry(None, None, None, "not available: x")]
    npv = [Entry(0.99, None, None, "not available: y"), Entry(0.9, 0.8, 0.95, "Mercaldo"), Entry(0.7, 0.6, 0.8, "Mercaldo")]
    points = {"PPV": Entry(0.5, 0.4, 0.6, "Mercaldo"), "NPV": Entry(0.9, 0.8, 0.95, "Mercaldo")}
    return go.Figure(prevalence_figure([0.01, 0.1, 0.5], {"PPV": ppv, "NPV": npv}, 0.1, points, 0.45))


def test_lines_bands_and_marks_are_the_numbers_that_were_given(drawn):
    band, line, mark, other_band, other_line, other_mark = drawn.data
    assert (line.x, line.y) == ((0.01, 0.1, 0.5), (0.1, 0.5, None)) and other_line.y == (0.99, 0.9, 0.7)
    assert (band.x, band.y) == ((0.01, 0.1, 0.1, 0.01), (0.05, 0.4, 0.6, 0.2)) and other_band.x == (0.1, 0.5, 0.5, 0.1)
    assert (mark.x, mark.y, other_mark.y) == ((0.1,), (0.5,), (0.9,)) and line.line.dash != other_line.line.dash


def test_the_prevalence_of_the_images_is_marked(drawn):
    assert drawn.layout.shapes[0].x0 == drawn.layout.shapes[0].x1 == 0.45
    assert drawn.layout.annotations[0].text == "these images 45 %" and drawn.layout.xaxis.type == "log"
    assert drawn.layout.annotations[0].x == pytest.approx(-0.3468, abs=1e-4)
