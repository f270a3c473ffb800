"""The monitor of a run that a worker trains: it tells the queue how far the run is, and tells the run when to stop."""

import json
import time
from dataclasses import asdict

from core.jobs.job import Job
from core.jobs.job_folder import JobFolder
from core.jobs.queue import Queue
from core.training.history import CancelledError, EpochRecord, Progress

WRITE_SECONDS = 0.5


class QueueMonitor:
    """A core.training.history.Monitor for one attempt of a job. It writes to the queue at most every `WRITE_SECONDS`."""

    def __init__(self, queue: Queue, job: Job):
        self._queue, self._job = queue, job
        self._history = JobFolder(queue.root, job.id).history
        self._next_write = time.monotonic()
        self._stopping = False

    def stop(self) -> None:
        """Let the next call of `progress` stop the run. Safe in a signal handler."""
        self._stopping = True

    def progress(self, progress: Progress) -> None:
        """Note how far the run is. Raises CancelledError when it shall stop."""
        if self._stopping:
            raise CancelledError("The training process was told to end (SIGTERM). Nothing was stored.")
        if time.monotonic() < self._next_write:
            return
        self._next_write = time.monotonic() + WRITE_SECONDS
        if not self._queue.advance(self._job.id, self._job.attempt, progress):
            raise CancelledError("Cancelled. Nothing was stored.")

    def epoch(self, record: EpochRecord) -> None:
        """Append the record to the job's history, one JSON object a line."""
        with self._history.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(record)) + "\n")
