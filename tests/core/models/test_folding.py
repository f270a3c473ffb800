"""Normalisation folded into convolutions: the same scores, and no normalisation left to compute."""

import pytest
import timm
import torch
from torch import nn

from core.models.folding import fold_normalisation


def with_statistics(module: nn.Module) -> nn.Module:
    """As after training: every normalisation scales and shifts."""
    torch.manual_seed(0)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.normal_(0, 0.3)
            part.running_var.uniform_(0.5, 2)
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, 0, 0.2)
    return module.eval()


@pytest.mark.parametrize(("name", "folded"), [("resnet18", 20), ("tf_efficientnet_lite0", 49), ("mobilenetv3_small_050", 34)])
def test_scores_stay_and_normalisation_goes(name, folded):
    module = with_statistics(timm.create_model(name, pretrained=False, in_chans=1, num_classes=3))
    images = torch.rand(3, 1, 64, 64)
    with torch.no_grad():
        before = module(images)
        assert fold_normalisation(module, images[:1]) == folded
        torch.testing.assert_close(module(images), before, rtol=1e-4, atol=1e-5 * float(before.abs().max()))
    assert not [part for part in module.modules() if isinstance(part, nn.BatchNorm2d)]


def test_a_convolution_that_two_normalisations_follow_is_left_as_it_is():
    class Forked(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.first, self.second = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.BatchNorm2d(4)

        def forward(self, images):
            maps = self.conv(images)
            return self.first(maps) + self.second(maps)

    module, images = with_statistics(Forked()), torch.rand(2, 1, 8, 8)
    with torch.no_grad():
        before = module(images)
        assert fold_normalisation(module, images[:1]) == 0
        torch.testing.assert_close(module(images), before)


def test_a_convolution_whose_maps_are_used_beside_the_normalisation_is_left_as_it_is():
    class Beside(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4)

        def forward(self, images):
            maps = self.conv(images)
            return self.norm(maps) + maps

    module, images = with_statistics(Beside()), torch.rand(2, 1, 8, 8)
    weights = module.conv.weight
    with torch.no_grad():
        before = module(images)
        assert fold_normalisation(module, images[:1]) == 0 and module.conv.weight is weights
        torch.testing.assert_close(module(images), before)


def test_normalisation_before_a_convolution_stays():
    module, images = with_statistics(nn.Sequential(nn.BatchNorm2d(1), nn.Conv2d(1, 4, 3), nn.ReLU())), torch.rand(2, 1, 8, 8)
    assert fold_normalisation(module, images[:1]) == 0 and isinstance(module[0], nn.BatchNorm2d)
