"""A heat map covers its picture where it is high, and only there; its table says the same in numbers."""

import numpy as np

from core.figures.heat_map import heat_table, with_heat

GREY = np.full((40, 60), 100, np.uint8)
VALUES = np.zeros((40, 60), np.float32)
VALUES[:10, :15] = 1


def test_what_does_not_speak_for_the_label_stays_as_it_is_and_the_highest_is_yellow():
    found = with_heat(GREY, VALUES, 1.0)
    assert (found[20:, 30:] == 100).all()
    assert found[2, 2].tolist() == [240, 228, 66]
    assert np.array_equal(with_heat(GREY, VALUES, 0.0, (0.1, 0.1)), np.repeat(GREY[..., None], 3, axis=2))


def test_half_the_opacity_is_half_the_way_and_the_ring_stands_at_the_peak():
    assert np.abs(with_heat(GREY, VALUES, 0.5)[2, 2].astype(int) - [170, 164, 83]).max() <= 1
    plain, ringed = with_heat(GREY, VALUES, 0.5), with_heat(GREY, VALUES, 0.5, (0.75, 0.5))
    rows, columns = np.nonzero((plain != ringed).any(axis=2))
    assert abs(rows.mean() - 19.5) < 1 and abs(columns.mean() - 44.5) < 1


def test_brightness_rises_with_the_value_so_that_no_colour_need_be_told():
    ramp = np.linspace(0.35, 1, 60, dtype=np.float32)[None].repeat(40, axis=0)
    found = with_heat(GREY, ramp, 1.0)[0].astype(float) @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(found) > -1).all() and found[-1] > found[0] + 60


def test_the_table_is_the_map_in_cells():
    table = heat_table(VALUES)
    assert list(table.columns) == ["left", "top", "value"] and len(table) == 32 * 32
    assert np.isclose(table.value.mean(), VALUES.mean(), atol=1e-3)
    assert table[(table.left < 0.2) & (table.top < 0.2)].value.min() == 1 and table[table.left > 0.3].value.max() == 0
