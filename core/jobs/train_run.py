"""From a recipe and a data set to a complete run in the store. What goes wrong on the way leaves nothing on the shelf."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data import registry, splits
from core.data.cache.pace import Pace
from core.data.cache.prepared import Prepared, preparation, prepare
from core.data.dataset import SPLITS, Dataset
from core.data.inspection.audit import audit
from core.errors import DataError
from core.evaluation.grouping import grouped
from core.evaluation.predictions import Predictions
from core.jobs.ensemble_run import ensemble_run
from core.jobs.first_point import first_point
from core.jobs.job_checkpoint import JobCheckpoint
from core.jobs.job_folder import JobFolder
from core.jobs.provenance import git_commit, versions
from core.models.classifier import Classifier, Labelled
from core.models.registry import Base, build_classifier, build_on_run
from core.recipe import Recipe
from core.runs.run import BaseRecord, DataRecord, OperatingPoint, Run
from core.runs.store import Store
from core.training.history import Monitor, Progress
from core.training.score_record import ScoreRecord


@dataclass(frozen=True, eq=False)
class _Trained:
    classifier: Classifier
    history: list
    predictions: dict[str, Predictions]
    seconds: float


def train_run(root: Path, run_id: str, source: str, recipe: Recipe, monitor: Monitor, checkpoint: JobCheckpoint | None = None) -> None:
    """Train and store a run; at the end it stands in the store under `run_id`.

    It goes on from the checkpoint, if there is one, and does nothing if the run is complete: its process died before it could say so.
    Raises CoreError for what a person can mend, CancelledError when the monitor stops it.
    """
    store = Store(root)
    if any(run.run_id == run_id for run in store.runs()):
        return
    dataset = registry.load(source, root)
    if recipe.family == "ensemble":
        ensemble_run(store, run_id, recipe, dataset, monitor)
        return
    base = _base(store, recipe)
    prepared = prepare(dataset, recipe.image.image_size, root, _reading(monitor), recipe.image.aspect)
    _check_splits(prepared.dataset)
    folder = JobFolder(root, run_id)
    record = ScoreRecord(folder.epoch_scores)
    trained = _train(store, recipe, prepared, base, monitor, checkpoint, record)
    draft = folder.draft
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    trained.classifier.save(draft)
    point = first_point(root, run_id, trained.predictions)
    run = _run(run_id, recipe, dataset, prepared, base, trained, point)
    store.put(draft, run, trained.history, trained.predictions, record.scores())
    record.remove()


def _train(
    store: Store,
    recipe: Recipe,
    prepared: Prepared,
    base: BaseRecord | None,
    monitor: Monitor,
    checkpoint: JobCheckpoint | None,
    record: ScoreRecord,
) -> _Trained:
    begun = time.perf_counter()
    task, outputs = prepared.dataset.task, len(prepared.dataset.labels)
    if base:
        folder = store.weights_folder(store.get(base.run_id))
        classifier = build_on_run(recipe, task, Base(**vars(base)), folder, store.root)
    else:
        classifier = build_classifier(recipe, task, outputs, store.root)
    parts = {split: _labelled(prepared, split, recipe) for split in SPLITS}
    history = classifier.fit(parts["train"], parts["val"], monitor, checkpoint, record)
    seconds = time.perf_counter() - begun + (checkpoint.seconds_before(history) if checkpoint else 0.0)
    monitor.progress(Progress("scoring", 0, 1))
    scored = {split: classifier.predict_proba(part.pixels, part.key, monitor) for split, part in parts.items()}
    predictions = {split: _predictions(prepared.dataset, split, y_score) for split, y_score in scored.items()}
    return _Trained(classifier, history, predictions, seconds)


def _check_splits(dataset: Dataset) -> None:
    """Raises DataError where a split has no image that could be read, or train has none of a class that is to be told from the others."""
    counts = dataset.counts()
    missing = [split for split in SPLITS if split not in counts]
    if missing:
        raise DataError(f"{missing[0]} of {dataset.title} has no readable image", "at least one is needed", "Check the data set")
    lacking = [name for name, count in counts["train"]["per_class"].items() if count == 0]
    if lacking and dataset.task != "multilabel":
        raise DataError(f"train of {dataset.title} has no readable image of {lacking[0]}", "each class needs some", "Check the data set")


def _base(store: Store, recipe: Recipe) -> BaseRecord | None:
    if recipe.base_run is None:
        return None
    run = store.get(recipe.base_run)
    return BaseRecord(run.run_id, run.recipe, run.data.task, len(run.data.labels))


def _labelled(prepared: Prepared, split: str, recipe: Recipe) -> Labelled:
    dataset = prepared.dataset
    rows = dataset.rows(split)
    groups = splits.groups_of(dataset.patients, dataset.content_hashes, len(dataset))[rows]
    key = (dataset.fingerprint, split, preparation(recipe.image.image_size, recipe.image.aspect))
    return Labelled(prepared.of(rows), dataset.y[rows], groups, key, dataset.classes)


def _predictions(dataset: Dataset, split: str, y_score: np.ndarray) -> Predictions:
    rows = dataset.rows(split)
    part, groups = dataset.select(rows), {name: column[rows] for name, column in grouped(dataset.metadata).items()}
    return Predictions(dataset.task, split, dataset.labels, part.image_ids, part.patients, part.y, y_score, groups)


def _run(
    run_id: str, recipe: Recipe, dataset: Dataset, prepared: Prepared, base: BaseRecord | None, trained: _Trained, point: OperatingPoint
) -> Run:
    return Run(
        run_id=run_id, recipe=recipe, data=_data_record(dataset, prepared.dataset), base=base, operating_point=point,
        created=time.time(), seconds=trained.seconds, device=trained.classifier.device.title, versions=versions(),
        git_commit=git_commit(), parameters=trained.classifier.parameters(), folder=Path(), details=trained.classifier.details(),
    )  # fmt: skip


def _data_record(loaded: Dataset, used: Dataset) -> DataRecord:
    """The record of a data set as it was loaded (its fingerprint finds the run again) and as it was used."""
    found = audit(used)
    return DataRecord(
        source=loaded.source, name=loaded.name, title=loaded.title, fingerprint=loaded.fingerprint, task=used.task,
        classes=used.classes, labels=used.labels, split_level=found.split_level, split_rule=used.split_rule,
        patients_across=found.patients_across, synthetic=used.synthetic,
        images={split: counts["images"] for split, counts in used.counts().items()},
    )  # fmt: skip


def _reading(monitor: Monitor) -> Callable[[int, int], None]:
    pace = Pace()
    return lambda done, total: monitor.progress(Progress("reading images", done, total, *pace.of(done, total)))
