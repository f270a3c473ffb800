"""The monitor of a run that a worker trains: it tells the queue how far the run is, and tells the run when to stop."""

import sqlite3
import time
from contextlib import suppress

from core.jobs.epoch_log import EpochLog
from core.jobs.job import Job
from core.jobs.job_folder import JobFolder
from core.jobs.queue import Queue
from core.training.history import CancelledError, EpochRecord, Progress

WRITE_SECONDS = 0.5


class ToldToEndError(CancelledError):
    """The process was told to end, as all are when a computer shuts down. The job was not cancelled: it goes on later."""


class QueueMonitor:
    """A core.training.history.Monitor for one attempt of a job. It writes to the queue at most every `WRITE_SECONDS`.

    What it cannot write, since the disk is full or the table is locked for long, is left out: a training is not lost for its curves.
    """

    def __init__(self, queue: Queue, job: Job):
        self._queue, self._job = queue, job
        self._log = EpochLog(JobFolder(queue.root, job.id).history)
        self._next_write = time.monotonic()
        self._stopping = False

    def stop(self) -> None:
        """Let the next call of `progress` stop the run. Safe in a signal handler."""
        self._stopping = True

    def progress(self, progress: Progress) -> None:
        """Note how far the run is. Raises CancelledError when it shall stop."""
        if self._stopping:
            raise ToldToEndError("The training process was told to end (SIGTERM).")
        if time.monotonic() < self._next_write:
            return
        self._next_write = time.monotonic() + WRITE_SECONDS
        with suppress(sqlite3.OperationalError):
            if not self._queue.advance(self._job.id, self._job.attempt, progress):
                raise CancelledError("Cancelled.")

    def epoch(self, record: EpochRecord) -> None:
        """Append the record to the job's epochs."""
        with suppress(OSError):
            self._log.append(record)
