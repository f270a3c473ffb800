"""Which labels come together: how many an image carries, how often two meet, and the commonest combinations."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Combination:
    """Labels that images carry together, and no other label: `images` of them. No label at all is an empty tuple."""

    labels: tuple[str, ...]
    images: int


def labels_per_image(y: np.ndarray) -> np.ndarray:
    """How many images carry 0, 1, 2, ... labels, int64 (most + 1,), from y uint8 (n, L)."""
    return np.bincount(y.sum(axis=1, dtype=np.int64))


def cooccurrence(y: np.ndarray) -> np.ndarray:
    """How many images carry both labels, int64 (L, L), symmetric; on the diagonal how many carry the label. y is uint8 (n, L)."""
    columns = y.astype(np.float64)  # exact up to 2**53, and fast
    return (columns.T @ columns).astype(np.int64)


def combinations(y: np.ndarray, labels: tuple[str, ...], most: int | None = None) -> list[Combination]:
    """The combinations that images carry, the commonest first, all or the first `most`. y is uint8 (n, L)."""
    _, first, counts = np.unique(np.packbits(y.astype(bool), axis=1), axis=0, return_index=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return [
        Combination(tuple(label for label, value in zip(labels, y[first[number]], strict=True) if value), int(counts[number]))
        for number in order
    ]
