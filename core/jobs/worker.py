"""The worker: the process that trains one run. The runner has claimed the job; the worker tells the queue how it ends.

`python -m core.jobs.worker --store DIR --job ID --attempt N`. An expected failure and a wish to stop end it quietly. Any other error
is a defect: it is noted in the queue and travels on, so that its traceback is in the log and the process ends with an error.
"""

import argparse
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from core.errors import CoreError
from core.jobs.job import Job, State
from core.jobs.job_folder import JobFolder
from core.jobs.processes import birth
from core.jobs.queue import Queue
from core.jobs.queue_monitor import QueueMonitor, ToldToEndError
from core.jobs.shortage import shortage
from core.training.history import CancelledError, Monitor

Work = Callable[[Queue, Job, Monitor], None]

TERMINATED = 128 + signal.SIGTERM


class Attempt:
    """One attempt of a job, from `with` to its end; that end is noted in the queue unless another attempt has taken over."""

    def __init__(self, queue: Queue, job: Job):
        self._queue, self._job = queue, job

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        state, note = _ending(error, self._queue.root)
        self._clear(state)
        note = self._with_kept(state, note)
        if state == "queued":
            self._queue.bury(self._job.id, self._job.attempt, note)
        else:
            self._queue.end(self._job.id, self._job.attempt, state, note)
        return isinstance(error, (CoreError, CancelledError))

    def _clear(self, state: State) -> None:
        """Remove what is needed no more: the checkpoint of a complete run, the draft of one that is not."""
        if not self._queue.beat(self._job.id, self._job.attempt):
            return
        folder = JobFolder(self._queue.root, self._job.id)
        if state == "done":
            folder.clear_checkpoint()
        else:
            folder.clear_draft()

    def _with_kept(self, state: State, note: str) -> str:
        job = self._queue.get(self._job.id)
        return f"{note} {job.kept}" if state != "done" and (job.epochs_kept or state != "failed") else note


def run_job(root: Path, job_id: str, attempt: int, work: Work) -> None:
    """Do the work of one attempt of a job, in this process; do nothing if the attempt is not the running one.

    `work(queue, job, monitor)` returns when the complete run stands in the store.
    """
    queue = Queue(root)
    job = queue.register(job_id, attempt, os.getpid(), birth(os.getpid()))
    if job is None:
        return
    monitor = QueueMonitor(queue, job)
    _stop_on_sigterm(monitor)
    with Attempt(queue, job):
        work(queue, job, monitor)


def _ending(error: BaseException | None, root: Path) -> tuple[State, str]:
    """How an attempt ends, and why; "queued" for one that shall be gone on with."""
    if error is None:
        return "done", ""
    if isinstance(error, CancelledError):
        return "queued" if isinstance(error, ToldToEndError) else "cancelled", str(error)
    if isinstance(error, CoreError):
        return "failed", str(error)
    return "failed", shortage(error, root) or f"A defect: {type(error).__name__}: {error}; see the log."


def _stop_on_sigterm(monitor: QueueMonitor) -> None:
    worker = os.getpid()

    def stop(signum: int, frame: object) -> None:
        if os.getpid() != worker:  # a process forked for loading images inherits this handler and must still end at once
            os._exit(TERMINATED)
        monitor.stop()

    signal.signal(signal.SIGTERM, stop)


def _train(queue: Queue, job: Job, monitor: Monitor) -> None:
    # Imported here: it takes seconds, and if it fails the job's note says so.
    from core.jobs.job_checkpoint import JobCheckpoint
    from core.jobs.train_run import train_run

    train_run(queue.root, job.id, job.source, job.recipe, monitor, JobCheckpoint(queue, job))


def main(arguments: list[str] | None = None) -> None:
    """Train the run of one attempt."""
    parser = argparse.ArgumentParser(prog="python -m core.jobs.worker", description="Train one run of the queue; the runner starts this.")
    parser.add_argument("--store", type=Path, required=True, help="folder of the store")
    parser.add_argument("--job", required=True, help="id of the job")
    parser.add_argument("--attempt", type=int, required=True, help="number of the attempt")
    choice = parser.parse_args(arguments)
    run_job(choice.store, choice.job, choice.attempt, _train)


if __name__ == "__main__":
    main()
