"""Rows of a file are indexed like an array, and are not memory of this process before they are read."""

import numpy as np
import psutil
import pytest

from core.data.cache.pixel_rows import PixelRows
from core.errors import DataError

_OFFSET = 11


@pytest.fixture
def stored(tmp_path, rng) -> tuple[np.ndarray, PixelRows]:
    """Twenty images of 5 x 5, of which some rows are looked at, in an order of their own."""
    pixels = rng.integers(0, 256, (20, 5, 5)).astype(np.uint8)
    file = tmp_path / "pixels"
    file.write_bytes(bytes(_OFFSET) + pixels.tobytes())
    index = np.array([3, 3, 19, 0, 7, 8, 9])
    return pixels[index], PixelRows(file, _OFFSET, 5, index)


@pytest.mark.parametrize("rows", [slice(None), slice(2, 5), slice(None, None, -2), np.array([4, 0, 0]), np.array([], int), [1, 2]])
def test_rows_are_indexed_like_an_array(stored, rows):
    expected, found = stored[0][rows], stored[1][rows]
    assert found.dtype == np.uint8 and found.flags.writeable and np.array_equal(found, expected)


def test_one_row_and_a_mask_too(stored):
    pixels, rows = stored
    assert np.array_equal(rows[2], pixels[2]) and np.array_equal(rows[-1], pixels[-1])
    mask = np.array([True, False] * 3 + [True])
    assert np.array_equal(rows[mask], pixels[mask])
    assert np.array_equal(np.stack(list(rows)), pixels) and np.array_equal(np.asarray(rows), pixels)


def test_a_selection_is_of_the_selected_rows(stored):
    pixels, rows = stored
    part = rows.select(np.array([6, 1]))
    assert part.shape == (2, 5, 5) and np.array_equal(part[:], pixels[[6, 1]])


def test_a_file_that_is_gone_or_cut_off_is_told(stored):
    rows = stored[1]
    rows.file.write_bytes(rows.file.read_bytes()[:-1])
    with pytest.raises(DataError, match="cannot be read any more"):
        rows[:]
    rows.file.unlink()
    with pytest.raises(DataError, match="cannot be read any more"):
        rows[0]


def test_reading_a_large_file_batch_by_batch_takes_no_memory(tmp_path):
    side, count = 512, 800  # 210 MB
    file = tmp_path / "large"
    with file.open("wb") as stream:
        stream.truncate(side * side * count)
    rows, process = PixelRows(file, 0, side, np.arange(count)), psutil.Process()
    before = process.memory_info().rss
    for start in range(0, count, 16):
        assert not rows[start : start + 16].any()
    assert process.memory_info().rss - before < 40e6
