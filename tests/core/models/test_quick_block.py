"""Steps that are taken together give what torch gives one after the other, forwards and back, reckoned in float64."""

import copy

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import nn

from core.errors import RecipeError
from core.machine import SWITCH, may_use
from core.models.cnn import ConvNet
from core.models.dropout import Dropout
from core.models.quick_block import QuickBlock
from core.recipe import build
from core.training.memory import keep_freed_memory
from tests.learning import assert_same_for_any_threads, learned

CHANNELS = 5
ORDERS = {
    "after activation": ("relu", "norm", "pool"),
    "before activation": ("norm", "pool", "relu"),
    "after pooling": ("pool", "relu", "norm"),
    "no norm": ("pool", "relu"),
    "several": ("relu", "norm", "conv", "relu", "norm", "pool"),
    "no pooling": ("norm", "relu"),
    "another activation": ("elu", "norm", "pool"),
}


def block(order: tuple[str, ...], size: int = 2, rounds_up: bool = False, seed: int = 0) -> QuickBlock:
    torch.manual_seed(seed)
    made = {
        "relu": lambda: nn.ReLU(inplace=True), "elu": nn.ELU, "norm": lambda: nn.BatchNorm2d(CHANNELS),
        "pool": lambda: nn.MaxPool2d(size, ceil_mode=rounds_up), "conv": lambda: nn.Conv2d(CHANNELS, CHANNELS, 3, padding=1),
    }  # fmt: skip
    found = QuickBlock(nn.Conv2d(2, CHANNELS, 3, padding=1), *(made[name]() for name in order))
    for norm in found:
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.normal_(norm.weight)  # weights below zero turn the order of values
            nn.init.normal_(norm.bias)
            nn.init.normal_(norm.running_mean)
    return found.to(memory_format=torch.channels_last)


def plain(part: QuickBlock) -> nn.Sequential:
    """The same modules, one after the other, in float64."""
    return nn.Sequential(*copy.deepcopy(part)).double()


