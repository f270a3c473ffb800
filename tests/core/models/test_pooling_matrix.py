"""Adaptive averages as matrix products are torch's own."""

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from core.models.pooling_matrix import PoolingByMatrix


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.one_of(st.none(), st.integers(1, 9)))
def test_averages_over_any_windows_are_those_of_torch(height, width, rows, columns):
    maps = torch.rand(2, 3, height, width)
    expected = functional.adaptive_avg_pool2d(maps, (rows, columns))
    with PoolingByMatrix():
        found = functional.adaptive_avg_pool2d(maps, (rows, columns))
    assert found.shape == expected.shape and torch.allclose(found, expected, atol=1e-6)


def test_a_single_number_asks_for_a_square():
    maps = torch.rand(1, 1, 5, 7)
    expected = functional.adaptive_avg_pool2d(maps, 3)
    with PoolingByMatrix():
        assert torch.allclose(functional.adaptive_avg_pool2d(maps, 3), expected, atol=1e-6)
