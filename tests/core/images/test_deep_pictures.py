"""Pictures of more than 8 bits become neither white nor black, whatever part of their range they use."""

import numpy as np
import pytest
from PIL import Image
from sample_pictures import encode, png16, ramp, refusal, tiff16_rgb

from core.images.decode import decode


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_any_number_of_bits_in_16_gives_the_same_picture(form, bits):
    numbers = ramp(top=2**bits - 1).astype(np.uint16)
    decoded = decode(encode(Image.fromarray(numbers), form))
    assert decoded.mode == "I;16"
    assert np.abs(decoded.pixels.astype(int) - ramp()).max() <= 1


def test_big_endian_16_bits():
    image = Image.frombytes("I;16B", (64, 48), ramp(top=65535).astype(">u2").tobytes())
    decoded = decode(encode(image, "TIFF"))
    assert decoded.mode == "I;16B"
    assert np.abs(decoded.pixels.astype(int) - ramp()).max() <= 1


def test_a_marker_at_the_end_of_the_range_does_not_darken_the_picture():
    numbers = ramp(640, 480, top=4095)
    numbers[:10, :10] = 65535
    decoded = decode(encode(Image.fromarray(numbers)))
    assert np.abs(decoded.pixels[10:].astype(int) - ramp(640, 480)[10:]).max() <= 1


@pytest.mark.parametrize(("photometric", "corner"), [(0, 255), (1, 0)])
def test_16_bit_tiff_with_white_as_zero_is_inverted(photometric, corner):
    tags = encode(Image.fromarray(ramp(top=65535)), "TIFF", tiffinfo={262: photometric})
    assert decode(tags).pixels[0, 0] == corner


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 255), (0, 4095), (-1024, 1024), (-2.5, 2.5)])
def test_fractions_are_scaled(low, high):
    numbers = low + (high - low) * ramp(top=65535).astype(np.float32) / 65535
    decoded = decode(encode(Image.fromarray(numbers), "TIFF"))
    assert decoded.mode == "F"
    clipped = 5 if low < 0 else 0  # grey levels; of numbers below 0 the outer thousandths are clipped
    assert np.abs(decoded.pixels.astype(int) - ramp()).max() <= 2 + clipped


def test_32_bit_whole_numbers_are_scaled():
    numbers = ramp(top=65535).astype(np.int32) * 16
    assert np.abs(decode(encode(Image.fromarray(numbers), "TIFF")).pixels.astype(int) - ramp()).max() <= 1


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_16_bits_per_channel_keep_their_low_bytes(channels, bits):
    numbers = np.repeat(ramp(top=2**bits - 1)[:, :, None], channels, axis=2)
    if channels == 4:
        numbers[:, :, 3] = 65535
    assert np.abs(decode(png16(numbers)).pixels.astype(int) - ramp()).max() <= 1


def test_grey_and_alpha_of_16_bits_are_not_black():
    numbers = np.stack([ramp(top=4095), np.full((48, 64), 65535, dtype=np.uint16)], axis=2)
    decoded = decode(png16(numbers))
    assert abs(decoded.pixels.mean() - ramp().mean()) < 10


@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bit_colour_tiff_keeps_its_low_bytes(order):
    decoded = decode(tiff16_rgb(np.repeat(ramp(top=4095)[:, :, None], 3, axis=2), order))
    assert np.abs(decoded.pixels.astype(int) - ramp()).max() <= 1


def test_16_bit_colour_in_planes_is_refused():
    assert "layout" in refusal(tiff16_rgb(np.repeat(ramp(top=4095)[:, :, None], 3, axis=2), "<", planes=2))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_fractions_that_are_no_numbers_are_refused(number):
    numbers = ramp().astype(np.float32)
    numbers[3, 3] = number
    assert "finite" in refusal(encode(Image.fromarray(numbers), "TIFF"))
