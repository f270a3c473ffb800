"""Figures of a data set show the numbers of their tables."""

import numpy as np
import plotly.graph_objects as go
import pytest

from core.data.image_facts import ImageFacts
from core.data.inspection.label_sets import combinations, cooccurrence, labels_per_image
from core.figures import class_shares, image_facts, label_sets
from core.figures.style import COLORS
from tests.core.data.small_sets import rows

NAMES = tuple(f"Finding {number}" for number in range(14))


def valid(figure: dict) -> go.Figure:
    """Plotly itself checks every name and value."""
    return go.Figure(figure)


@pytest.fixture
def y(rng) -> np.ndarray:
    return (rng.random((3000, 14)) < np.linspace(0.02, 0.2, 14)).astype(np.uint8)


def test_a_heat_map_tells_shares_of_the_row_and_counts_on_the_diagonal(y):
    counts = cooccurrence(y)
    pairs, diagonal = valid(label_sets.cooccurrence_figure(counts, NAMES)).data
    both, row = int((y[:, 2] & y[:, 5]).sum()), int(y[:, 2].sum())
    assert pairs.z[2][5] == both / row and pairs.z[2][2] is None and diagonal.z[2][5] is None
    assert pairs.customdata[2][5] == f"{both:,} images with both<br>{both / row:.1%} of those with Finding 2 have Finding 5"
    assert diagonal.customdata[2][2] == f"Finding 2: {row:,} images" and list(pairs.y)[2] == f"Finding 2 {row:,}"
    assert pairs.zmax == max(value for line in pairs.z for value in line if value is not None)
    table = label_sets.cooccurrence_table(counts, NAMES)
    assert table.loc["Finding 2", "Finding 5"] == both and list(table.index) == list(NAMES)


def test_every_label_of_a_heat_map_is_written(y):
    many = valid(label_sets.cooccurrence_figure(cooccurrence(y), NAMES))
    assert many.layout.xaxis.dtick == many.layout.yaxis.dtick == 1 and many.layout.xaxis.tickangle == -90 and many.data[0].text is None
    few = valid(label_sets.cooccurrence_figure(cooccurrence(y[:, :4]), NAMES[:4])).data[0]
    assert few.text[1][2] == int((y[:, 1] & y[:, 2]).sum())
    assert valid(label_sets.cooccurrence_figure(np.diag([3, 0]), ("a", "b"))).data[0].zmax > 0


def test_the_dots_below_a_bar_are_its_labels(y):
    found = combinations(y, NAMES, 15)
    figure = valid(label_sets.combinations_figure(found))
    bars, sticks, written = figure.data[0], figure.data[2:], figure.layout.yaxis2.ticktext
    assert list(bars.y) == [one.images for one in found] and len(sticks) == 15
    for one, stick in zip(found, sticks, strict=True):
        assert {written[row] for row in stick.y} == set(one.labels or (label_sets.NO_LABEL,))
    table = label_sets.combinations_table(found)
    assert table["images"].tolist() == [one.images for one in found] and table["number of labels"].max() == max(
        len(o.labels) for o in found
    )
    assert valid(label_sets.combinations_figure([])) and label_sets.combinations_table([]).empty


def test_labels_per_image_are_bars(y):
    counts = labels_per_image(y)
    assert list(valid(label_sets.labels_per_image_figure(counts)).data[0].y) == counts.tolist()
    assert label_sets.labels_per_image_table(counts)["images"].sum() == 3000


def test_rings_hold_the_counts_of_their_split():
    counts = {split: {"images": 40, "per_class": {name: number + 1 for number, name in enumerate(NAMES)}} for split in ("train", "test")}
    figure = valid(class_shares.shares_figure(counts))
    assert [ring.name for ring in figure.data] == ["train", "test"] and list(figure.data[0]["values"]) == list(range(1, 15))
    looks = set(zip(figure.data[0].marker.colors, figure.data[0].marker.pattern.shape, strict=True))
    assert len(looks) == 14 > len(COLORS), "labels of one colour differ in pattern"
    table = class_shares.shares_table(counts)
    assert table["test, share"].sum() == pytest.approx(1) and table.loc["Finding 3", "train, images"] == 4


def test_a_dot_per_size_and_many_sizes_on_a_grid(rng):
    def facts(width, height):
        kinds = np.full(len(width), "L")
        return ImageFacts(np.array(width), np.array(height), kinds, kinds)

    dots = valid(image_facts.sizes_figure(facts([64, 64, 32], [64, 64, 48]))).data[1]
    assert list(zip(dots.x, dots.y, dots.customdata, strict=True)) == [(64, 64, 2), (32, 48, 1)] and "64 x 64: 2" in dots.text[0]
    many = facts(rng.integers(800, 2500, 4000), rng.integers(700, 2000, 4000))
    dots = valid(image_facts.sizes_figure(many)).data[1]
    assert sum(dots.customdata) == 4000 == image_facts.sizes_table(many)["images"].sum() and len(dots.x) < 700


def test_greys_are_told_by_class(rng):
    y = rng.integers(0, 2, 300)
    values = (80 + 40 * y + rng.normal(0, 10, 300)).astype(np.float32)
    data = rows(y, np.where(np.arange(300) < 50, "unlabelled", "train"))
    by_class = image_facts.by_class(values, data)
    assert {name: len(some) for name, some in by_class.items()} == {"none": (y[50:] == 0).sum(), "L0": y[50:].sum()}
    curves = valid(image_facts.grey_figure(by_class)).data
    assert [sum(curve.y) for curve in curves] == pytest.approx([1, 1]) and sum(curves[1].customdata) == y[50:].sum()
    assert image_facts.grey_table(by_class).loc["L0", "median"] == pytest.approx(np.median(values[50:][y[50:] == 1]))


def test_many_classes_are_boxes_and_an_empty_one_is_left_out(y):
    values = np.linspace(0, 255, 3000)
    by_class = image_facts.by_class(values, rows(y)) | {"nobody": np.empty(0)}
    boxes = valid(image_facts.grey_figure(by_class)).data
    assert len(boxes) == 14 and boxes[3].median[0] == pytest.approx(np.median(values[y[:, 3] == 1]))
    assert len(image_facts.grey_table(by_class)) == 14
