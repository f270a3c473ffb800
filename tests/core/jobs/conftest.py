"""A store with blanks and letters beyond ASCII in its path, and a clean end: what a test has started does not outlive it."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.jobs.job import Job
from core.jobs.local import is_elected
from core.jobs.processes import CODE_FOLDER, kill_tree
from core.jobs.queue import Queue
from core.recipe import build

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(CODE_FOLDER))
    return tmp_path / "Röntgen bilder 胸" / "store"


@pytest.fixture
def queue(root: Path):
    queue = Queue(root)
    yield queue
    for job in queue.jobs("queued", "running"):
        queue.request_cancel(job.id)
        if job.pid:
            kill_tree(job.pid, job.born)
    until(lambda: not is_elected(queue.root))


@pytest.fixture
def submit(queue: Queue) -> Callable[..., Job]:
    def submit(job_id: str, source: str = "two_epochs", **rest) -> Job:
        return queue.submit(job_id, f"Training {job_id}", source, build("cnn"), **rest)

    return submit


def until(condition: Callable[[], object], seconds: float = 30.0):
    """The first true answer of a condition; fails the test if it does not come in time."""
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
    return answer
