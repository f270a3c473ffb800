"""What a job has written so far: its epochs and its log, read while it goes on."""

import os
from pathlib import Path

from core.jobs.epoch_log import EpochLog
from core.jobs.job_folder import JobFolder
from core.jobs.queue import Queue
from core.training.history import EpochRecord

TAIL_BYTES = 65536


def history(root: Path, job_id: str) -> list[EpochRecord]:
    """The finished epochs of a job, in order; empty before the first. Raises JobError for an unknown id."""
    return EpochLog(_folder(root, job_id).history).records()


def log_tail(root: Path, job_id: str, lines: int = 200) -> str:
    """The last lines (at least 1, at most 64 KiB) that a job's processes printed. Raises JobError for an unknown id."""
    path = _folder(root, job_id).log
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - TAIL_BYTES, 0))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(text.splitlines()[-lines:])


def _folder(root: Path, job_id: str) -> JobFolder:
    queue = Queue(root)
    return JobFolder(queue.root, queue.get(job_id).id)
