"""What a model sees of a file is the same, whether the file comes alone or among a data set, and close to what the whole file shows."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from sample_pictures import encode, ramp

from core.errors import ImageError
from core.images.decode import at_side, decode
from core.images.gate import STRONG_COLOUR, remarks
from core.images.model_input import model_input
from core.images.preprocess import ASPECTS, resize
from core.limits import IMAGE_LIMITS


def film(width: int = 1200, height: int = 900) -> Image.Image:
    """A smooth picture with some grain, as an X-ray has."""
    grain = np.random.default_rng(0).normal(0, 4, (height, width))
    return Image.fromarray((ramp(width, height) * 0.9 + 10 + grain).clip(0, 255).astype(np.uint8))


def turned(picture: Image.Image) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return encode(picture, "JPEG", quality=90, exif=exif)


KINDS = {
    "grey": lambda: encode(film(), "JPEG", quality=90),
    "colour": lambda: encode(Image.merge("RGB", [film(), film().point(lambda level: level * 0.9), film()]), "JPEG", quality=90),
    "stored as RGB": lambda: encode(Image.merge("RGB", [film(), film().rotate(180), film()]), "JPEG", quality=90, keep_rgb=True),
    "four inks": lambda: encode(film().convert("CMYK"), "JPEG", quality=90),
    "turned": lambda: turned(film()),
    "progressive": lambda: encode(film(), "JPEG", quality=90, progressive=True),
    "with preview": lambda: encode(film(), "MPO", save_all=True, append_images=[film(64, 48)]),
    "small": lambda: encode(film(100, 80), "JPEG"),
    "PNG": lambda: encode(film(300, 200)),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_file_alone_gives_the_same_pixels_as_among_a_data_set(kind, aspect):
    data = KINDS[kind]()
    alone = model_input(decode(data), 64, aspect)
    assert np.array_equal(alone, model_input(decode(data, 64), 64, aspect))
    assert (alone.shape, alone.dtype) == ((64, 64), np.uint8)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_known_of_a_file_is_the_same_at_every_side(kind):
    whole, reduced = decode(KINDS[kind]()), decode(KINDS[kind](), 64)
    assert (reduced.native_size, reduced.mode, reduced.format) == (whole.native_size, whole.mode, whole.format)
    assert reduced.colour == pytest.approx(whole.colour, abs=2)
    assert remarks(reduced) == remarks(whole)


def test_a_jpeg_is_decoded_again_only_for_another_scale():
    whole, reduced = decode(KINDS["grey"]()), decode(KINDS["grey"](), 224)
    assert at_side(whole, 600) is whole and at_side(reduced, 171) is reduced
    assert at_side(whole, 224).pixels.shape == reduced.pixels.shape == (450, 600)
    assert np.array_equal(at_side(reduced, 600).pixels, whole.pixels)


@pytest.mark.parametrize("kind", ["colour", "stored as RGB"])
def test_the_brightness_of_a_colour_jpeg_is_that_of_its_colours(kind):
    colours = Image.open(BytesIO(KINDS[kind]())).convert("RGB")
    assert np.abs(decode(KINDS[kind]()).pixels.astype(int) - np.asarray(colours.convert("L"))).max() <= 2
    assert decode(KINDS["stored as RGB"](), 64).colour > STRONG_COLOUR


@pytest.mark.parametrize("kind", KINDS)
def test_a_reduced_copy_is_within_one_grey_level_of_the_whole_and_larger_than_the_side(kind):
    whole, reduced = decode(KINDS[kind]()), decode(KINDS[kind](), 64)
    assert min(reduced.pixels.shape) >= min(96, *whole.pixels.shape)
    assert np.abs(resize(whole.pixels, 64).astype(int) - resize(reduced.pixels, 64)).mean() < 1


def test_a_large_jpeg_is_decoded_at_a_smaller_scale():
    assert decode(KINDS["grey"](), 150).pixels.shape == (225, 300)
    assert decode(KINDS["turned"](), 64).pixels.shape == (150, 113) and decode(KINDS["turned"](), 64).native_size == (900, 1200)


def test_a_truncated_jpeg_is_refused_at_every_side():
    data = KINDS["grey"]()[:-2000]
    for side in (None, 64):
        with pytest.raises(ImageError, match="truncated"):
            decode(data, side)


def test_every_aspect_of_the_recipe_is_known_here():
    assert tuple(ASPECTS) == IMAGE_LIMITS["aspect"].choices


def test_decoding_in_threads_leaves_the_filters_of_warnings_as_they_were():
    before, data = list(warnings.filters), KINDS["small"]()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(decode, [data] * 200))
    assert warnings.filters == before
