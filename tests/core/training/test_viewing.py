"""A view shows the image as it says, and a map over it comes back to where the image has what it tells of."""

import numpy as np
import pytest
import torch
from scipy.ndimage import map_coordinates

from core.training.augment import _warp
from core.training.viewing import brought_back, seen
from core.training.views import AS_IT_IS, WIDTHS, View

STRETCHED = [width for width in WIDTHS if width != 1]


@pytest.fixture
def images() -> torch.Tensor:
    """Float (3, 1, 26, 34)."""
    return torch.from_numpy(np.random.default_rng(3).uniform(0.1, 0.9, (3, 1, 26, 34)).astype(np.float32))


def sampled(image: np.ndarray, width: float) -> np.ndarray:
    """What scipy makes of an image (H, W) whose places are taken at (width * x, y / width) about the centre."""
    middle = (np.array(image.shape) - 1) / 2
    rows, columns = np.indices(image.shape)
    places = [(rows - middle[0]) / width + middle[0], (columns - middle[1]) * width + middle[1]]
    return map_coordinates(image.astype(np.float64), places, order=1, mode="grid-constant")


@pytest.mark.parametrize("width", STRETCHED)
def test_a_view_samples_the_image_about_its_centre_with_black_outside(width, images):
    found = seen(images, View(width))
    expected = np.stack([sampled(image[0].numpy(), width) for image in images])
    assert found.dtype == torch.float32 and np.abs(found[:, 0].numpy() - expected).max() < 1e-5
    assert (found == 0).any() and not torch.allclose(found, images, atol=0.1)


@pytest.mark.parametrize("width", STRETCHED)
def test_a_view_is_what_the_stretch_of_training_makes(width, images):
    maps = torch.tensor([[width, 0.0, 0.0], [0.0, 1 / width, 0.0]]).repeat(len(images), 1, 1)
    assert torch.allclose(seen(images, View(width)), _warp(images, maps), atol=1e-5)


def test_a_view_wider_than_1_shows_a_square_narrower_and_taller():
    square = torch.zeros(1, 1, 120, 120)
    square[:, :, 40:80, 40:80] = 1
    found = seen(square, View(max(WIDTHS)))[0, 0]
    wide, tall = float(found.amax(dim=0).sum()), float(found.amax(dim=1).sum())
    assert wide == pytest.approx(40 / max(WIDTHS), abs=1) and tall == pytest.approx(40 * max(WIDTHS), abs=1)


def test_the_image_itself_is_left_untouched_and_a_mirror_turns_what_is_stretched(images):
    assert seen(images, AS_IT_IS) is images
    assert torch.equal(seen(images, View(1.0, True)), images.flip(-1))
    for width in STRETCHED:
        assert torch.equal(seen(images, View(width, True)), seen(images, View(width)).flip(-1))


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_map_of_a_view_comes_back_to_where_the_image_has_it(width, is_mirrored):
    rows, columns = np.mgrid[0:40, 0:40]
    smooth = np.exp(-((rows - 12.0) ** 2 + (columns - 27.0) ** 2) / 30)
    image = torch.from_numpy(smooth.astype(np.float32))[None, None]
    view = View(width, is_mirrored)
    shown = seen(image, view)
    back = brought_back(shown, view)
    assert back.shape == image.shape and float((back - image).abs().max()) < 0.06
    assert view == AS_IT_IS or float((shown - image).abs().max()) > 0.15


@pytest.mark.parametrize("width", STRETCHED)
def test_what_a_view_did_not_show_gets_nothing(width):
    back = brought_back(torch.ones(1, 2, 20, 20), View(width))
    row, column = back[0, 0, 0, :], back[0, 0, :, 0]  # at the top, at the left
    unseen, shown = (column, row) if width < 1 else (row, column)
    assert float(unseen.max()) == 0 and float(shown[10]) > 0.9 and torch.allclose(back[..., 10, 10], torch.ones(1, 2))
