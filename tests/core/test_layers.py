"""The plan of a network: its layers, its published parameter counts, and what is refused before it starts."""

import pytest

from core.errors import RecipeError
from core.layers import Cost, cnn_layers, cost_of, lstm_layers
from core.recipe import build

NOVA = {
    "image_size": 150, "channels": 3, "convolutions": 1, "batch_norm": False, "summary": "flatten", "padding": "valid",
}  # fmt: skip
PUBLISHED = {  # NOVA IMS report, one total per model; the layers are the report's
    5_319_204: {"blocks": 2, "filters": [32, 32], "dense_layers": 1, "dense_units": 128},
    536_660: {"blocks": 5, "filters": [32, 48, 64, 128, 128], "pool_stride": [2, 2, 2, 2, 1], "dense_layers": 3,
              "dense_units": [128, 64, 32]},
    771_172: {"blocks": 8, "filters": [32, 32, 64, 64, 128, 128, 128, 256], "padding": "same", "pool_padding": "same", "dense_layers": 2,
              "dense_units": [128, 64]},
}  # fmt: skip


def plan(**chosen):
    recipe = build("cnn", {"image_size": 32, "filters": 4, "blocks": 2, "convolutions": 1, **chosen})
    return cnn_layers(recipe.model, recipe.image.image_size, 2)


def sides(layers, kind: str) -> list[int]:
    return [layer.shape_out[1] for layer in layers if layer.kind == kind]


@pytest.mark.parametrize(("total", "settings"), PUBLISHED.items(), ids=str)
def test_the_published_networks_have_their_published_number_of_parameters(total, settings):
    assert cost_of(build("cnn", NOVA | settings), outputs=4).parameters == total


def test_the_maps_of_the_published_networks_have_the_sides_that_keras_prints():
    third, fourth = ({**NOVA, **settings} for total, settings in PUBLISHED.items() if total < 1_000_000)
    assert sides(cnn_layers(build("cnn", third).model, 150, 4), "pooling") == [74, 36, 17, 7, 4]
    assert sides(cnn_layers(build("cnn", fourth).model, 150, 4), "pooling") == [75, 38, 19, 10, 5, 3, 2, 1]


@pytest.mark.parametrize(("convolutions", "layers"), [([2, 2, 3, 3, 3], 14), ([4, 4, 4, 4, 4], 21)])
def test_a_network_in_the_style_of_vgg_is_a_choice_of_convolutions_per_block(convolutions, layers):
    found = plan(image_size=64, blocks=5, filters=[8, 16, 32, 64, 64], convolutions=convolutions)
    weighted = [layer for layer in found if layer.kind in ("convolution", "dense")]
    assert len(weighted) == layers and [layer.name for layer in weighted][-2:] == [f"block5.convolution{convolutions[-1]}", "output.dense"]


def test_the_cost_is_what_counting_by_hand_gives():
    recipe = build("cnn", {"image_size": 16, "filters": 4, "blocks": 1, "convolutions": 1, "dense_layers": 1, "dense_units": 5})
    norm = 4 * 16 * 16
    multiply_adds = 9 * 4 * 16 * 16 + norm + 4 * 5 + 5 * 3
    values = 3 * 4 * 16 * 16 + 4 * 8 * 8 + 4 + (4 + 5 + 5) + (5 + 3)  # convolution, norm, activation; pooling; summary; dense; output
    assert cost_of(recipe, outputs=3) == Cost(9 * 4 + 2 * 4 + (4 + 1) * 5 + (5 + 1) * 3, multiply_adds, values)


def test_one_value_of_filters_doubles_up_to_512_and_one_of_dense_units_halves():
    layers = plan(image_size=64, blocks=5, filters=64, dense_layers=3, dense_units=20)
    assert [layer.shape_out[0] for layer in layers if layer.kind == "convolution"] == [64, 128, 256, 512, 512]
    assert [layer.shape_out[0] for layer in layers if layer.kind == "dense"] == [20, 10, 5, 2]
    assert [layer.shape_out[0] for layer in plan(filters=600) if layer.kind == "convolution"] == [600, 600]


