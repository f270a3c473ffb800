"""Depthwise convolutions give what torch gives, forwards and back, reckoned in float64, however their maps are padded."""

import copy

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import conv2d, pad

from core.models import depthwise
from tests.learning import Learned, assert_near, assert_same_for_any_threads, learned

BEARABLE = 2e-5  # of the largest value
EVEN, BEHIND = ((1, 1), (1, 1)), ((0, 1), (0, 1))


def convolution(channels: int = 6, size: int = 5, **settings) -> nn.Conv2d:
    torch.manual_seed(0)
    made = nn.Conv2d(channels, channels, size, groups=channels, **{"bias": False, **settings})
    return made.to(memory_format=torch.channels_last)


def padded(layer: nn.Conv2d, maps: torch.Tensor, pads) -> torch.Tensor:
    """What torch makes of maps that are padded first."""
    (above, below), (before, behind) = pads
    return conv2d(pad(maps, (before, behind, above, below)), layer.weight, layer.bias, layer.stride, groups=layer.groups)


def both(layer: nn.Conv2d, maps: torch.Tensor, pads, **asked) -> tuple[Learned, Learned]:
    """What is learned here, and what torch learns in float64."""
    exact = copy.deepcopy(layer).double()
    expected = learned(lambda maps: padded(exact, maps, pads), maps.double(), exact, **asked)
    return learned(lambda maps: depthwise.convolved(maps, layer, pads), maps, layer, **asked), expected


@settings(max_examples=40, deadline=None)
@given(
    channels=st.integers(2, 40), size=st.sampled_from([3, 5]), sides=st.tuples(st.integers(1, 14), st.integers(1, 14)),
    stride=st.integers(1, 3), before=st.tuples(st.integers(0, 3), st.integers(0, 3)), lead=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    bias=st.booleans(), count=st.integers(1, 4),
)  # fmt: skip
def test_values_and_gradients_are_those_of_torch(channels, size, sides, stride, before, lead, bias, count):
    pads = tuple((first, first + more) for first, more in zip(before, lead, strict=True))
    assume(all(side + sum(around) >= size for side, around in zip(sides, pads, strict=True)))
    layer = convolution(channels, size, stride=stride, bias=bias)
    assert_near(*both(layer, torch.randn(count, channels, *sides), pads), BEARABLE)


@pytest.mark.parametrize(
    ("channels", "size", "stride", "side", "pads"),
    [(96, 3, 2, 80, BEHIND), (144, 5, 2, 40, ((1, 2), (1, 2))), (240, 5, 1, 20, ((2, 2), (2, 2))), (1152, 5, 1, 5, ((2, 2), (2, 2)))],
)
def test_layers_of_usual_networks_are_those_of_torch(channels, size, stride, side, pads):
    layer, maps = convolution(channels, size, stride=stride), torch.randn(3, channels, side, side).to(memory_format=torch.channels_last)
    assert depthwise.suits(layer, pads)
    assert_near(*both(layer, maps, pads), BEARABLE)


@pytest.mark.parametrize("order", [torch.channels_last, torch.contiguous_format])
def test_maps_may_lie_in_either_order(order):
    assert_near(*both(convolution(), torch.randn(2, 6, 9, 8).contiguous(memory_format=order), BEHIND), BEARABLE)


def test_the_number_of_threads_changes_no_bit():
    layer, maps = convolution(48), torch.randn(7, 48, 33, 33)
    assert_same_for_any_threads(lambda: learned(lambda maps: depthwise.convolved(maps, layer, BEHIND), maps, layer))


def test_maps_or_weights_alone_may_be_asked_for():
    layer, maps = convolution(bias=True), torch.randn(2, 6, 9, 9)
    assert_near(*both(layer, maps, BEHIND, asks_maps=False), BEARABLE)
    layer.weight.requires_grad_(False)
    maps.requires_grad_()
    before = layer.weight.grad.clone()
    depthwise.convolved(maps, layer, BEHIND).sum().backward()
    assert maps.grad.abs().sum() > 0
    assert torch.equal(layer.weight.grad, before)


@pytest.mark.parametrize(
    ("layer", "pads"),
    [
        (nn.Conv2d(4, 4, 5), EVEN), (nn.Conv2d(4, 8, 5, groups=4), EVEN), (convolution(size=7), EVEN), (convolution(size=(3, 5)), EVEN),
        (convolution(dilation=2), EVEN), (convolution(stride=(1, 2)), EVEN), (convolution(padding_mode="reflect"), EVEN),
        (convolution(size=3), EVEN), (convolution(), ((0, 2), (0, 2))), (convolution(), ((1, 0), (1, 0))), (convolution(1), EVEN),
    ],
    ids=["whole", "more out", "large", "oblong", "spread", "strides", "mirrored", "torch is quick", "far behind", "ahead", "one channel"],
)  # fmt: skip
def test_others_are_left_to_torch(layer, pads):
    assert not depthwise.suits(layer, pads)
