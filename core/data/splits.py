"""Making splits that no patient and no copy of an image crosses."""

import warnings

import numpy as np

VAL_SHARE = 0.15
FEW_GROUPS = 4000  # up to so many, split_off tries several splits, about a second; of more it makes one


def groups_of(patients: np.ndarray | None, content_hashes: np.ndarray | None, n: int, near: np.ndarray | None = None) -> np.ndarray:
    """Rows that must stay together: those of one patient, byte-equal copies, and near copies where `near` (n,) numbers them. (n,) int.

    A row whose patient is unknown ("") is alone unless a copy of it exists.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = np.concatenate([np.empty((0, 2), np.int64), *(_same(keys) for keys in (patients, content_hashes, near) if keys is not None)])
    graph = coo_matrix((np.ones(len(edges), bool), (edges[:, 0], edges[:, 1])), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def share_out(y: np.ndarray, groups: np.ndarray, shares: tuple[float, ...], seed: int) -> np.ndarray:
    """Deal whole groups of rows into parts so that each part gets its share of each label: the part of each row, (n,) int.

    Iterative stratification (Sechidis, Tsoumakas and Vlahavas 2011) with groups in place of rows: the label of the fewest groups first,
    its largest groups first, each to the part that lacks most rows of that label; among equals, to the part that lacks most rows. The
    last groups of a label go to parts that have none of it. Rows without any label count as one more label.

    Parameters
    ----------
    y : (n, L) uint8. groups : (n,) int. shares : a part's share of the rows each, adding up to 1. seed : orders groups of one size.
    """
    counts = _counts_per_group(y, groups)  # (G, L + 2): labels, rows without one, rows
    goal = np.outer(shares, counts.sum(axis=0)).astype(float)  # (parts, L + 2): what each part still lacks
    part = np.full(len(counts), -1)
    random = np.random.default_rng(seed).permutation(len(counts))
    while (part < 0).any():
        label = _rarest((counts[part < 0, :-1] > 0).sum(axis=0))
        waiting = np.flatnonzero((part < 0) & (counts[:, label] > 0))
        waiting = waiting[np.lexsort((random[waiting], -counts[waiting, label]))]
        _deal(waiting, label, counts, goal, part)
    return part[np.unique(groups, return_inverse=True)[1]]


def split_off(strata: np.ndarray, groups: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Choose about a share of the rows, stratified, whole groups only.

    Parameters
    ----------
    strata : (n,) int, the class of each row. groups : (n,) int. share : in 0..0.5.

    Returns
    -------
    chosen : (n,) bool; some rows of as many classes as can be, and never all rows of a class. All False where that cannot be done.
    """
    if len(np.unique(groups)) > FEW_GROUPS:
        chosen = share_out(np.eye(strata.max() + 1, dtype=np.uint8)[strata], groups, (1 - share, share), seed) == 1
        return chosen & _leaves_every_class(strata, np.flatnonzero(chosen))
    chosen = np.zeros(len(strata), bool)
    candidates = [held for held in _folds(strata, groups, share, seed) if _leaves_every_class(strata, held)]
    if candidates:
        chosen[min(candidates, key=lambda held: _imbalance(strata, held, share))] = True
    return chosen


def _counts_per_group(y: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Rows of each label, rows without a label, and rows, per group: (G, L + 2) int."""
    index = np.unique(groups, return_inverse=True)[1]
    columns = [*y.T, y.sum(axis=1) == 0, np.ones(len(y), bool)]
    return np.stack([np.bincount(index[np.flatnonzero(column)], minlength=index.max() + 1) for column in columns], axis=1)


def _rarest(left: np.ndarray) -> int:
    """The label with the fewest groups left, but some."""
    return int(np.where(left > 0, left, np.iinfo(left.dtype).max).argmin())


def _deal(waiting: np.ndarray, label: int, counts: np.ndarray, goal: np.ndarray, part: np.ndarray) -> None:
    """Deal the groups that wait to parts; changes `goal` and `part` in place."""
    without = set(range(len(goal))) - {int(one) for one in np.unique(part[(part >= 0) & (counts[:, label] > 0)])}
    for done, group in enumerate(waiting):
        open_to = sorted(without) if 0 < len(waiting) - done <= len(without) else range(len(goal))
        chosen = max(open_to, key=lambda one: (round(goal[one, label], 6), goal[one, -1]))
        goal[chosen] -= counts[group]
        part[group] = chosen
        without.discard(chosen)


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


def _same(keys: np.ndarray) -> np.ndarray:
    """Pairs of rows with one key, neighbours in a chain, int64 (m, 2); "" is no key."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    linked = ordered[1:] == ordered[:-1]
    if keys.dtype.kind in "UO":
        linked &= ordered[1:] != ""
    return np.stack([order[:-1][linked], order[1:][linked]], axis=1)
