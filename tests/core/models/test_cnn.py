"""The CNN is what its plan says, layer by layer, and what it was before it had a plan."""

import copy
import json
from math import ceil
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from core.errors import RecipeError
from core.layers import cnn_layers
from core.limits import CNN_LIMITS
from core.models.cnn import ConvNet, PaddedPool, SparseConv2d, quick_order
from core.recipe import build

FIRST = json.loads((Path(__file__).parent / "first_cnns.json").read_text())
KINDS = {
    "convolution": nn.Conv2d, "batch_norm": (nn.BatchNorm2d, nn.BatchNorm1d), "dense": nn.Linear, "dropout": (nn.Dropout, nn.Dropout2d),
}  # fmt: skip


def network(outputs: int = 2, **chosen) -> ConvNet:
    recipe = build("cnn", {"image_size": 32, "filters": 4, "blocks": 2, "convolutions": 1, **chosen})
    return ConvNet(recipe.model, recipe.image.image_size, outputs).eval()


@pytest.mark.parametrize("first", FIRST, ids=lambda first: str(len(first["settings"])))
def test_settings_of_the_first_runs_build_the_network_that_they_built_then(first):
    recipe = build("cnn", first["settings"])
    torch.manual_seed(0)
    side = recipe.image.image_size
    built = ConvNet(recipe.model, side, 2).eval()
    assert {name: list(weights.shape) for name, weights in built.state_dict().items()} == first["weights"]
    assert list(built.state_dict()) == list(first["weights"])
    ramp = torch.linspace(0, 1, side * side).view(1, 1, side, side)
    assert built(ramp)[0].tolist() == pytest.approx(first["logits"], abs=1e-5)


@st.composite
def chosen(draw) -> dict:
    """Settings within their limits, kept small; each per block now and then."""
    blocks, dense_layers = draw(st.integers(1, 4)), draw(st.integers(0, 3))
    each = {
        "filters": st.integers(4, 12), "convolutions": st.integers(1, 2), "kernel_size": st.integers(1, 5), "stride": st.integers(1, 3),
        "pool_size": st.integers(2, 4), "pool_stride": st.integers(0, 3), "block_dropout": st.sampled_from([0.0, 0.3]),
    }  # fmt: skip
    found = {"blocks": blocks, "dense_layers": dense_layers, "image_size": draw(st.integers(16, 40))}
    for name, limit in CNN_LIMITS.items():
        one = each.get(name, st.sampled_from(limit.choices) if limit.choices else None)
        if one is not None:
            found[name] = draw(st.one_of(one, st.lists(one, min_size=blocks, max_size=blocks)) if limit.each else one)
    for name in ("batch_norm", "dense_batch_norm"):
        found[name] = draw(st.booleans())
    found["dense_units"] = draw(st.one_of(st.integers(4, 20), st.lists(st.integers(4, 20), min_size=dense_layers, max_size=dense_layers)))
    return {name: value for name, value in found.items() if value != []}


@settings(max_examples=150, deadline=None)
@given(chosen(), st.integers(1, 4))
def test_plan_and_network_have_the_same_layers_shapes_and_parameters_whatever_is_chosen(chosen, outputs):
    try:
        recipe = build("cnn", chosen)
    except RecipeError:
        assume(False)
    size = recipe.image.image_size
    plan = quick_order(list(cnn_layers(recipe.model, size, outputs)))
    built = ConvNet(recipe.model, size, outputs).eval()
    seen = []
    for module in [*[layer for block in built.body for layer in block], built.summary, *built.dense, *built.head]:
        module.register_forward_hook(lambda module, _, out: seen.append((module, out)))
    assert built(torch.rand(2, 1, size, size)).shape == (2, outputs)
    assert [tuple(out.shape[1:]) for _, out in seen] == [layer.shape_out for layer in plan]
    assert [sum(weights.numel() for weights in module.parameters()) for module, _ in seen] == [layer.parameters for layer in plan]
    assert all(isinstance(module, KINDS.get(layer.kind, nn.Module)) for (module, _), layer in zip(seen, plan, strict=True))


@settings(max_examples=60, deadline=None)
@given(chosen())
def test_every_layer_that_is_named_can_be_read(chosen):
    try:
        recipe = build("cnn", chosen)
    except RecipeError:
        assume(False)
    built = ConvNet(recipe.model, recipe.image.image_size, 1).eval()
    images = torch.rand(2, 1, recipe.image.image_size, recipe.image.image_size)
    widths = {layer.part: layer.shape_out[0] for layer in cnn_layers(recipe.model, recipe.image.image_size, 1)}
    assert {name: built.features(images, name).shape for name in built.layers} == {name: (2, widths[name]) for name in built.layers}
    assert torch.equal(built.head(built.features(images)), built(images))


