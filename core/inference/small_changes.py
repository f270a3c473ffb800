"""The same picture mirrored and moved a little: an answer that turns with these is not to be trusted."""

import numpy as np

SHIFT = 0.02  # of the side, in each of four directions: a patient who stands a centimetre further left
CHANGES = ("as it is", "moved left", "moved right", "moved up", "moved down", "mirrored", "mirrored, moved left", "mirrored, moved right",
           "mirrored, moved up", "mirrored, moved down")  # fmt: skip


def small_changes(pixels: np.ndarray) -> np.ndarray:
    """Uint8 (S, S) to uint8 (CHANGES, S, S), the picture as it is first; what moves in is the edge, repeated."""
    step = max(round(SHIFT * pixels.shape[0]), 1)
    moves = ((0, 0), (0, -step), (0, step), (-step, 0), (step, 0))
    return np.stack([_moved(side, *move, step) for side in (pixels, pixels[:, ::-1]) for move in moves])


def _moved(pixels: np.ndarray, down: int, right: int, step: int) -> np.ndarray:
    side = len(pixels)
    return np.pad(pixels, step, mode="edge")[step - down : step - down + side, step - right : step - right + side]
