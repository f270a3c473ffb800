"""Settings of layers as rows of a table."""

import pytest

from core.layer_rows import BLOCK_COLUMNS, as_setting, columns_of, per_layer, rows_of
from core.layers import cnn_layers
from core.recipe import build, family_defaults, limits_of


def test_the_columns_are_the_settings_that_may_differ_from_block_to_block():
    each = {name for name, limit in limits_of("cnn").items() if limit.each}
    assert set(BLOCK_COLUMNS) == each - {"dense_units", "dropout"}


def test_one_value_becomes_the_filters_and_units_that_the_network_has():
    settings = {"blocks": 6, "filters": 48, "dense_layers": 3, "dense_units": 90, "image_size": 128}
    layers = cnn_layers(build("cnn", settings).model, 128, outputs=2)
    filters = [layer.shape_out[0] for layer in layers if layer.name.endswith("convolution1")]
    units = [layer.shape_out[0] for layer in layers if layer.kind == "dense"]
    assert list(per_layer("filters", 48, 6)) == filters == [48, 96, 192, 384, 512, 512]
    assert list(per_layer("dense_units", 90, 3)) == units[:-1] == [90, 45, 22]


def test_a_list_that_is_too_long_is_cut_and_one_that_is_too_short_goes_on():
    assert per_layer("stride", (1, 2, 3), 2) == (1, 2)
    assert per_layer("stride", (1, 2), 4) == (1, 2, 2, 2)


@pytest.mark.parametrize(("values", "begin", "setting"), [
    ((32, 64, 128), None, 32),  # doubles, so one value says it
    ((32, 64, 128), (32, 64, 128), (32, 64, 128)),  # as it was written
    ((32, 64, 128), 32, 32),
    ((32, 32), None, (32, 32)),
    ((32, 64), (32, 64, 128), 32),  # a list of another length cannot stay
])  # fmt: skip
def test_values_become_the_shortest_setting_that_means_them(values, begin, setting):
    assert as_setting("filters", values, begin) == setting


def test_rows_and_columns_turn_into_each_other():
    values = family_defaults("cnn") | {"filters": (8, 24), "pooling": ("max", "none")}
    rows = rows_of(values, BLOCK_COLUMNS, 2)
    assert rows[1]["filters"] == 24 and rows[1]["pooling"] == "none" and rows[1]["kernel_size"] == 3
    assert {name: as_setting(name, column) for name, column in columns_of(rows).items()} == {name: values[name] for name in BLOCK_COLUMNS}
