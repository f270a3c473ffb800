"""A timm network whose layers learn quicker learns the same, and scores as before, to the last bit."""

import copy

import pytest
import timm
import torch
from timm.layers import BatchNormAct2d, Conv2dSame
from torch import nn

from core.machine import SWITCH
from core.models.backbones import build_transfer
from core.models.quick_layers import quicken_learning
from core.parts import Transfer
from tests.learning import Learned, assert_near, learned

OURS = {"_NormedBackward", "_DepthwiseBackward"}


def network(name: str) -> nn.Module:
    torch.manual_seed(0)
    return timm.create_model(name, num_classes=2, drop_rate=0.0).to(memory_format=torch.channels_last)


def norm(**settings) -> BatchNormAct2d:
    torch.manual_seed(0)
    made = BatchNormAct2d(5, **settings)
    for values in (made.weight, made.bias, made.running_mean):
        nn.init.normal_(values, std=2.0)
    return made


def steps(out: torch.Tensor) -> set[str]:
    """The names of all that was done to make this, of which gradients are asked."""
    found, waiting = set(), [out.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in found:
            found.add(node)
            waiting += [earlier for earlier, _ in node.next_functions]
    return {node.name() for node in found}


def quick(layer: nn.Module) -> nn.Module:
    made = copy.deepcopy(layer)
    quicken_learning(made)
    return made


def both(layer: nn.Module, maps: torch.Tensor) -> tuple[Learned, Learned]:
    """What a quick layer learns, and what torch's own learns in float64."""
    exact = copy.deepcopy(layer).double().train()
    return learned(quick(layer).train(), maps), learned(exact, maps.double(), exact)


@pytest.mark.parametrize("act", [nn.ReLU, nn.ReLU6])
def test_norms_with_a_bend_are_those_of_torch(act):
    layer, maps = norm(act_layer=act), torch.randn(6, 5, 9, 7)
    assert "_NormedBackward" in steps(quick(layer).train()(maps))
    assert_near(*both(layer, maps), 2e-5)


@pytest.mark.parametrize("settings", [{"act_layer": nn.SiLU}, {"apply_act": False}, {"act_layer": nn.ReLU, "drop_layer": nn.Dropout}])
def test_other_norms_are_left_to_torch(settings):
    assert not OURS & steps(quick(norm(**settings)).train()(torch.randn(2, 5, 9, 7)))


@pytest.mark.parametrize("sides", [(8, 8), (9, 9), (8, 9), (3, 10)])
@pytest.mark.parametrize(("size", "stride"), [(3, 2), (5, 1), (5, 2), (5, 3)])
def test_convolutions_with_uneven_padding_are_those_of_torch(sides, size, stride):
    torch.manual_seed(0)
    layer = Conv2dSame(6, 6, size, stride=stride, groups=6, bias=False)
    assert_near(*both(layer, torch.randn(3, 6, *sides)), 2e-5)


def test_a_convolution_may_be_padded_by_name():
    torch.manual_seed(0)
    layer = nn.Conv2d(6, 6, 5, padding="same", groups=6)
    assert_near(*both(layer, torch.randn(3, 6, 9, 9)), 2e-5)


@pytest.mark.parametrize("name", ["tf_efficientnet_lite0", "mobilenetv3_small_050"])
def test_a_whole_network_scores_as_before_and_learns_nearly_the_same(name):
    plain, images = network(name), torch.rand(4, 3, 48, 48, generator=torch.Generator().manual_seed(0))
    other = quick(plain)
    assert list(other.state_dict()) == list(plain.state_dict())
    with torch.inference_mode():
        assert torch.equal(other.eval()(images), plain.eval()(images))
    out = other.train()(images)
    assert OURS & steps(out)
    exact = copy.deepcopy(plain).double().train()(images.double())
    apart = [float((found - exact).norm().detach() / exact.norm().detach()) for found in (out, plain.train()(images))]
    assert apart[0] < 5 * apart[1] + 1e-4


def test_a_copy_learns_apart_from_its_original():
    layer = quick(norm(act_layer=nn.ReLU6)).train()
    other, before = copy.deepcopy(layer), layer.running_mean.clone()
    other(torch.randn(2, 5, 9, 7) + 3)
    assert torch.equal(layer.running_mean, before)
    assert not torch.equal(other.running_mean, before)


@pytest.mark.parametrize("is_frozen", [True, False])
def test_a_built_network_learns_so_where_it_learns(is_frozen):
    settings = Transfer("mobilenetv3_small_050", False, "head" if is_frozen else "all", 1, 0.1, 0, 0.0, 3, "own")
    network = build_transfer(settings, 64, 1, True).train()
    assert bool(OURS & steps(network(torch.rand(2, 1, 64, 64)))) != is_frozen


def test_all_is_left_to_torch_where_that_is_chosen(monkeypatch):
    monkeypatch.setenv(SWITCH, "off")
    assert not OURS & steps(quick(network("mobilenetv3_small_050")).train()(torch.rand(2, 3, 64, 64)))
