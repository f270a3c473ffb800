"""Windows over a grid of places, left out one after the other, and what that says of each place. No torch."""

import numpy as np

_NOISE = 1e-6  # of a score: images score alone and among others alike to less than this


def windows_of(grid: tuple[int, int], side: int, step: int) -> np.ndarray:
    """Windows, bool (m, h, w), of `side` places each way that cover a grid, one `step` after the other, row by row."""
    rows, columns = (_spans(length, min(side, length), step) for length in grid)
    return np.array([np.outer(row, column) for row in rows for column in columns])


def spread(drops: np.ndarray, windows: np.ndarray) -> np.ndarray:
    """What each place adds, float32 (l, h, w): the mean drop of a score, (m, l), over the windows, (m, h, w), that hold it."""
    told = np.where(np.abs(drops) > _NOISE, drops, 0)
    sums = np.tensordot(told.T.astype(np.float64), windows, axes=1)
    return (sums / windows.sum(axis=0)).astype(np.float32)


def _spans(length: int, side: int, step: int) -> list[np.ndarray]:
    """Windows along one side, bool (length,); the last one ends where the side ends."""
    starts = sorted({*range(0, length - side, step), length - side})
    return [(np.arange(length) >= start) & (np.arange(length) < start + side) for start in starts]
