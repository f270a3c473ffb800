"""Data sets of a few rows, without pictures, for tests of what is told from rows alone."""

import numpy as np

from core.data.dataset import ArrayReader, Dataset


def rows(y, splits=None, patients=None, hashes=None, task=None, thumbnails=None) -> Dataset:
    """A data set of labels (n, L), with splits, patients and hashes row by row; all in train where no split is told."""
    y = np.asarray(y, np.uint8).reshape(len(y), -1)
    names = tuple(f"L{number}" for number in range(y.shape[1]))
    task = task or ("binary" if y.shape[1] == 1 else "multilabel")
    pixels = np.zeros((len(y), 2, 2), np.uint8) if thumbnails is None else thumbnails
    return Dataset(
        name="rows", title="rows", source="rows", task=task, classes=("none", "L0") if task == "binary" else names, labels=names,
        image_ids=np.array([f"image {number}" for number in range(len(y))]), y=y,
        splits=np.full(len(y), "train") if splits is None else np.array(splits),
        patients=None if patients is None else np.array(patients), reader=ArrayReader(pixels), native_size=2, split_rule="as told",
        content_hashes=None if hashes is None else np.array(hashes),
    )  # fmt: skip
