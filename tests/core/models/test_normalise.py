"""Every normalisation is the arithmetic that its description says."""

import numpy as np
import pytest
import torch

from core.models.normalise import Normalise

GREY = torch.rand(3, 1, 6, 7, generator=torch.Generator().manual_seed(0))
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(
    ("kind", "expected"),
    [("unit", GREY), ("raw", GREY * 255), ("imagenet_grey", (GREY - 0.485) / 0.229), ("own", (GREY - 0.5) / 0.25)],
)
def test_pixels_are_put_on_the_chosen_scale_in_every_channel(kind, expected, channels):
    found = Normalise(kind, channels)(GREY)
    assert found.shape == (3, channels, 6, 7) and torch.allclose(found, expected.expand(-1, channels, -1, -1), atol=1e-4)


def test_a_backbone_sees_each_channel_on_its_own_scale_and_a_single_one_on_their_mean():
    found = Normalise("own", 3, MEAN, STD)(GREY)
    for channel in range(3):
        assert torch.allclose(found[:, channel], (GREY[:, 0] - MEAN[channel]) / STD[channel], atol=1e-6)
    assert torch.allclose(Normalise("own", 1, MEAN, STD)(GREY), (GREY - np.mean(MEAN)) / np.mean(STD), atol=1e-6)


def test_per_image_gives_each_image_mean_zero_and_spread_one():
    found = Normalise("per_image", 3)(GREY * torch.tensor([1.0, 0.5, 0.1]).view(3, 1, 1, 1)).numpy()
    assert found.shape == (3, 3, 6, 7)
    assert np.allclose(found.mean(axis=(1, 2, 3)), 0, atol=1e-5) and np.allclose(found.std(axis=(1, 2, 3)), 1, atol=1e-4)


def test_an_image_of_one_grey_level_gives_zeros():
    assert torch.allclose(Normalise("per_image", 1)(torch.full((1, 1, 5, 5), 0.3)), torch.zeros(1, 1, 5, 5), atol=1e-4)


def test_nothing_of_it_is_stored_with_the_weights():
    assert not Normalise("own", 3, MEAN, STD).state_dict()
