"""The small line of a card."""

import re
import xml.etree.ElementTree as ET

import pytest

from core.figures.epoch_spark import epoch_spark


def points(values: list[float]) -> list[tuple[float, float]]:
    line = ET.fromstring(epoch_spark(values)).find("{http://www.w3.org/2000/svg}polyline")
    return [tuple(map(float, point.split(","))) for point in re.split(r"\s+", line.get("points"))]


def test_the_line_goes_from_edge_to_edge_and_higher_values_lie_higher():
    found = points([0.5, 0.9, 0.7])
    assert found == [(3, 47), (150, 3), (297, 25)]


@pytest.mark.parametrize("values", [[0.9, 0.9], [0.0, 0.0, 0.0]])
def test_values_that_stand_still_are_a_level_line(values):
    assert {y for _, y in points(values)} == {47}
