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
        """One EpochRecord a line; see `EpochLog`. It goes with the checkpoint: without one, a new attempt begins it again."""
        return self.path / "history.jsonl"

    @property
    def checkpoint(self) -> Path:
        """Where an interrupted training goes on; it outlives attempts."""
        return self.path / "checkpoint.pt"

    @property
    def epoch_scores(self) -> Path:
        """The validation scores of the epochs; see `ScoreRecord`. It goes with the checkpoint."""
        return self.path / "epoch_scores.bin"

    def clear_checkpoint(self) -> None:
        """Let the next attempt begin anew."""
        self.checkpoint.unlink(missing_ok=True)
        self.epoch_scores.unlink(missing_ok=True)
        self.clear_checkpoint_drafts()

    def clear_checkpoint_drafts(self) -> None:
        """Remove checkpoints that a killed process, or a full disk, left half written."""
        for file in self.path.glob(f"{self.checkpoint.stem}.*.draft"):
            file.unlink(missing_ok=True)

    def clear_draft(self) -> None:
        """Remove the draft. A file that will not go is left: it must not stop the queue, and the next attempt clears again."""
        shutil.rmtree(self.draft, ignore_errors=True)

    def begin_attempt(self) -> None:
        """Make room for a new attempt; the log stays, and the checkpoint with the history of its epochs."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.clear_draft()
        self.clear_checkpoint_drafts()
        if not self.checkpoint.exists():
            self.history.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.path, ignore_errors=True)
