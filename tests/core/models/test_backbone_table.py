"""The shipped table of backbones says what timm's own networks are, measured layer by layer without computing a value."""

from math import prod

import pytest
import timm
import torch
from torch import nn

from core.backbone_table import BACKBONES, Backbone
from core.layers import cost_of
from core.limits import HUB_BACKBONES, OFFLINE_BACKBONES
from core.recipe import build


class Measured:
    """A network without its last layer on torch's meta device, where tensors have shapes only, and what one image costs in it."""

    def __init__(self, name: str, side: int = 224, channels: int = 3):
        options = {"img_size": side} if timm.get_pretrained_cfg(name).fixed_input_size else {}
        with torch.device("meta"):
            self.module = timm.create_model(name, num_classes=0, in_chans=channels, **options).eval()
            self.multiply_adds = self.fixed = self.activations = 0
            for layer in self.module.modules():
                if not list(layer.children()) and not isinstance(layer, nn.Identity | nn.Dropout):
                    layer.register_forward_hook(self._count)
            self.width = self.module(torch.zeros(1, channels, side, side)).shape[1]
        self.parameters = sum(weights.numel() for weights in self.module.parameters())
        if name.startswith("vit"):
            tokens = (side // 16) ** 2 + 1
            self.multiply_adds += 2 * tokens**2 * self.module.embed_dim * len(self.module.blocks)  # queries x keys, weights x values

    def _count(self, layer: nn.Module, _, out: torch.Tensor) -> None:
        self.activations += out.numel()
        if not isinstance(layer, nn.Conv2d | nn.Linear):
            return
        places = prod(out.shape[2:]) if isinstance(layer, nn.Conv2d) else prod(out.shape[:-1])
        if places == 1:
            self.fixed += layer.weight.numel()
        else:
            self.multiply_adds += layer.weight.numel() * places


def test_every_backbone_that_is_offered_is_in_the_table():
    assert set(BACKBONES) == {*OFFLINE_BACKBONES, *HUB_BACKBONES}


@pytest.mark.parametrize("name", BACKBONES)
def test_the_table_says_what_timm_builds(name):
    found = Measured(name)
    stem = dict(found.module.named_modules())[found.module.pretrained_cfg["first_conv"]].weight
    said = BACKBONES[name]
    assert said == Backbone(
        found.parameters, found.width, found.multiply_adds, found.fixed, found.activations, stem.numel() // 3,
        len(found.module.feature_info), said.smallest, said.patch,
    )  # fmt: skip


@pytest.mark.parametrize("name", BACKBONES)
def test_the_cost_at_another_size_with_one_channel_is_near_what_timm_builds(name):
    found = Measured(name, side=128, channels=1)
    said = cost_of(build("transfer", {"backbone": name, "image_size": 128, "channels": 1}), outputs=3)
    assert said.parameters == found.parameters + 3 * (found.width + 1)
    assert said.multiply_adds == pytest.approx(found.multiply_adds + found.fixed, rel=0.125)
    assert said.activations == pytest.approx(found.activations, rel=0.02)


@pytest.mark.parametrize("name", [name for name, backbone in BACKBONES.items() if backbone.smallest > 16])
def test_the_smallest_image_is_the_smallest_that_timm_takes(name):
    smallest = BACKBONES[name].smallest
    assert Measured(name, smallest).width == BACKBONES[name].width
    with pytest.raises(RuntimeError, match="too small"):
        Measured(name, smallest - 1)


@pytest.mark.parametrize("name", [name for name, backbone in BACKBONES.items() if backbone.smallest == 16])
def test_all_others_take_the_smallest_image_that_there_may_be(name):
    assert Measured(name, 16).width == BACKBONES[name].width