def test_only_the_first_convolution_of_a_block_strides():
    layers = plan(convolutions=2, stride=[2, 1], pooling="none")
    assert sides(layers, "convolution") == [16, 16, 16, 16] and not sides(layers, "pooling")


def test_every_layer_takes_what_the_one_before_gives():
    layers = plan(convolutions=[2, 1], padding=["valid", "same"], block_dropout=0.1, dense_layers=2, batch_norm_place="after_pooling")
    assert all(after.shape_in == before.shape_out for before, after in zip(layers, layers[1:], strict=False))
    assert layers[0].shape_in == (1, 32, 32) and layers[-1].shape_out == (2,)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"filters": "32,48", "blocks": 3}, "filters lists 2 values; it must list 3, one for each block"),
        ({"block_dropout": [0.1, 0.2, 0.3]}, "block_dropout lists 3 values; it must list 2"),
        ({"dropout": [0.1, 0.2], "dense_layers": 2}, "it must list 3, one for each dense layer and one for the output"),
        ({"dense_units": [8, 4], "dense_layers": 1}, "dense_units lists 2 values; it must list 1, one for each dense layer"),
        ({"kernel_size": [3, 4]}, "block 2: kernel_size is 4; with padding same it must be odd"),
        ({"padding": "valid", "image_size": 16, "kernel_size": 7}, "block 2: kernel_size is 7, and the maps there have 5 px"),
        ({"pool_size": 5, "image_size": 16}, "block 2: pool_size is 5, and the maps there have 3 px; .*pool_padding same"),
        ({"summary": "flatten", "image_size": 512, "blocks": 1, "filters": 512, "dense_layers": 1, "dense_units": 4096},
         "137,438,957,568 of them in dense1.dense; it may have 500,000,000"),
    ],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_with_the_place_and_the_reason(settings, reason):
    with pytest.raises(RecipeError, match=reason):
        plan(**settings)


@pytest.mark.parametrize("settings", [
    {"dense_units": [8, 4], "dense_layers": 0}, {"pool_stride": [1, 2, 2], "pool_size": [2, 2, 2], "pooling": "none"},
])  # fmt: skip
def test_lists_of_what_is_not_there_may_have_any_length(settings):
    assert plan(**settings)


def test_an_even_kernel_fits_where_the_borders_are_cut_off():
    assert sides(plan(kernel_size=4, padding="valid"), "convolution") == [29, 11]


def test_an_lstm_has_four_gates_each_with_two_kernels_and_two_biases():
    model = build("lstm", {"hidden_size": 10, "layers": 2, "bidirectional": True}).model
    rows = lstm_layers(model, 24, 3)[0]
    first, second = 2 * 4 * (10 * 24 + 10 * 10), 2 * 4 * (10 * 20 + 10 * 10)
    assert rows.parameters == first + second + 2 * 2 * 4 * 2 * 10 and rows.multiply_adds == 24 * (first + second)
    assert rows.shape_out == (24, 20)


def test_the_cost_of_a_backbone_follows_its_channels_image_and_outputs():
    small, grey, wide = (
        cost_of(build("transfer", {"backbone": "resnet18", **settings}), outputs)
        for settings, outputs in [({"image_size": 112}, 1), ({"channels": 1}, 1), ({}, 1000)]
    )
    assert wide.parameters == 11_689_512  # torchvision's and timm's resnet18
    assert wide.parameters - grey.parameters == 999 * 513 + 2 * 7 * 7 * 64
    assert grey.multiply_adds == pytest.approx(4 * small.multiply_adds, rel=1e-5)


def test_a_classical_model_costs_its_features_and_what_is_not_known_is_not_told():
    assert cost_of(build("svm", {"features": "resnet18"}), 1).parameters == 11_689_512 - 513_000
    assert cost_of(build("svm", {"features": "run:cnn-1"}), 1) is None
    assert cost_of(build("transfer", {"backbone": "resnet34"}), 1) is None and cost_of(build("ensemble", {"members": "a-1,b-2"}), 1) is None