def test_the_layers_between_are_what_the_network_passes_on():
    built = network(dense_layers=2, dense_units=8)
    images = torch.rand(3, 1, 32, 32)
    centred = (images - 0.5) / 0.25
    first = built.body[0](centred)
    assert torch.allclose(built.features(images, "block1"), first.mean(dim=(2, 3)))
    assert torch.allclose(built.features(images, "block2"), built.body[1](first).mean(dim=(2, 3)))
    pooled = built.body[1](first).mean(dim=(2, 3))
    assert torch.allclose(built.features(images, "dense1"), torch.relu(built.dense[1](pooled)), atol=1e-6)
    assert torch.equal(built.features(images, "dense2"), built.features(images))


def test_a_layer_that_is_none_is_refused_with_those_that_there_are():
    with pytest.raises(RecipeError, match="block3.*last, block1, block2, dense1"):
        network(dense_layers=1).features(torch.rand(1, 1, 32, 32), "block3")


@pytest.mark.parametrize(
    ("place", "order"),
    [
        ("before_activation", ["Conv2d", "BatchNorm2d", "GELU", "MaxPool2d", "Dropout"]),
        ("after_activation", ["Conv2d", "GELU", "BatchNorm2d", "MaxPool2d", "Dropout"]),
        ("after_pooling", ["Conv2d", "GELU", "MaxPool2d", "BatchNorm2d", "Dropout"]),
    ],
)
def test_batch_norm_stands_where_it_is_wanted_and_dropout_ends_a_block(place, order):
    block = network(batch_norm_place=place, block_dropout=0.2, activation="gelu").body[0]
    assert [type(layer).__name__ for layer in block] == order
    assert (block[0].bias is None) == (place == "before_activation")


def plain_pool(maps: torch.Tensor, size: int, stride: int, how: str) -> list[list[float]]:
    """Pooling of one map (side, side) with padding "same", by plain counting, as Keras documents it."""
    side = maps.shape[-1]
    out = ceil(side / stride)
    before = max((out - 1) * stride + size - side, 0) // 2

    def window(row: int, column: int) -> list[float]:
        tops, lefts = (range(at * stride - before, at * stride - before + size) for at in (row, column))
        return [float(maps[y, x]) for y in tops for x in lefts if 0 <= y < side and 0 <= x < side]

    return [[max(w) if how == "max" else sum(w) / len(w) for w in (window(r, c) for c in range(out))] for r in range(out)]


@pytest.mark.parametrize("how", ["max", "average"])
@pytest.mark.parametrize(("side", "size", "stride"), [(16, 2, 1), (17, 2, 2), (19, 3, 2), (18, 5, 3), (17, 3, 1), (16, 4, 1), (17, 2, 3)])
def test_pooling_with_padding_same_counts_only_what_lies_on_the_maps(how, side, size, stride):
    built = network(image_size=side, blocks=1, pooling=how, pool_size=size, pool_stride=stride, pool_padding="same")
    maps = torch.randn(1, 4, side, side) - 3  # mostly negative: a zero that counted would show
    pooling = next(module for module in built.body[0] if isinstance(module, nn.MaxPool2d | nn.AvgPool2d | PaddedPool))
    found = pooling(maps)
    assert torch.allclose(found[0, 0], torch.tensor(plain_pool(maps[0, 0], size, stride, how)), atol=1e-6)


