"""Making splits that no patient and no copy of an image crosses."""

import warnings

import numpy as np

VAL_SHARE = 0.15


def groups_of(patients: np.ndarray | None, content_hashes: np.ndarray | None, n: int) -> np.ndarray:
    """Rows that must stay together: those of one patient, and byte-equal copies. (n,) int.

    A row whose patient is unknown ("") is alone unless a copy of it exists.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    left, right = [], []
    for keys in (patients, content_hashes):
        for rows in _same(keys):
            left += rows[:-1].tolist()
            right += rows[1:].tolist()
    edges = coo_matrix((np.ones(len(left)), (left, right)), shape=(n, n))
    return connected_components(edges, directed=False)[1]


def split_off(strata: np.ndarray, groups: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Choose about a share of the rows, stratified, whole groups only.

    Parameters
    ----------
    strata : (n,) int, the class of each row. groups : (n,) int. share : in 0..0.5.

    Returns
    -------
    chosen : (n,) bool; some rows of as many classes as can be, and never all rows of a class. All False where that cannot be done.
    """
    chosen = np.zeros(len(strata), bool)
    candidates = [held for held in _folds(strata, groups, share, seed) if _leaves_every_class(strata, held)]
    if candidates:
        chosen[min(candidates, key=lambda held: _imbalance(strata, held, share))] = True
    return chosen


def _folds(strata: np.ndarray, groups: np.ndarray, share: float, seed: int) -> list[np.ndarray]:
    """Parts of the rows, each about the share of them, stratified as far as rare classes allow."""
    from sklearn.model_selection import StratifiedGroupKFold

    folds = min(round(1 / share), len(np.unique(groups)), int(np.bincount(strata).max()))
    if folds < 2:
        return []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
        return [held for _, held in splitter.split(strata[:, None], strata, groups)]


def _leaves_every_class(strata: np.ndarray, held: np.ndarray) -> bool:
    return len(np.unique(np.delete(strata, held))) == len(np.unique(strata))


def _imbalance(strata: np.ndarray, held: np.ndarray, share: float) -> tuple[int, float]:
    """Less is better: how many classes are not held at all, then how far the worst class is from its share."""
    counts, held_counts = np.bincount(strata), np.bincount(strata[held], minlength=strata.max() + 1)
    off = np.abs(held_counts / np.maximum(counts, 1) - share)[counts > 0]
    return int((held_counts[counts > 0] == 0).sum()), float(off.max())


def _same(keys: np.ndarray | None) -> list[np.ndarray]:
    if keys is None:
        return []
    order = np.argsort(keys, kind="stable")
    runs = np.split(order, np.flatnonzero(keys[order][1:] != keys[order][:-1]) + 1)
    return [rows for rows in runs if len(rows) > 1 and keys[rows[0]] != ""]
