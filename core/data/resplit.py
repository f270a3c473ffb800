"""New splits for a data set whose own would spoil a comparison: whole patients and all copies of an image on one side."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.data.dataset import SPLITS, UNLABELLED, Dataset
from core.data.splits import groups_of, share_out
from core.errors import DataError

SHARES = {"train": 0.7, "val": 0.15, "test": 0.15}


def by_patient(dataset: Dataset, seed: int = 0, shares: Mapping[str, float] = SHARES, near: np.ndarray | None = None) -> Dataset:
    """The data set with new splits: shares of the images, stratified by label; patients, copies and near copies stay whole.

    Rows of UNLABELLED stay there. The rule stands in `split_rule`, and in `origin` and so in the fingerprint.

    Parameters
    ----------
    shares : the share of each of train, val and test, above 0, adding up to 1.
    near : (n,) int, equal for near copies (`near_copies.near_groups`), or None.

    Raises DataError where the shares are none, or a class has too few patients (or different images) to be in every split.
    """
    _check_shares(shares)
    rows = np.flatnonzero(dataset.splits != UNLABELLED)
    groups = groups_of(dataset.patients, dataset.content_hashes, len(dataset), near)[rows]
    columns = _classes(dataset)[rows]
    _check_classes(dataset, columns, groups)
    part = share_out(columns, groups, tuple(shares[split] for split in SPLITS), seed)
    splits = dataset.splits.astype("<U10")
    splits[rows] = np.array(SPLITS)[part]
    rule = _rule(dataset, seed, shares, near is not None)
    return replace(dataset, splits=splits, split_rule=rule, origin={**dataset.origin, "split": rule})


def _check_shares(shares: Mapping[str, float]) -> None:
    if set(shares) != set(SPLITS) or not all(share > 0 for share in shares.values()) or abs(sum(shares.values()) - 1) > 1e-6:
        told = ", ".join(f"{split} {share}" for split, share in shares.items())
        raise DataError(f"the shares are {told or 'none'}", "train, val and test each need a share above 0, and all add up to 1")


def _classes(dataset: Dataset) -> np.ndarray:
    """A column per class, uint8 (n, K); in a multi-label task per label."""
    return np.concatenate([1 - dataset.y, dataset.y], axis=1) if dataset.task == "binary" else dataset.y


def _check_classes(dataset: Dataset, columns: np.ndarray, groups: np.ndarray) -> None:
    """Every class, or in a multi-label task all images together, must be in enough groups. A rare label may be missing in a split."""
    what = "different patients" if dataset.patients is not None else "different images"
    names, present = (dataset.classes, columns) if dataset.task != "multilabel" else (("labelled images",), np.ones((len(groups), 1)))
    for name, column in zip(names, present.T, strict=True):
        found = len(np.unique(groups[column > 0]))
        if found < len(SPLITS):
            raise DataError(
                f"{name} of {dataset.title} has {found} {what}", f"each of {', '.join(SPLITS)} needs one",
                "Add images, or leave the class out",
            )  # fmt: skip


def _rule(dataset: Dataset, seed: int, shares: Mapping[str, float], near: bool) -> str:
    if dataset.patients is None:
        by = "by image, since nobody knows the patients"
    else:
        unknown = int((dataset.patients == "").sum())
        by = f"by patient, {unknown:,} images of unknown patients by image" if unknown else "by patient"
    copies = [*(["copies"] if dataset.content_hashes is not None else []), *(["near copies"] if near else [])]
    together = f", {' and '.join(copies)} together" if copies else ""
    told = ", ".join(f"{split} {shares[split]:.0%}" for split in SPLITS)
    return f"split anew {by}{together} ({told}; stratified, seed {seed})"