@pytest.mark.parametrize(("side", "kernel", "stride"), [(32, 3, 2), (33, 3, 2), (32, 5, 3), (30, 1, 2), (32, 7, 4)])
def test_a_strided_convolution_with_padding_same_puts_the_odd_zero_after_the_maps(side, kernel, stride):
    layer = network(image_size=side, blocks=1, kernel_size=kernel, stride=stride, pooling="none").body[0][0]
    maps = torch.rand(1, 1, side, side)
    out = ceil(side / stride)
    pad = max((out - 1) * stride + kernel - side, 0)
    padded = torch.full((1, 1, side + pad, side + pad), 0.0)
    padded[:, :, pad // 2 : pad // 2 + side, pad // 2 : pad // 2 + side] = maps
    assert torch.allclose(layer(maps), nn.functional.conv2d(padded, layer.weight, layer.bias, stride), atol=1e-6)
    assert layer(maps).shape[-1] == out


@pytest.mark.parametrize(
    ("activation", "function"),
    [
        ("relu", torch.relu), ("leaky_relu", nn.functional.leaky_relu), ("elu", nn.functional.elu), ("gelu", nn.functional.gelu),
        ("silu", nn.functional.silu), ("tanh", torch.tanh),
    ],
)  # fmt: skip
def test_the_activation_is_the_chosen_one_in_blocks_and_dense_layers(activation, function):
    built = network(activation=activation, dense_layers=1, pooling="none")
    values = torch.linspace(-3, 3, 13)
    assert torch.allclose(built.body[0][2](values.clone()), function(values))
    assert torch.allclose(built.dense[-1](values.clone()), function(values))


@pytest.mark.parametrize("activation", CNN_LIMITS["activation"].choices)
@pytest.mark.parametrize("pooling", ["max", "average"])
def test_a_maximum_is_taken_before_the_activation_only_where_that_gives_the_same(activation, pooling):
    block = network(activation=activation, pooling=pooling).body[0]
    maps = torch.randn(2, 1, 32, 32) * 4
    in_order = [module for kind in (0, 1) for module in block[2:] if ("Pool" in type(module).__name__) == kind]
    assert torch.equal(block(maps.clone()), nn.Sequential(*block[:2], *in_order)(maps.clone()))


def test_dropout_of_channels_drops_whole_channels_and_that_of_values_does_not():
    def dropped(kind: str) -> set[float]:
        layer = network(block_dropout=0.5, dropout_kind=kind).body[0][-1].train()
        return {float(share) for share in (layer(torch.ones(8, 4, 8, 8)) == 0).float().mean(dim=(2, 3)).flatten()}

    torch.manual_seed(0)
    assert dropped("channels") == {0.0, 1.0} and not {0.0, 1.0} & dropped("values")


def test_settings_in_lists_hold_for_their_own_block_or_dense_layer():
    built = network(filters=[4, 6], kernel_size=[5, 3], pooling=["max", "average"], block_dropout=[0.0, 0.4], dense_layers=2,
                    dense_units=[7, 5], dropout=[0.1, 0.2, 0.3])  # fmt: skip
    assert [(block[0].out_channels, block[0].kernel_size[0]) for block in built.body] == [(4, 5), (6, 3)]
    assert isinstance(built.body[0][-2], nn.MaxPool2d) and isinstance(built.body[1][-2], nn.AvgPool2d) and built.body[1][-1].p == 0.4
    assert [(layer.in_features, layer.out_features) for layer in (*built.dense, *built.head) if isinstance(layer, nn.Linear)] == [
        (6, 7), (7, 5), (5, 2),
    ]  # fmt: skip
    assert [layer.p for layer in (*built.dense, *built.head) if isinstance(layer, nn.Dropout)] == [0.1, 0.2, 0.3]


def test_the_last_maps_may_be_summarised_by_their_maxima():
    built = network(summary="global_max")
    maps = built.body(built.normalise(torch.rand(2, 1, 32, 32)))
    assert torch.equal(built.summary(maps), maps.amax(dim=(2, 3)))


def test_every_parameter_learns_at_the_full_rate():
    built = network()
    [(share, parameters)] = built.rates()
    assert share == 1.0 and {id(one) for one in parameters} == {id(one) for one in built.parameters()}


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [2, 3, 4])
@pytest.mark.parametrize("side", [16, 17, 19])
def test_single_places_with_a_stride_give_what_torch_gives_and_are_not_left_to_it(side, stride, padding):
    """Torch 2.15 sometimes wrote past its memory in such a convolution's way back, and the process died."""
    built = network(
        1, image_size=side, blocks=1, filters=7, kernel_size=1, stride=stride, padding=padding, batch_norm=False, pooling="none"
    )
    convolution = built.body[0][0]
    assert type(convolution) is SparseConv2d
    maps = torch.rand(3, 1, side, side, requires_grad=True)
    found = convolution(maps)
    exact = copy.deepcopy(convolution).double()
    expected = nn.functional.conv2d(maps.double(), exact.weight, exact.bias, stride=stride)
    torch.testing.assert_close(found, expected.float())
    slopes = [torch.autograd.grad(made.square().sum(), maps)[0] for made in (found, expected)]
    torch.testing.assert_close(*slopes)
