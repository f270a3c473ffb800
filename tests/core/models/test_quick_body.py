"""A network's body asked through ONNX Runtime: the same maps, and torch where gradients, other sizes or other networks want it."""

import pytest
import timm
import torch

from core.models.backbone_maps import backbone_maps
from core.models.quick_body import quicken_body


def body(name: str, **options) -> torch.nn.Module:
    torch.manual_seed(0)
    return timm.create_model(name, pretrained=False, num_classes=0, **options).eval()


@pytest.mark.parametrize(("name", "side"), [("resnet18", 64), ("tf_efficientnet_lite0", 65), ("vit_tiny_patch16_224", 224)])
@torch.no_grad()
def test_features_and_maps_stay_for_any_number_of_images(name, side):
    backbone, images = body(name), torch.rand(37, 3, side, side)
    features, maps = backbone(images), backbone_maps(backbone, images).places
    assert quicken_body(backbone, images[:1])
    assert not isinstance(backbone.forward_features, type(backbone.forward_head))  # no method any more
    for count in (1, 37):
        torch.testing.assert_close(backbone(images[:count]), features[:count], rtol=1e-4, atol=1e-4 * float(features.abs().max()))
    torch.testing.assert_close(backbone_maps(backbone, images).places, maps, rtol=1e-4, atol=1e-4 * float(maps.abs().max()))


def test_gradients_come_from_torch():
    backbone, images = body("resnet18"), torch.rand(2, 3, 64, 64)
    backbone(images).sum().backward()
    expected = backbone.conv1.weight.grad.clone()
    backbone.zero_grad()
    assert quicken_body(backbone, images)
    backbone(images).sum().backward()
    torch.testing.assert_close(backbone.conv1.weight.grad, expected)


@torch.no_grad()
def test_images_of_another_size_are_taken_all_the_same():
    backbone, images = body("resnet18"), torch.rand(2, 3, 96, 80)
    expected = backbone(images)
    assert quicken_body(backbone, torch.rand(1, 3, 64, 64))
    torch.testing.assert_close(backbone(images), expected)


class Turning(torch.nn.Module):
    """What a trace holds of it is one way only."""

    def __init__(self):
        super().__init__()
        self.turn = 0

    def forward_features(self, images: torch.Tensor) -> torch.Tensor:
        self.turn += 1
        return images * self.turn


class Unwritable(torch.nn.Module):
    def forward_features(self, images: torch.Tensor) -> torch.Tensor:
        return torch.linalg.matrix_exp(images)


@pytest.mark.parametrize("kind", [Turning, Unwritable, torch.nn.Identity])
def test_a_network_that_would_say_something_else_is_left_as_it_is(kind):
    backbone = kind()
    assert not quicken_body(backbone, torch.rand(1, 3, 8, 8))
    assert "forward_features" not in vars(backbone)
