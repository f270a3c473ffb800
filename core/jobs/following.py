"""Following a job until it is over, as the command line does."""

import time
from collections.abc import Iterator

from core.jobs.job import Job
from core.jobs.local import ensure_runner
from core.jobs.queue import Queue


def follow(queue: Queue, job_id: str, poll_seconds: float = 0.5) -> Iterator[Job]:
    """The job now, then whenever its state, progress or note has changed; the last one is over. A runner is kept at work meanwhile.

    Whoever stops listening stops nothing. Raises JobError for an unknown id, also if the job is removed while it is followed.
    """
    shown = None
    while True:
        job = queue.get(job_id)
        if (job.state, job.progress, job.note) != shown:
            shown = (job.state, job.progress, job.note)
            yield job
        if job.is_over:
            return
        ensure_runner(queue.root)
        time.sleep(poll_seconds)
