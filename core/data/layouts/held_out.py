"""Held-out splits that a data set came without: val, then test, are split off train, by patient and with copies together."""

from dataclasses import replace

import numpy as np

from core.data import splits
from core.data.dataset import Dataset
from core.errors import DataError

_FEWEST = 2  # groups of images that a stratum needs, so that one can be held out


def with_held_out(dataset: Dataset) -> Dataset:
    """The data set with train, val and test. Where train is too small to be split, the rule says so and nothing is split off.

    Raises DataError without any image in train.
    """
    if not (dataset.splits == "train").any():
        raise DataError(
            f"{dataset.title} has no training images",
            "a folder train/, a table of training labels, or images that lie in no split at all are needed",
        )
    for seed, missing in enumerate(("val", "test")):
        if not (dataset.splits == missing).any():
            dataset = _split_off_train(dataset, missing, seed)
    return dataset


def _split_off_train(dataset: Dataset, missing: str, seed: int) -> Dataset:
    train = dataset.rows("train")
    part = dataset.select(train)
    groups = splits.groups_of(part.patients, part.content_hashes, len(part))
    chosen = splits.split_off(_strata(part, groups), groups, splits.VAL_SHARE, seed)
    if not chosen.any():
        return replace(dataset, split_rule=f"{dataset.split_rule}; too few images to split off {missing}")
    new_splits = dataset.splits.astype("<U10")
    new_splits[train[chosen]] = missing
    by = "patient" if part.patients is not None else "image"
    rule = f"{dataset.split_rule}; {missing} split off train by {by} ({splits.VAL_SHARE:.0%}, stratified, seed {seed})"
    return replace(dataset, splits=new_splits, split_rule=rule)


def _strata(part: Dataset, groups: np.ndarray) -> np.ndarray:
    """The stratum of each row, (n,) int: its class, or in a multi-label task its rarest label.

    Rows without labels are of stratum 0, and so are those whose rarest label too few groups have to be shared out.
    """
    if part.task != "multilabel":
        return part.class_index()
    order = np.argsort(-part.y.sum(axis=0), kind="stable")
    rank = np.where(part.y[:, order] == 1, np.arange(1, len(order) + 1), 0).max(axis=1)
    members = np.array([len(np.unique(groups[rank == stratum])) for stratum in range(len(order) + 1)])
    return np.where(members[rank] >= _FEWEST, rank, 0)
