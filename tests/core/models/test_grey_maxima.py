"""Maxima of the first convolution, taken without its maps, are what torch gives, forwards and back, reckoned in float64."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from core.machine import SWITCH
from core.models import grey_maxima
from core.models.quick_block import QuickBlock
from tests.learning import assert_near, assert_same_for_any_threads, learned

BEARABLE = 2e-6  # of the largest value


def convolution(channels: int = 8, **settings) -> nn.Conv2d:
    """Its weights are such that float32 adds up their products with `images` exactly: equal values are equal in float64 too."""
    torch.manual_seed(0)
    layer = nn.Conv2d(1, channels, **{"kernel_size": 3, "padding": 1, **settings}).to(memory_format=torch.channels_last)
    with torch.no_grad():
        for weights in layer.parameters():
            weights.copy_((64 * weights).round() / 64)
    return layer


def images(count: int, height: int, width: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(0, 256, (count, 1, height, width), generator=torch.Generator().manual_seed(seed)) / 256


def pooled(layer: nn.Conv2d) -> nn.Sequential:
    """The same by torch in float64; its weights have the layer's names in its first module."""
    return nn.Sequential(copy.deepcopy(layer), nn.MaxPool2d(2)).double()


def assert_as_torch(layer: nn.Conv2d, maps: torch.Tensor) -> None:
    exact = pooled(layer)
    found = learned(lambda maps: grey_maxima.maxima(maps, layer), maps, layer, asks_maps=False)
    assert_near(found, learned(exact, maps.double(), exact[0], asks_maps=False), BEARABLE)


@settings(max_examples=60, deadline=None)
@given(
    channels=st.integers(1, 40), sides=st.tuples(st.integers(4, 21), st.integers(4, 21)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)), bias=st.booleans(), count=st.integers(1, 5), seed=st.integers(0, 1000),
)  # fmt: skip
def test_values_and_gradients_are_those_of_torch(channels, sides, padding, bias, count, seed):
    layer = convolution(channels, padding=padding, bias=bias)
    assert_as_torch(layer, images(count, *sides, seed))


def test_images_of_usual_size_are_those_of_torch():
    assert_as_torch(convolution(32), images(4, 150, 150))


def test_the_first_of_equal_values_has_the_gradient():
    layer = convolution(padding=0)
    nn.init.zeros_(layer.weight)
    assert_as_torch(layer, images(1, 4, 4))


def test_what_is_no_number_stays():
    layer, maps = convolution(), images(1, 8, 8)
    maps[0, 0, 5, 5] = torch.nan
    expected = pooled(layer)(maps.double()).isnan()
    assert expected.any()
    assert torch.equal(grey_maxima.maxima(maps, layer).isnan(), expected)


def test_the_number_of_threads_changes_no_bit():
    layer, maps = convolution(), images(7, 100, 100)
    assert_same_for_any_threads(lambda: learned(lambda maps: grey_maxima.maxima(maps, layer), maps, layer, asks_maps=False))


@pytest.mark.parametrize(
    ("changes", "pool", "side"),
    [
        ({"kernel_size": 5}, nn.MaxPool2d(2), 32), ({"stride": 2}, nn.MaxPool2d(2), 32), ({"dilation": 2}, nn.MaxPool2d(2), 32),
        ({"padding": "same"}, nn.MaxPool2d(2), 32), ({"padding_mode": "reflect"}, nn.MaxPool2d(2), 32),
        ({}, nn.MaxPool2d(3), 32), ({}, nn.MaxPool2d(2, 1), 32), ({}, nn.AvgPool2d(2), 32), ({}, nn.ReLU(), 32), ({}, None, 32),
        ({}, nn.MaxPool2d(2, ceil_mode=True), 33), ({"padding": 0}, nn.MaxPool2d(2), 3),
    ],
)  # fmt: skip
def test_others_are_left_to_torch(changes, pool, side):
    assert not grey_maxima.suits(convolution(**changes), pool, torch.empty(2, 1, side, side))


def test_images_of_several_colours_and_wanted_gradients_are_left_to_torch():
    pool, grey = nn.MaxPool2d(2), images(2, 32, 32)
    assert grey_maxima.suits(convolution(), pool, grey)
    assert grey_maxima.suits(convolution(), nn.MaxPool2d(2, ceil_mode=True), grey)
    assert not grey_maxima.suits(convolution(), pool, grey.requires_grad_())
    assert not grey_maxima.suits(nn.Conv2d(3, 8, 3, padding=1), pool, torch.empty(2, 3, 32, 32))


def test_a_network_that_trains_takes_both_together_and_one_that_is_asked_does_not(monkeypatch):
    block, grey = QuickBlock(convolution(), nn.MaxPool2d(2)), images(2, 32, 32)
    names = [block(grey).grad_fn.name(), block.eval()(grey).grad_fn.name()]
    monkeypatch.setenv(SWITCH, "off")
    names.append(block.train()(grey).grad_fn.name())
    assert names == ["_GreyMaximaBackward", "MaxPool2DWithIndicesBackward0", "MaxPool2DWithIndicesBackward0"]
