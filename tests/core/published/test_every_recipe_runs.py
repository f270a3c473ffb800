"""All twenty-eight published recipes run to the end: on tiny images, for one epoch, otherwise as they were published."""

from pathlib import Path

import numpy as np
import pytest

from core.data import registry
from core.errors import RecipeError
from core.jobs.published_figures import beside
from core.jobs.published_runs import changed_settings, submit_published
from core.jobs.queue import Queue
from core.jobs.train_run import train_run
from core.layers import cost_of
from core.published.catalogue import READY, get
from core.recipe import build
from core.runs.store import Store
from core.training.history import Silence

SIDE = 32  # px of the drawn images
SIZES = {"train": 24, "val": 8, "test": 8}
LABELS = {"binary": 1, "multiclass": 4, "multilabel": 3}


def write_images(file: Path, task: str, labels: int) -> Path:
    """A MedMNIST file of images that are as bright as their class is high, every class in every split."""
    arrays = {}
    for seed, (split, count) in enumerate(SIZES.items()):
        rng = np.random.default_rng(seed)
        index = np.arange(count) % max(labels, 2)
        table = rng.integers(0, 2, (count, labels)) if task == "multilabel" else index[:, None]
        table[:2] = [[0], [1]] if task != "multiclass" else table[:2]
        level = table.sum(axis=1) * 255 // (table.sum(axis=1).max() + 1)
        arrays[f"{split}_images"] = np.clip(level[:, None, None] + rng.integers(0, 60, (count, SIDE, SIDE)), 0, 255).astype(np.uint8)
        arrays[f"{split}_labels"] = table.astype(np.uint8)
    np.savez(file, **arrays)
    return file


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("published")


@pytest.fixture(scope="module")
def datasets(root) -> dict:
    found = {}
    for task, labels in [*LABELS.items(), ("multilabel", 14)]:
        file = write_images(root / f"{task}{labels}.npz", task, labels)
        found[task, labels] = registry.load(str(file), root)
    return found


def smallest_size(published) -> int:
    """The smallest of a few sizes that the architecture allows."""
    for side in range(32, 240, 16):
        try:
            build(published.family, {**published.settings, "image_size": side})
        except RecipeError:
            continue
        return side
    raise AssertionError(f"no size fits {published.id}")


def work(root: Path) -> None:
    """Do all that waits in the queue, in this process, as workers would."""
    queue = Queue(root)
    while job := queue.claim(slots=1):
        train_run(root, job.id, job.source, job.recipe, Silence())
        queue.end(job.id, job.attempt, "done")


def trained(root: Path, published_id: str, datasets: dict):
    """The run of a published recipe on tiny images."""
    published = get(published_id)
    labels = 14 if published_id.startswith("beltran") else LABELS[published.task]
    changes = {"image_size": smallest_size(get(published.base) if published.base else published)}
    if published.base or published.recipe.training:
        changes["max_epochs"] = 1
    (submission,) = submit_published(root, datasets[published.task, labels], published_id, changes=changes)
    work(root)
    return Store(root).get(submission.run_id), changes


@pytest.mark.parametrize("published_id", READY)
def test_a_published_recipe_runs_to_the_end(published_id, root, datasets):
    run, changes = trained(root, published_id, datasets)
    published, store = get(published_id), Store(root)
    own = {"image_size"} if published.base else set(changes)
    assert set(changed_settings(published, run.recipe)) <= own
    for split, count in SIZES.items():
        predictions = store.predictions(run, split)
        assert predictions.y_score.shape == (count, len(run.data.labels)) and np.isfinite(predictions.y_score).all()
    assert run.operating_point.rule == published.rule
    assert set(run.operating_point.thresholds.values()) == {float(published.rule)}
    told = {one.figure.metric: one.ours for one in beside(store, run, published)}
    assert list(told) == [figure.metric for figure in published.figures]
    if not published.base:
        assert run.parameters == cost_of(run.recipe, len(run.data.labels)).parameters


def test_models_on_features_read_one_cnn_that_was_trained_once(root, datasets):
    bases = {trained(root, f"portsmouth-{name}", datasets)[0].recipe.base_run for name in ("svm", "forest")}
    assert len(bases) == 1 and bases == {trained(root, "portsmouth-cnn", datasets)[0].run_id}


def test_three_thresholds_are_three_operating_points_of_one_run(root, datasets):
    found = [trained(root, f"beltran-resnet50{end}", datasets)[0] for end in ("-t40", "", "-t60")]
    assert len({run.run_id for run in found}) == 1
    assert [run.operating_point.rule for run in found] == ["0.4", "0.5", "0.6"]
