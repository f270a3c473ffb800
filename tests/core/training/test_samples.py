"""Batches come as they lie in the set, from memory or from a file, and a set of any size takes no memory."""

import numpy as np
import pytest
import torch

from core.data.cache.pixel_rows import PixelRows
from core.errors import DataError
from core.training.samples import Inputs, in_order, shuffled

CPU = torch.device("cpu")


def test_batches_are_the_same_from_memory_and_from_a_file(tmp_path, rng):
    pixels = rng.integers(0, 256, (50, 6, 6)).astype(np.uint8)
    file = tmp_path / "pixels"
    file.write_bytes(b"heading" + pixels.tobytes())
    rows = shuffled(50, 8, torch.Generator().manual_seed(1))
    in_memory = list(Inputs(pixels, CPU, read_often=True).batches(rows))
    read = list(Inputs(PixelRows(file, 7, 6, np.arange(50)), CPU, read_often=True).batches(rows))
    for batch, one, other in zip(rows, in_memory, read, strict=True):
        assert np.array_equal(one, pixels[batch.numpy()]) and torch.equal(one, other)


def test_an_array_that_may_not_be_written_is_read_too(rng):
    pixels = rng.integers(0, 256, (5, 4, 4)).astype(np.uint8)
    pixels.flags.writeable = False
    (batch,) = Inputs(pixels, CPU, read_often=False).batches(in_order(5, 8))
    assert np.array_equal(batch, pixels)


def test_shuffled_rows_come_in_full_batches_and_no_row_twice():
    batches = shuffled(50, 8, torch.Generator().manual_seed(1))
    assert [len(batch) for batch in batches] == [8] * 6
    assert len(set(torch.cat(batches).tolist())) == 48
    assert [sorted(batch.tolist()) for batch in shuffled(5, 8, torch.Generator())] == [[0, 1, 2, 3, 4]]


def test_rows_in_order_end_with_what_is_left():
    assert [list(range(5)[batch]) for batch in in_order(5, 2)] == [[0, 1], [2, 3], [4]]
    assert [list(range(4)[batch]) for batch in in_order(4, 2)] == [[0, 1], [2, 3]]
    assert in_order(0, 2) == [slice(0, 0)]


def test_an_error_in_reading_ahead_reaches_the_training(tmp_path):
    gone = PixelRows(tmp_path / "gone", 0, 4, np.arange(8))
    with pytest.raises(DataError, match="gone cannot be read"):
        list(Inputs(gone, CPU, read_often=True).batches(in_order(8, 2)))
