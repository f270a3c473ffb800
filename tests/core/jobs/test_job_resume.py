"""Trainings that are broken off go on: real processes, killed as hard as can be, on a tiny data set."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from conftest import until
from safetensors.numpy import load_file

from core.jobs.job import Job
from core.jobs.job_folder import JobFolder
from core.jobs.local import runner_command
from core.jobs.processes import is_alive
from core.jobs.progress_log import history
from core.jobs.queue import Queue
from core.recipe import build
from core.runs.store import Store
from tests.conftest import write_class_folders

EPOCHS = 8
RECIPE = build("cnn", {
    "image_size": 64, "filters": 24, "blocks": 2, "batch_size": 8, "max_epochs": EPOCHS, "block_dropout": 0.2, "keep": "best", "ema": 0.9,
})  # fmt: skip
SECONDS = 120.0


@pytest.fixture(scope="module")
def images(tmp_path_factory) -> Path:
    return write_class_folders(tmp_path_factory.mktemp("tiny"), images=80, side=64)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Sums of floats depend on how many threads share them; a machine that is busy changes nothing so."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


@pytest.fixture
def train(queue, images):
    """Put one training in the queue."""
    return lambda job_id="a": queue.submit(job_id, "Tiny", str(images), RECIPE)


@pytest.fixture
def start_runner(queue):
    """Start the real runner as a child of the test, so that it can be killed; at the end none is left."""
    runners = []

    def start() -> subprocess.Popen:
        runners.append(subprocess.Popen(runner_command(queue.root), stderr=subprocess.DEVNULL))
        return runners[-1]

    yield start
    for runner in runners:
        runner.kill()
        runner.wait()


@pytest.fixture(scope="module")
def uninterrupted(images, tmp_path_factory) -> Path:
    """The store of the same training, which nobody disturbed."""
    queue = Queue(tmp_path_factory.mktemp("whole"))
    queue.submit("a", "Tiny", str(images), RECIPE)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    subprocess.run(runner_command(queue.root), check=True, timeout=SECONDS, env=environment)
    assert queue.get("a").state == "done", queue.get("a").note
    return queue.root


def reaches(queue: Queue, epochs: int, job_id: str = "a") -> Job:
    """The job when it has kept so many epochs, in a living process."""
    return until(lambda: (job := queue.get(job_id)).epochs_kept >= epochs and job.pid and is_alive(job.pid, job.born) and job, SECONDS)


def over(queue: Queue, job_id: str = "a") -> Job:
    return until(lambda: (job := queue.get(job_id)).is_over and job, SECONDS)


def assert_same_run(root: Path, other: Path) -> None:
    """Equal weights, scores and curves, save for the times."""
    left, right = (Store(one).get("a") for one in (root, other))
    ours, theirs = (load_file(run.folder / "weights.safetensors") for run in (left, right))
    assert ours.keys() == theirs.keys()
    assert all((ours[name] == theirs[name]).all() for name in ours)
    assert left.metrics == right.metrics
    recorded, other_recorded = (Store(one).epoch_scores(run) for one, run in ((root, left), (other, right)))
    assert recorded.epochs.tolist() == other_recorded.epochs.tolist() == list(range(1, EPOCHS + 1))
    assert np.array_equal(recorded.y_score, other_recorded.y_score)
    assert curves(root) == curves(other)


def curves(root: Path) -> list[dict]:
    records = Store(root).history(Store(root).get("a"))
    return [{name: value for name, value in vars(one).items() if name not in ("seconds", "images_per_second")} for one in records]


@pytest.mark.timeout(400)
def test_killed_workers_and_runners_cost_no_epoch_and_change_no_weight(queue, train, start_runner, uninterrupted):
    train()
    runner = start_runner()
    job = reaches(queue, 1)
    first = until(lambda: history(queue.root, "a"))[0]
    os.kill(job.pid, signal.SIGKILL)
    job = reaches(queue, 4)
    assert job.attempt == 2
    told = until(lambda: len(found := history(queue.root, "a")) >= 4 and found)
    assert [record.epoch for record in told] == list(range(1, len(told) + 1)) and told[0] == first
    os.kill(job.pid, signal.SIGKILL)
    runner.kill()
    runner.wait()
    start_runner()
    job = over(queue)
    assert (job.state, job.attempt) == ("done", 3), job.note
    last = history(queue.root, "a")
    assert [record.epoch for record in last] == list(range(1, EPOCHS + 1))
    assert last[:4] == told[:4] and Store(queue.root).history(Store(queue.root).get("a")) == last
    assert not JobFolder(queue.root, "a").checkpoint.exists()
    assert Store(queue.root).get("a").seconds > sum(record.seconds for record in last)
    assert_same_run(queue.root, uninterrupted)


@pytest.mark.timeout(400)
def test_a_cancelled_training_that_is_resumed_ends_with_the_same_weights(queue, train, start_runner, uninterrupted):
    train()
    start_runner()
    reaches(queue, 2)
    queue.request_cancel("a")
    job = over(queue)
    assert job.state == "cancelled" and f"{job.epochs_kept} finished epochs are kept." in job.note
    first = history(queue.root, "a")[0]
    queue.retry("a")
    start_runner()
    assert over(queue).state == "done", queue.get("a").note
    assert history(queue.root, "a")[0] == first
    assert_same_run(queue.root, uninterrupted)


@pytest.mark.timeout(400)
def test_a_run_that_was_complete_when_its_process_died_is_done_and_trained_once(queue, train, start_runner, uninterrupted):
    shutil.copytree(uninterrupted / "runs", queue.root / "runs")
    before = Store(queue.root).get("a").created
    train()
    start_runner()
    assert over(queue).state == "done", queue.get("a").note
    assert Store(queue.root).get("a").created == before
