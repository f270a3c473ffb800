"""Fewer points for a curve that looks the same (Ramer, Douglas and Peucker, the largest deviation first)."""

import heapq

import numpy as np

INVISIBLE = 1e-4  # of the unit square: a tenth of a pixel in a plot of 1000 pixels
_MANY = 4000  # points, above which those within a cell of 1 / _CELLS are dropped first: that is a third of a pixel in a plot of 400
_CELLS = 1000


def thin(x: np.ndarray, y: np.ndarray, max_points: int) -> np.ndarray:
    """Ascending indices of at most `max_points` (>= 2) points of a line in the unit square; both ends are kept.

    Starting from the ends, the point that lies farthest from the thinned line is added, until all lie on it or the number is reached.
    """
    points = np.stack([x, y], axis=1)  # (k, 2)
    if len(points) > _MANY:
        coarse = _one_per_cell(points)
        return coarse[_farthest_first(points[coarse], max_points)]
    return _farthest_first(points, max_points)


def _one_per_cell(points: np.ndarray) -> np.ndarray:
    """Indices of the points (k, 2) at which the line enters a cell, and of the last one."""
    cells = (points * _CELLS).astype(np.int64)
    enters = np.append(True, (cells[1:] != cells[:-1]).any(axis=1))
    enters[-1] = True
    return np.flatnonzero(enters)


def _farthest_first(points: np.ndarray, max_points: int) -> np.ndarray:
    kept = {0, len(points) - 1}
    queue = [_farthest(points, 0, len(points) - 1)]
    while len(kept) < max_points and -queue[0][0] > INVISIBLE:
        _, first, middle, last = heapq.heappop(queue)
        kept.add(middle)
        heapq.heappush(queue, _farthest(points, first, middle))
        heapq.heappush(queue, _farthest(points, middle, last))
    return np.array(sorted(kept))


def _farthest(points: np.ndarray, first: int, last: int) -> tuple[float, int, int, int]:
    """(minus the distance, first, index of the farthest point, last): the smallest tuple is the most urgent."""
    if last - first < 2:
        return 0.0, first, first, last
    distance = _distances(points[first + 1 : last], points[first], points[last])
    middle = int(distance.argmax())
    return -float(distance[middle]), first, first + 1 + middle, last


def _distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(k,) distances of points (k, 2) from the straight piece between two others."""
    way, offset = end - start, points - start
    length = way @ way
    along = np.clip(offset @ way / length, 0, 1) if length > 0 else np.zeros(len(points))
    return np.hypot(*(offset - along[:, None] * way).T)
