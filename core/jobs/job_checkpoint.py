"""The checkpoint of a job: the trainer's file, with the queue and the live curves kept in step."""

from core.jobs.epoch_log import EpochLog
from core.jobs.job import Job
from core.jobs.job_folder import JobFolder
from core.jobs.queue import Queue
from core.training.checkpoint import Checkpoint
from core.training.history import CancelledError, EpochRecord

_THEN = "The training goes on; broken off, it would resume after epoch"


class JobCheckpoint(Checkpoint):
    """For one attempt of a job. The state that the trainer saves has the list `history`: an EpochRecord as a dict for each epoch."""

    def __init__(self, queue: Queue, job: Job):
        self._folder = JobFolder(queue.root, job.id)
        super().__init__(self._folder.checkpoint)
        self._queue, self._job = queue, job
        self._restored: list[EpochRecord] = []

    def seconds_before(self, history: list[EpochRecord]) -> float:
        """Seconds that those epochs of a history took which earlier attempts trained."""
        return sum(record.seconds for record in history if record in self._restored)

    def load(self) -> dict | None:
        """The last state; the live curves begin with its epochs, no fewer and no more."""
        state = super().load()
        self._restored = [EpochRecord(**one) for one in (state["history"] if state else [])]
        EpochLog(self._folder.history).begin_with(self._restored)
        return state

    def save(self, state: dict) -> None:
        """Keep a state. Where the disk does not take it, the old one stays, the job says so, and the training goes on.

        Raises CancelledError if another attempt has taken over.
        """
        if not self._queue.beat(self._job.id, self._job.attempt):
            raise CancelledError("Another attempt has taken over.")
        try:
            super().save(state)
        except (OSError, RuntimeError) as error:
            self._go_on_without(error)
        else:
            self._queue.come_on(self._job.id, self._job.attempt, len(state["history"]))

    def _go_on_without(self, error: OSError | RuntimeError) -> None:
        """Say that a state was not kept. Raises the error if it is not of the disk; torch raises one of its own over that."""
        cause = error if isinstance(error, OSError) else error.__context__
        if not isinstance(cause, OSError):
            raise error
        self._folder.clear_checkpoint_drafts()
        kept = self._queue.get(self._job.id).epochs_kept
        note = f"The last checkpoint could not be written ({cause.strerror}). {_THEN} {kept}. Make room."
        print(note, flush=True)
        self._queue.remark(self._job.id, self._job.attempt, note)
