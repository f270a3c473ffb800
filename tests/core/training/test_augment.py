"""Each change does what its name says within its bounds, and nothing where its setting is zero."""

import numpy as np
import pytest
import torch

from core.recipe import Augmentation
from core.training.augment import augment

NONE = dict.fromkeys(("rotate", "shift", "zoom", "stretch", "contrast", "brightness", "gamma", "noise", "erase"), 0.0)
STILL = {**NONE, "flip": False, "vertical_flip": False}


def changed(images: torch.Tensor, seed: int = 0, **settings) -> torch.Tensor:
    return augment(images, Augmentation(**STILL | settings), torch.Generator().manual_seed(seed))


@pytest.fixture
def images() -> torch.Tensor:
    """Float (40, 1, 17, 23), grey levels between 0.1 and 0.9."""
    return torch.from_numpy(np.random.default_rng(3).uniform(0.1, 0.9, (40, 1, 17, 23)).astype(np.float32))


def test_nothing_is_changed_where_nothing_is_set(images):
    assert changed(images) is images


@pytest.mark.parametrize(("name", "axis"), [("flip", -1), ("vertical_flip", -2)])
def test_a_flip_turns_half_of_the_images_exactly(images, name, axis):
    found = changed(images, **{name: True})
    mirrored = [bool(torch.allclose(one, old.flip(axis), atol=1e-5)) for one, old in zip(found, images, strict=True)]
    same = [bool(torch.allclose(one, old, atol=1e-5)) for one, old in zip(found, images, strict=True)]
    assert all(a != b for a, b in zip(mirrored, same, strict=True)) and 10 < sum(mirrored) < 30


def test_a_stretch_changes_width_to_height_within_its_bounds_and_keeps_the_area():
    square = torch.zeros(200, 1, 120, 120)
    square[:, :, 40:80, 40:80] = 1
    found = changed(square, stretch=0.5)[:, 0]
    wide, tall = found.amax(dim=1).sum(dim=1), found.amax(dim=2).sum(dim=1)
    ratio = wide / tall
    assert 1 / 1.5 - 0.03 < ratio.min() < 0.72 and 1.4 < ratio.max() < 1.5 + 0.03 and 70 < (ratio > 1).sum() < 130
    assert torch.allclose(found.sum(dim=(1, 2)), torch.tensor(1600.0), rtol=0.02)


def test_gamma_bends_grey_levels_by_one_power_per_image(images):
    power = changed(images, gamma=1.0).log() / images.log()
    assert torch.allclose(power, power.mean(dim=(1, 2, 3), keepdim=True), atol=1e-3)
    each = power.mean(dim=(1, 2, 3))
    assert 0.5 <= each.min() < 0.7 and 1.5 < each.max() <= 2 and 10 < (each < 1).sum() < 30


def test_gamma_takes_what_lies_just_outside():
    assert torch.isfinite(changed(torch.tensor([-1e-6, 0.0, 1.0, 1 + 1e-6]).view(1, 1, 2, 2), gamma=2.0)).all()


def test_noise_has_a_spread_of_its_own_in_each_image_and_no_mean():
    flat = torch.full((60, 1, 50, 50), 0.5)
    grains = changed(flat, noise=0.1) - flat
    spread = grains.std(dim=(1, 2, 3))
    assert spread.max() <= 0.105 and spread.min() < 0.02 and grains.mean().abs() < 0.002
    assert len(set(spread.tolist())) == 60


def test_erasing_puts_one_grey_rectangle_of_bounded_size_into_half_of_the_images():
    random = torch.rand(200, 1, 40, 40, generator=torch.Generator().manual_seed(4))
    found = changed(random, erase=0.25)
    shares = []
    for one, old in zip(found[:, 0], random[:, 0], strict=True):
        rows, columns = torch.nonzero(one != old, as_tuple=True)
        if not len(rows):
            continue
        area = (rows.max() - rows.min() + 1) * (columns.max() - columns.min() + 1)
        assert len(rows) == area and torch.allclose(one[rows, columns], old.mean())
        shares.append(float(area) / 1600)
    assert 70 < len(shares) < 130 and max(shares) < 0.25 + 0.03 and max(shares) > 0.2


def test_the_same_seed_repeats_every_change_and_another_does_not(images):
    everything = {
        "rotate": 9,
        "shift": 0.1,
        "zoom": 0.2,
        "stretch": 0.3,
        "contrast": 0.3,
        "brightness": 0.1,
        "gamma": 0.4,
        "noise": 0.05,
        "erase": 0.2,
    }
    settings = everything | {"flip": True, "vertical_flip": True}
    assert torch.equal(changed(images, 1, **settings), changed(images, 1, **settings))
    assert not torch.equal(changed(images, 1, **settings), changed(images, 2, **settings))


def test_settings_of_before_draw_the_numbers_of_before():
    """The numbers are those that the code gave before it learned further changes."""
    images = torch.linspace(0, 1, 3 * 8 * 8).view(3, 1, 8, 8)
    found = changed(images, 7, rotate=8.0, shift=0.06, zoom=0.1, contrast=0.2, brightness=0.1, flip=True)
    assert np.allclose(found.mean(dim=(1, 2, 3)), [0.24314, 0.39436, 0.89801], atol=1e-4)
    assert np.allclose(found[:, 0, 3, 3:5].flatten(), [0.23398, 0.22849, 0.39045, 0.3922, 0.89413, 0.88833], atol=1e-4)
