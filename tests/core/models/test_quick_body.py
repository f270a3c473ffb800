"""A network's body asked through ONNX Runtime: the same maps, and torch where gradients, other sizes or other networks want it."""

import pytest
import torch

from core.models.backbones import BackboneNet, Entry, build_backbone
from core.models.normalise import Normalise
from core.models.quick_body import quick_body


def network(name: str, side: int, entry: Entry | None = None) -> BackboneNet:
    torch.manual_seed(0)
    return build_backbone(name, False, 2, entry=entry or Entry(side)).eval()


@pytest.mark.parametrize(("name", "side"), [("resnet18", 64), ("tf_efficientnet_lite0", 65), ("vit_tiny_patch16_224", 224)])
@torch.no_grad()
def test_features_and_maps_stay_for_any_number_of_images(name, side):
    net, images = network(name, side), torch.rand(37, 1, side, side)
    features, maps = net.features(images), net.last_maps(images).places
    assert net.quicken(images[:1])
    for count in (1, 37):
        torch.testing.assert_close(net.features(images[:count]), features[:count], rtol=1e-4, atol=1e-4 * float(features.abs().max()))
    torch.testing.assert_close(net.last_maps(images).places, maps, rtol=1e-4, atol=1e-4 * float(maps.abs().max()))


@torch.no_grad()
def test_maps_before_the_pooling_come_from_it_too(monkeypatch):
    net, images = network("resnet18", 64), torch.rand(2, 1, 64, 64)
    maps = net.last_maps(images).places
    assert net.quicken(images[:1])
    monkeypatch.setattr(net.backbone, "forward_features", None)  # torch's way is gone
    torch.testing.assert_close(net.last_maps(images).places, maps, rtol=1e-4, atol=1e-4 * float(maps.abs().max()))


def test_gradients_come_from_torch():
    net, images = network("resnet18", 64), torch.rand(2, 1, 64, 64)
    net.features(images).sum().backward()
    expected = net.backbone.conv1.weight.grad.clone()
    net.zero_grad()
    assert net.quicken(images)
    net.features(images).sum().backward()
    torch.testing.assert_close(net.backbone.conv1.weight.grad, expected)


@torch.no_grad()
def test_images_of_another_size_are_taken_all_the_same():
    net, images = network("resnet18", 64), torch.rand(2, 1, 96, 80)
    expected = net.features(images)
    assert net.quicken(torch.rand(1, 1, 64, 64))
    torch.testing.assert_close(net.features(images), expected)


class Turning(torch.nn.Module):
    """What a trace holds of it is one way only."""

    turn = 0

    def forward_features(self, images: torch.Tensor) -> torch.Tensor:
        self.turn += 1
        return images * self.turn

    def forward_head(self, maps: torch.Tensor) -> torch.Tensor:
        return maps.flatten(1)


class Unwritable(Turning):
    def forward_features(self, images: torch.Tensor) -> torch.Tensor:
        return torch.linalg.matrix_exp(images)


@pytest.mark.parametrize("backbone", [Turning(), Unwritable(), torch.nn.Identity()])
@torch.no_grad()
def test_a_network_that_would_say_something_else_is_left_as_it_is(backbone):
    net = BackboneNet(backbone, 192, Normalise("unit", 3), 1, 0.0).eval()
    assert not net.quicken(torch.rand(1, 1, 8, 8))


@torch.no_grad()
def test_it_must_say_what_is_expected():
    body, images = torch.nn.Conv2d(1, 2, 3), torch.rand(1, 1, 8, 8)
    expected = body(images)
    assert quick_body(body.eval(), images, expected) is not None
    assert quick_body(body, images, expected + 0.01) is None
