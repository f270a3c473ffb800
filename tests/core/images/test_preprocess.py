"""Any size becomes the square of a model, always in the same way and without moire."""

import numpy as np
import pytest

from core.images.preprocess import resize


def test_a_picture_of_the_right_size_is_returned_as_it_is():
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)
    assert resize(pixels, 64) is pixels


@pytest.mark.parametrize("shape", [(100, 300), (300, 100), (28, 28), (2000, 1000), (64, 65)])
def test_any_shape_becomes_the_square(shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    resized = resize(pixels, 64)
    assert (resized.shape, resized.dtype) == ((64, 64), np.uint8)
    np.testing.assert_array_equal(resized, resize(pixels.copy(), 64))


def test_a_fine_chequerboard_becomes_even_grey():
    chequerboard = (255 * (np.indices((512, 512)).sum(axis=0) % 2)).astype(np.uint8)
    assert np.abs(resize(chequerboard, 100).astype(int) - 127.5).max() < 8


def test_the_mean_is_kept():
    pixels = np.random.default_rng(0).integers(0, 256, (480, 640), dtype=np.uint8)
    assert resize(pixels, 96).mean() == pytest.approx(pixels.mean(), abs=1)


def test_left_stays_left_and_top_stays_top():
    pixels = np.zeros((90, 120), dtype=np.uint8)
    pixels[:30, :30] = 200
    resized = resize(pixels, 32)
    assert resized[4, 4] == 200
    assert resized[4, -4] == resized[-4, 4] == resized[-4, -4] == 0


def test_padding_keeps_the_proportions_between_black_bars():
    pixels = np.full((100, 200), 77, np.uint8)
    wide, tall = resize(pixels, 64, "pad"), resize(pixels.T, 64, "pad")
    assert (wide[16:48] == 77).all() and not wide[:16].any() and not wide[48:].any()
    np.testing.assert_array_equal(tall, wide.T)


def test_cropping_keeps_the_middle_square():
    pixels = np.full((100, 300), 9, np.uint8)
    pixels[:, 100:200] = 200
    assert (resize(pixels, 32, "centre-crop")[:, 1:-1] == 200).all()
    assert resize(pixels, 32, "squeeze").mean() == pytest.approx(9 + 191 / 3, abs=2)


@pytest.mark.parametrize("aspect", ["squeeze", "pad", "centre-crop"])
@pytest.mark.parametrize("shape", [(16, 2000), (2000, 16), (65, 64), (33, 32)])
def test_every_aspect_gives_the_square_of_any_shape(aspect, shape):
    resized = resize(np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8), 32, aspect)
    assert (resized.shape, resized.dtype) == ((32, 32), np.uint8)


@pytest.mark.parametrize("aspect", ["squeeze", "pad", "centre-crop"])
def test_a_square_picture_is_the_same_in_every_aspect(aspect):
    pixels = np.random.default_rng(0).integers(0, 256, (90, 90), dtype=np.uint8)
    np.testing.assert_array_equal(resize(pixels, 32, aspect), resize(pixels, 32))
