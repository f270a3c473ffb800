"""What would spoil a comparison: copies of images, and patients, on both sides of a split."""

from collections import defaultdict
from dataclasses import asdict, dataclass

import numpy as np

from core.data.dataset import Dataset


@dataclass(frozen=True)
class Audit:
    """How far the splits keep apart what belongs together.

    `split_level` is "patient" (no patient and no copy in two splits), "image" (some are), or "unknown" (patients are not known).
    `duplicates_within` counts groups of byte-equal images inside one split, `duplicates_across` groups that lie in several;
    `patients_across` counts patients with images in several splits, None where patients are unknown.
    """

    split_level: str
    duplicates_within: int
    duplicates_across: int
    patients_across: int | None

    def as_dict(self) -> dict:
        return asdict(self)


def audit(dataset: Dataset) -> Audit:
    """The audit of a data set as it is split."""
    within, across = _groups(dataset.content_hashes, dataset.splits)
    known = dataset.patients is not None and bool((dataset.patients != "").all())
    patients_across = _groups(dataset.patients, dataset.splits)[1] if dataset.patients is not None else None
    return Audit(_level(known, across, patients_across), within, across, patients_across)


def _level(known: bool, across: int, patients_across: int | None) -> str:
    if patients_across or across:
        return "image"
    return "patient" if known else "unknown"


def _groups(keys: np.ndarray | None, splits: np.ndarray) -> tuple[int, int]:
    """How many keys stand twice or more inside one split, and how many in several splits."""
    seen = defaultdict(lambda: defaultdict(int))
    for key, split in zip(() if keys is None else keys.tolist(), splits.tolist(), strict=False):
        if key:
            seen[key][split] += 1
    within = sum(any(count > 1 for count in per_split.values()) for per_split in seen.values())
    return within, sum(len(per_split) > 1 for per_split in seen.values())
