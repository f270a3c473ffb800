"""An ensemble's run: the mean of its members' stored predictions, and the members themselves, so that it stands alone."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.data.dataset import SPLITS, Dataset
from core.errors import StoreError
from core.evaluation.ensembles import mean_scores
from core.evaluation.predictions import Predictions
from core.jobs.first_point import first_point
from core.jobs.job_folder import JobFolder
from core.jobs.members import checked_members
from core.jobs.provenance import git_commit, versions
from core.recipe import Recipe
from core.runs.run import OperatingPoint, Run
from core.runs.store import Store
from core.training.history import Monitor, Progress


def ensemble_run(store: Store, run_id: str, recipe: Recipe, dataset: Dataset, monitor: Monitor) -> None:
    """Make and store an ensemble; nothing is trained. Raises CoreError where members are gone or do not fit any more."""
    members = checked_members(store, recipe, dataset)
    predictions = {}
    for number, split in enumerate(SPLITS):
        monitor.progress(Progress("averaging", number, len(SPLITS)))
        predictions[split] = mean_predictions([store.predictions(run, split) for run in members])
    draft = JobFolder(store.root, run_id).draft
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    store.copy_into(draft, members)
    point = first_point(store.root, run_id, predictions)
    store.put(draft, _run(run_id, recipe, dataset, members, point), [], predictions)


def mean_predictions(predictions: list[Predictions]) -> Predictions:
    """The mean of several runs' scores on one split. Raises StoreError where they are not of the same images in the same order."""
    first = predictions[0]
    for other in predictions[1:]:
        if not (np.array_equal(first.image_ids, other.image_ids) and np.array_equal(first.y_true, other.y_true)):
            raise StoreError(f"the members' predictions on {first.split} are of other images", "each must have scored the same ones")
    return replace(first, y_score=mean_scores([one.y_score for one in predictions]))


def _run(run_id: str, recipe: Recipe, dataset: Dataset, members: list[Run], point: OperatingPoint) -> Run:
    """What it took to train its members is what the ensemble took."""
    data = replace(members[0].data, source=dataset.source, name=dataset.name, title=dataset.title)
    told = [{"run_id": run.run_id, "description": run.description, "seconds": run.seconds} for run in members]
    return Run(
        run_id=run_id, recipe=recipe, data=data, base=None, operating_point=point, created=time.time(),
        seconds=sum(run.seconds for run in members), device="; ".join(dict.fromkeys(run.device for run in members)),
        versions=versions(), git_commit=git_commit(), parameters=sum(run.parameters for run in members), folder=Path(),
        details={"members": told},
    )  # fmt: skip
