"""Folds of train that part no patient: scores are calibrated on them, and settings are searched."""

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

FOLDS = 3

Fold = tuple[np.ndarray, np.ndarray]  # rows that are kept, rows that are held out


def folds_of(target: np.ndarray, groups: np.ndarray, seed: int) -> list[Fold] | None:
    """(kept, held) rows of each fold; None where a class has too few patients for each fold to keep all classes.

    `target` (n,) has the class of each row, `groups` (n,) int its patient.
    """
    classes = np.unique(target)
    if len(classes) < 2 or min(len(np.unique(groups[target == one])) for one in classes) < FOLDS:
        return None
    splitter = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    folds = list(splitter.split(target[:, None], target, groups))
    return folds if all(len(np.unique(target[kept])) == len(classes) for kept, _ in folds) else None


def rarest_label(y: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """(n,) the rarest label that each row of uint8 (n, L) has, L for none: a class for each row, so that folds share labels evenly.

    A label that fewer than three patients, `groups` (n,) int, would stand for is not told apart from the commonest.
    """
    by_rarity = np.argsort(y.sum(axis=0), kind="stable")
    ranked = y[:, by_rarity]
    found = np.where(ranked.any(axis=1), by_rarity[ranked.argmax(axis=1)], y.shape[1])
    patients = {value: len(np.unique(groups[found == value])) for value in np.unique(found)}
    few = [value for value, count in patients.items() if count < FOLDS]
    return np.where(np.isin(found, few), max(patients, key=patients.get), found)