@settings(max_examples=60, deadline=None)
@given(
    order=st.sampled_from(list(ORDERS)), sides=st.tuples(st.integers(4, 13), st.integers(4, 13)), size=st.integers(2, 4),
    rounds_up=st.booleans(), count=st.integers(1, 9), seed=st.integers(0, 1000),
)  # fmt: skip
def test_values_gradients_and_running_statistics_are_those_of_torch(order, sides, size, rounds_up, count, seed):
    part = block(ORDERS[order], size, rounds_up, seed)
    images = torch.randn(count, 2, *sides)
    assume(count * min(sides) // size > 1)  # torch refuses a norm of one value
    reference, usual = learned(plain(part), images.double()), learned(nn.Sequential(*copy.deepcopy(part)), images)
    for name, found in learned(part, images).items():
        bearable = 1e-4 + 5 * float((usual[name] - reference[name]).abs().max())  # where a map hardly varies float32 knows little
        torch.testing.assert_close(found.double(), reference[name].double(), rtol=1e-3, atol=bearable)


@pytest.mark.parametrize("order", ORDERS)
def test_the_steps_are_taken_together(order):
    part, images = block(ORDERS[order]), torch.randn(2, 2, 8, 8)
    names = []

    def visit(node) -> None:
        if node is not None:
            names.append(node.name())
            for earlier, _ in node.next_functions:
                visit(earlier)

    visit(part(images).grad_fn)
    assert not {"NativeBatchNormBackward0", "MaxPool2DWithIndicesBackward0"} & set(names)
    assert {name for name in names if name.startswith("_")} <= {
        "_NormedBackward",
        "_NormedMaximaBackward",
        "_MaximaNormedBackward",
        "_MaximaBackward",
    }


def test_any_number_of_threads_gives_the_same_numbers():
    part, maps = block(ORDERS["after activation"])[1:], torch.randn(7, CHANNELS, 61, 64)
    assert_same_for_any_threads(lambda: learned(copy.deepcopy(part), maps))


@pytest.mark.parametrize("order", ["after activation", "after pooling", "no pooling"])
@pytest.mark.parametrize("kind", [Dropout, nn.Dropout2d])
def test_dropout_drops_its_share_scales_the_others_and_repeats_with_the_seed(order, kind):
    part, images = block(ORDERS[order]), torch.randn(64, 2, 12, 12)
    dropping = QuickBlock(*copy.deepcopy(part), kind(0.25))
    whole = learned(part, images)
    pulls = torch.ones_like(whole["out"])
    torch.manual_seed(5)
    some = learned(copy.deepcopy(dropping), images, pulls=pulls)
    torch.manual_seed(5)
    again = learned(dropping, images, pulls=pulls)
    assert all(torch.equal(some[name], again[name]) for name in some)
    kept = some["out"] != 0
    torch.testing.assert_close(some["out"], whole["out"] * kept / 0.75, rtol=1e-5, atol=1e-5)
    shown = whole["out"] != 0
    each = kept if kind is Dropout else kept.any(dim=(2, 3))
    of = shown if kind is Dropout else shown.any(dim=(2, 3))
    assert float(each[of].float().mean()) == pytest.approx(0.75, abs=0.08)


@pytest.mark.parametrize("kind", [Dropout, nn.Dropout2d])
def test_what_is_dropped_is_not_learned_from(kind):
    """The gradient is that of the same maps times what was kept."""
    part, images = block(ORDERS["after activation"]), torch.randn(6, 2, 12, 12)
    dropping = QuickBlock(*copy.deepcopy(part), kind(0.5))
    pulls = torch.randn(6, CHANNELS, 6, 6)
    torch.manual_seed(2)
    some = learned(dropping, images, pulls=pulls)
    factors = torch.where(some["out"] != 0, 2.0, 0.0)
    whole = learned(part, images, pulls=pulls * factors)
    for name in ("maps", "0.weight", "2.weight", "2.bias"):
        torch.testing.assert_close(some[name], whole[name], rtol=1e-4, atol=1e-4)


def test_scoring_is_left_to_torch():
    part, images = block(ORDERS["after activation"]).eval(), torch.randn(3, 2, 9, 9)
    assert torch.equal(part(images), nn.Sequential(*part)(images))


def test_switched_off_torch_does_it(monkeypatch):
    part, images = block(ORDERS["after activation"]), torch.randn(3, 2, 9, 9)
    assert may_use("numba")
    monkeypatch.setenv(SWITCH, "off")
    part(images).sum().backward()
    assert not may_use("numba") and type(part(images).grad_fn).__name__ == "MaxPool2DWithIndicesBackward0"


def test_windows_that_overlap_or_have_a_border_are_left_to_torch():
    for pool in (nn.MaxPool2d(3, 2), nn.MaxPool2d(2, 2, 1), nn.AvgPool2d(2)):
        part = QuickBlock(nn.Conv2d(2, CHANNELS, 3), nn.ReLU(), nn.BatchNorm2d(CHANNELS), pool)
        reference = learned(plain(part), (images := torch.randn(3, 2, 9, 9)).double())
        for name, found in learned(part, images).items():
            torch.testing.assert_close(found.double(), reference[name].double(), rtol=1e-3, atol=1e-4)


def test_values_far_from_zero_keep_their_variance():
    """As a norm meets them before its running mean has come near: float32 squares of these would leave nothing of it."""
    part, far = QuickBlock(nn.BatchNorm2d(CHANNELS)), torch.randn(8, CHANNELS, 16, 16) + 300
    found = part(far)
    torch.testing.assert_close(found.std(dim=(0, 2, 3), unbiased=False), torch.ones(CHANNELS), rtol=2e-2, atol=0)


def test_a_network_learns_as_it_does_by_torch_alone(monkeypatch):
    recipe = build("cnn", {"image_size": 24, "filters": 6, "blocks": 2, "convolutions": 2, "batch_norm": True, "dropout": 0.0})
    keep_freed_memory()
    found = []
    for switch in ("on", "off"):
        monkeypatch.setenv(SWITCH, switch)
        torch.manual_seed(0)
        network = ConvNet(recipe.model, 24, 1).train()
        optimizer = torch.optim.SGD(network.parameters(), 0.05)
        for _ in range(5):
            images = torch.rand(8, 1, 24, 24)
            nn.functional.binary_cross_entropy_with_logits(
                network(images).sum(dim=1), (images.mean(dim=(1, 2, 3)) > 0.5).float()
            ).backward()
            optimizer.step()
            optimizer.zero_grad()
        found.append(network.state_dict())
    for name, value in found[0].items():
        torch.testing.assert_close(value, found[1][name], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("order", ["after activation", "after pooling", "no norm"])
@pytest.mark.parametrize("place", [(0, 0), (0, 1), (3, 3), (5, 6)])
def test_what_is_no_number_stays_none(order, place):
    part, maps = block(ORDERS[order])[1:], torch.rand(2, CHANNELS, 8, 8)
    maps[1, 2, *place] = torch.nan
    found, expected = part(maps.clone()), nn.Sequential(*copy.deepcopy(part))(maps.clone())
    assert torch.equal(found.isnan(), expected.isnan()) and found.isnan().any()


@pytest.mark.parametrize("order", ["after pooling", "no pooling"])
def test_a_norm_of_one_value_is_refused(order):
    side = 2 if order == "after pooling" else 1
    with pytest.raises(RecipeError, match="one value for each channel"):
        block(ORDERS[order])[1:](torch.rand(1, CHANNELS, side, side))
