"""Convolutions with fewer multiplications give what torch gives, forwards and back, reckoned in float64."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from core.machine import SWITCH
from core.models import winograd
from core.models.quick_block import QuickBlock
from tests.learning import assert_near, assert_same_for_any_threads, learned

BEARABLE = 5e-5  # of the largest value


def convolution(inside: int = 48, outside: int = 48, **settings) -> nn.Conv2d:
    torch.manual_seed(0)
    return nn.Conv2d(inside, outside, **{"kernel_size": 3, "padding": 1, **settings}).to(memory_format=torch.channels_last)


@settings(max_examples=60, deadline=None)
@given(
    channels=st.tuples(st.integers(1, 40), st.integers(1, 40)), sides=st.tuples(st.integers(3, 21), st.integers(3, 21)),
    padding=st.integers(0, 2), bias=st.booleans(), count=st.integers(1, 4), seed=st.integers(0, 1000),
)  # fmt: skip
def test_values_and_gradients_are_those_of_torch(channels, sides, padding, bias, count, seed):
    layer = convolution(*channels, padding=padding, bias=bias)
    maps = torch.randn(count, channels[0], *sides, generator=torch.Generator().manual_seed(seed))
    exact = copy.deepcopy(layer).double()
    assert_near(learned(lambda maps: winograd.convolved(maps, layer), maps, layer), learned(exact, maps.double(), exact), BEARABLE)


@pytest.mark.parametrize(("channels", "side"), [((32, 64), 75), ((64, 64), 38), ((128, 128), 32)])
def test_layers_of_usual_networks_are_those_of_torch(channels, side):
    layer, maps = convolution(*channels), torch.randn(3, channels[0], side, side).to(memory_format=torch.channels_last)
    assert winograd.suits(layer, maps)
    exact = copy.deepcopy(layer).double()
    assert_near(learned(lambda maps: winograd.convolved(maps, layer), maps, layer), learned(exact, maps.double(), exact), BEARABLE)


@pytest.mark.parametrize("count", [1, 31, 33, 70])
def test_all_images_of_a_batch_count_in_the_weights(count):
    layer, maps = convolution(2, 3), torch.randn(count, 2, 9, 9)
    exact = copy.deepcopy(layer).double()
    assert_near(learned(lambda maps: winograd.convolved(maps, layer), maps, layer), learned(exact, maps.double(), exact), BEARABLE)


def test_the_number_of_threads_changes_no_bit():
    layer, maps = convolution(), torch.randn(7, 48, 33, 33)
    assert_same_for_any_threads(lambda: learned(lambda maps: winograd.convolved(maps, layer), maps, layer))


def test_images_need_no_gradient():
    layer, images = convolution(), torch.randn(2, 48, 9, 9)
    winograd.convolved(images, layer).sum().backward()
    assert images.grad is None
    assert layer.weight.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("changes", "side"),
    [
        ({"kernel_size": 5}, 32), ({"stride": 2}, 64), ({"dilation": 2}, 36), ({"groups": 2}, 32), ({"padding": 3}, 32),
        ({"padding": "same"}, 32), ({"padding": (1, 0)}, 40), ({"padding_mode": "reflect"}, 32), ({"inside": 1}, 150),
        ({"inside": 16, "outside": 16}, 75), ({"inside": 256, "outside": 128}, 32), ({}, 28), ({}, 0),
    ],
)  # fmt: skip
def test_others_are_left_to_torch(changes, side):
    layer = convolution(**changes)
    assert not winograd.suits(layer, torch.empty(2, layer.in_channels, side, side))


def test_a_kind_of_convolution_that_does_more_is_left_to_torch():
    class Scaled(nn.Conv2d):
        pass

    maps = torch.empty(2, 48, 32, 32)
    assert winograd.suits(nn.Conv2d(48, 48, 3, padding=1), maps)
    assert not winograd.suits(Scaled(48, 48, 3, padding=1), maps)


def test_a_network_that_trains_uses_them_and_one_that_is_asked_does_not(monkeypatch):
    block, maps = QuickBlock(convolution()), torch.randn(2, 48, 32, 32)
    names = [block(maps).grad_fn.name(), block.eval()(maps).grad_fn.name()]
    monkeypatch.setenv(SWITCH, "off")
    names.append(block.train()(maps).grad_fn.name())
    assert names == ["_WinogradBackward", "ConvolutionBackward0", "ConvolutionBackward0"]
