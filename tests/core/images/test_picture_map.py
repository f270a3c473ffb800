"""A place of the model's square lies on the picture where the picture's pixels came from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.images.picture_map import onto_picture
from core.images.preprocess import resize

SIDES = st.integers(40, 160)


@pytest.mark.parametrize("aspect", ["squeeze", "pad", "centre-crop"])
@given(height=SIDES, width=SIDES, down=st.floats(0.1, 0.9), right=st.floats(0.1, 0.9))
def test_a_bright_spot_goes_to_the_square_and_comes_back_to_its_place(aspect, height, width, down, right):
    row, column = int(down * height), int(right * width)
    picture = np.zeros((height, width), np.uint8)
    picture[row - 3 : row + 4, column - 3 : column + 4] = 255
    square = resize(picture, 48, aspect).astype(np.float32)
    found = onto_picture(square, height, width, aspect)
    assert found.shape == (height, width) and found.dtype == np.float32
    short = min(height, width)
    seen = aspect != "centre-crop" or (abs(row - height / 2) < short / 2 - 5 and abs(column - width / 2) < short / 2 - 5)
    if seen:
        rows, columns = np.indices(found.shape)
        assert abs((rows * found).sum() / found.sum() - row) < 2.5 and abs((columns * found).sum() / found.sum() - column) < 2.5


def test_what_a_centre_crop_left_out_has_no_value():
    found = onto_picture(np.ones((4, 4)), 100, 160, "centre-crop")
    assert not found[:, :30].any() and not found[:, 130:].any() and (found[:, 30:130] == 1).all()
