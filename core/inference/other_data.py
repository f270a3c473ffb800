"""A run scored on another data set with the same labels (external testing), or on one of its splits.

The images are decoded once, as for a training, and the scores kept with the run; what was scored already is not scored again.
"""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.data import registry
from core.data.dataset import SPLITS, Dataset
from core.errors import CoreError, DataError
from core.evaluation.grouping import grouped
from core.evaluation.predictions import Predictions
from core.inference.predictor import Predictor
from core.inference.shared_labels import SharedLabels, shared_labels
from core.runs.elsewhere import Elsewhere, Scored
from core.runs.run import Run
from core.runs.store import Store
from core.training.history import Progress, Silence

ALL = "all"
PARTS = (ALL, *SPLITS)
Told = Callable[[Progress], None]


def score_on(store: Store, run: Run, dataset: Dataset, split: str = ALL, tell: Told = lambda progress: None, again: bool = False) -> Scored:
    """Score a run on a data set and keep that; `again` scores also what was scored before.

    Raises DataError for a split that is not there and labels that are not shared, StoreError for a run without a model.
    """
    parts = _parts(dataset, split)
    shared_labels(run.data, dataset)  # refused before an image is read
    found = scored_already(store, run, dataset, split)
    if found and not again:
        return found
    predictor = Predictor(store, run)
    scored, y_score = predictor.scores_of_splits(dataset, parts, _Telling(tell))
    shared = shared_labels(run.data, scored)
    found = _about(store, run, dataset, split, scored, shared)
    Elsewhere(store).put(run, found, _predictions(run, scored.select(shared.rows), shared, y_score[shared.rows]))
    return found


def scored_already(store: Store, run: Run, dataset: Dataset, split: str) -> Scored | None:
    """What is kept of a run on these very images."""
    kept = (one for one in Elsewhere(store).scored(run) if (one.fingerprint, one.split) == (dataset.fingerprint, split))
    return next(kept, None)


class _Telling(Silence):
    """A monitor that passes on how far the work is."""

    def __init__(self, tell: Told):
        self._tell = tell

    def progress(self, progress: Progress) -> None:
        self._tell(progress)


def _parts(dataset: Dataset, split: str) -> tuple[str, ...]:
    """The splits that are scored, in their usual order."""
    if split not in PARTS:
        raise DataError(f"the split is {split!r}", f"it must be one of {', '.join(PARTS)}")
    there = tuple(part for part in SPLITS if len(dataset.rows(part)) and split in (ALL, part))
    if not there:
        raise DataError(f"{dataset.title} has no images in {split}", f"it has {', '.join(dataset.counts())}")
    return there


def _predictions(run: Run, part: Dataset, shared: SharedLabels, y_score: np.ndarray) -> Predictions:
    """With the split "test": on other data a run is reported on, and nothing is chosen."""
    labels = tuple(run.data.labels[column] for column in shared.columns)
    return Predictions(
        shared.task, "test", labels, part.image_ids, part.patients, shared.y, y_score[:, shared.columns], grouped(part.metadata)
    )


def _about(store: Store, run: Run, dataset: Dataset, split: str, scored: Dataset, shared: SharedLabels) -> Scored:
    learned_from, chosen_by = _seen(store.root, run, dataset, scored.select(shared.rows))
    unreadable = sum(len(dataset.rows(part)) for part in _parts(dataset, split)) - len(scored)
    left_out = shared.left_out | ({"they cannot be read": unreadable} if unreadable else {})
    told = {
        run.data.labels[column]
        for column, truth in zip(shared.columns, shared.y.T, strict=True)
        if truth.any() or shared.task != "multiclass"
    }
    return Scored(
        source=dataset.source, title=dataset.title, fingerprint=dataset.fingerprint, split=split, task=shared.task, images=len(shared.rows),
        labels=tuple(run.data.labels[column] for column in shared.columns),
        labels_missing=tuple(label for label in run.data.labels if label not in told), left_out=left_out,
        same_data=dataset.fingerprint == run.data.fingerprint, learned_from=learned_from, chosen_by=chosen_by,
        synthetic=dataset.synthetic, created=time.time(),
    )  # fmt: skip


def _seen(root: Path, run: Run, dataset: Dataset, part: Dataset) -> tuple[int, int] | tuple[None, None]:
    """How many of these images were in train and in val of the run, told by their bytes; None where that cannot be told."""
    if dataset.fingerprint == run.data.fingerprint:
        return int((part.splits == "train").sum()), int((part.splits == "val").sum())
    if dataset.synthetic != run.data.synthetic:
        return 0, 0
    try:
        own = registry.load(run.data.source, root)
    except CoreError:  # the data of the run is gone
        return None, None
    if own.fingerprint != run.data.fingerprint or own.content_hashes is None or part.content_hashes is None:
        return None, None
    train, val = (int(np.isin(part.content_hashes, own.content_hashes[own.splits == split]).sum()) for split in ("train", "val"))
    return train, val
