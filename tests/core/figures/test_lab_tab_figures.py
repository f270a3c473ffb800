"""The figures of the tabs below the lab: labels, grey zone, classes."""

from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest

from core.evaluation.curves import score_histogram
from core.evaluation.grey_zone import Zone
from core.figures.grey_zone import grey_zone_figure
from core.figures.label_spark import HEIGHT, WIDTH, label_spark
from core.figures.matrix import matrix_figure

_SVG = "{http://www.w3.org/2000/svg}"


def _drawing(url):
    head, _, text = url.partition(",")
    assert head == "data:image/svg+xml;utf8"
    return ElementTree.fromstring(unquote(text))


def _points(line):
    return [tuple(float(number) for number in pair.split(",")) for pair in line.get("points").split()]


def test_the_spark_rises_where_f1_does_and_the_lines_stand_at_their_thresholds():
    drawing = _drawing(label_spark(np.linspace(0, 1, 101), 0.25, 0.5))
    points = _points(drawing.find(f"{_SVG}polyline"))
    assert points[0][0] < 5 and points[-1][0] > WIDTH - 5
    assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
    assert points[0][1] == HEIGHT - 2 and points[-1][1] >= 0
    axis, frozen, line = drawing.findall(f"{_SVG}path")
    assert line.get("d").startswith("M31.5 ") and frozen.get("d").startswith("M60.0 ") and frozen.get("stroke-dasharray")
    assert axis.get("stroke-dasharray") is None


def test_where_there_is_no_f1_the_spark_has_a_gap():
    values = np.concatenate([np.full(20, 0.5), np.full(20, np.nan), np.full(20, 0.7)])
    drawing = _drawing(label_spark(values, 0.5, 0.5))
    first, second = (_points(line) for line in drawing.findall(f"{_SVG}polyline"))
    assert first[-1][0] < WIDTH / 3 + 5 and second[0][0] > 2 * WIDTH / 3 - 5


def test_without_any_f1_only_the_lines_are_drawn():
    assert _drawing(label_spark(np.full(30, np.nan), 0.5, 0.5)).find(f"{_SVG}polyline") is None


@pytest.mark.parametrize("ends", [(0.2, 0.6), (0.0, 1.0), (0.5, 0.5), (0.9, 0.95)])
def test_the_zone_is_shaded_between_its_lines_over_the_bars_of_both_classes(ends):
    rng = np.random.default_rng(0)
    histogram = score_histogram(rng.integers(0, 2, 200), rng.random(200).astype(np.float32), 40)
    made = grey_zone_figure(histogram, ("no Mass", "Mass"), Zone(*ends))
    shade, low, high = made["layout"]["shapes"]
    assert (shade["x0"], shade["x1"]) == ends and (low["x0"], high["x0"]) == ends
    assert [trace["name"] for trace in made["data"]] == ["no Mass", "Mass"]
    assert sum(sum(trace["y"]) for trace in made["data"]) == 200
    texts = [one["text"].strip() for one in made["layout"]["annotations"]]
    assert texts == [f"negative below {ends[0]:.3f}", f"positive from {ends[1]:.3f}"]


def test_a_matrix_may_have_other_columns_than_rows():
    made = matrix_figure(np.array([[3, 1, 4], [0, 5, 5]]), ("a", "b"), called=("a", "b", "undecided"))
    heat = made["data"][0]
    assert heat["x"] == ["a", "b", "undecided"] and heat["y"] == ["a", "b"]
    assert heat["text"][0] == ["<b>3</b><br>38%", "<b>1</b><br>12%", "<b>4</b><br>50%"] and heat["z"][1] == [0, 0.5, 0.5]
