"""The folder of a job's work in progress, `jobs/<id>` beside the store: a draft of the run, the log and the history."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from core.jobs.job import check_job_id


@dataclass(frozen=True)
class JobFolder:
    """Where the work of one job lies. Raises JobError for an id that cannot be one, so that no id leads out of `root/jobs`."""

    root: Path
    job_id: str

    def __post_init__(self):
        check_job_id(self.job_id)

    @property
    def path(self) -> Path:
        return self.root / "jobs" / self.job_id

    @property
    def draft(self) -> Path:
        """Folder of the run that is not complete yet."""
        return self.path / "draft"

    @property
    def log(self) -> Path:
        """What the training process printed, all attempts one after the other."""
        return self.path / "log.txt"

    @property
    def history(self) -> Path:
        """One EpochRecord a line, of the present attempt."""
        return self.path / "history.jsonl"

    def clear_draft(self) -> None:
        """Remove the draft. A file that will not go is left: it must not stop the queue, and the next attempt clears again."""
        shutil.rmtree(self.draft, ignore_errors=True)

    def begin_attempt(self) -> None:
        """Make room for a new attempt; the log stays."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.clear_draft()
        self.history.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.path, ignore_errors=True)
