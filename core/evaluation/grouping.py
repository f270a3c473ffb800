"""What is known of each image (age, sex, view, hospital) as groups of images, for numbers by subgroup.

A column of words is taken as it is where it has few of them; ages and other numbers become bands.
"""

from collections.abc import Mapping

import numpy as np

from core.evaluation.number_text import shortest

MOST_GROUPS = 12  # of a column; one with more tells images apart, not groups of them
AGE_BANDS = (18, 40, 60, 80)  # years: the first age of each band after the first
_AGE = "age"
_QUARTERS = (0.25, 0.5, 0.75)


def grouped(columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """{name: (n,) str, "" where nothing is known} of the columns that make 2 to MOST_GROUPS groups.

    Each column is (n,) float with nan, or str with "". A text column in which every known value is a number counts as numbers.
    """
    found = {name: _groups(name, column) for name, column in columns.items()}
    return {name: groups for name, groups in found.items() if 2 <= len(set(groups.tolist()) - {""}) <= MOST_GROUPS}


def _groups(name: str, column: np.ndarray) -> np.ndarray:
    numbers = _numbers(column)
    if numbers is None:
        return np.char.strip(np.asarray(column).astype(str))
    known = numbers[~np.isnan(numbers)]
    if name.strip().lower() == _AGE:
        return _bands(numbers, np.array(AGE_BANDS, dtype=float))
    if len(np.unique(known)) <= MOST_GROUPS:
        return np.array(["" if np.isnan(value) else shortest(value) for value in numbers.tolist()])
    return _bands(numbers, np.unique(np.quantile(known, _QUARTERS)))


def _numbers(column: np.ndarray) -> np.ndarray | None:
    """(n,) float64 with nan, or None for a column of words."""
    column = np.asarray(column)
    if column.dtype.kind in "fiu":
        return column.astype(np.float64)
    texts = np.char.strip(column.astype(str))
    try:
        numbers = np.array([float(text) if text else np.nan for text in texts.tolist()])
    except ValueError:
        return None
    return None if np.isnan(numbers).all() or np.isinf(numbers).any() else numbers


def _bands(numbers: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """(n,) str: "below 18", "18 to below 40", ..., "80 and above"; "" for nan."""
    told = _told_apart(starts)
    middle = [f"{low} to below {high}" for low, high in zip(told[:-1], told[1:], strict=True)]
    names = np.array([f"below {told[0]}", *middle, f"{told[-1]} and above", ""])
    return names[np.where(np.isnan(numbers), len(names) - 1, np.searchsorted(starts, numbers, side="right"))]


def _told_apart(numbers: np.ndarray) -> list[str]:
    """Different numbers in six digits, or as many as keep them different."""
    return next(told for digits in range(6, 18) if len(set(told := [f"{one:.{digits}g}" for one in numbers.tolist()])) == len(numbers))
