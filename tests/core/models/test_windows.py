"""Windows cover a grid, and what leaving them out says is shared among their places."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.models.windows import spread, windows_of

SIDES = st.integers(1, 20)


@given(SIDES, SIDES, st.integers(1, 8), st.integers(1, 8))
def test_every_place_lies_in_a_window_and_all_windows_are_of_one_size(height, width, side, step):
    windows = windows_of((height, width), side, min(step, side))
    assert windows.any(axis=0).all()
    assert set(windows.sum(axis=(1, 2))) == {min(side, height) * min(side, width)}


@given(st.integers(0, 2**32 - 1))
def test_a_place_has_the_mean_drop_of_its_windows(seed):
    rng = np.random.default_rng(seed)
    windows = windows_of((5, 7), 3, 2)
    drops = rng.normal(size=(len(windows), 2))
    found = spread(drops, windows)
    for row, column in np.ndindex(5, 7):
        mine = [drop for drop, window in zip(drops, windows, strict=True) if window[row, column]]
        assert np.allclose(found[:, row, column], np.mean(mine, axis=0), atol=1e-6)


def test_drops_that_are_noise_of_float32_count_as_none():
    windows = windows_of((4, 4), 2, 1)
    assert not spread(np.full((len(windows), 1), 5e-7), windows).any()
