"""A job is one run to be trained, as a row of the queue tells it. It is plain data and starts nothing."""

import json
import re
import sqlite3
from dataclasses import dataclass
from typing import Literal

from core.errors import JobError
from core.recipe import Recipe
from core.training.history import Progress

State = Literal["queued", "running", "done", "failed", "cancelled"]
OPEN: tuple[State, ...] = ("queued", "running")
OVER: tuple[State, ...] = ("done", "failed", "cancelled")

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")


@dataclass(frozen=True)
class Job:
    """One row of the queue. All times are seconds since 1970, None where the event has not happened.

    `id` becomes the id of the run. `attempt` counts every start and never falls, so an old worker can always be told from a new one;
    `attempts_before` is its value when the job was last submitted or retried, or last finished an epoch. `born` is the start of the
    process as psutil tells it. `epochs_kept` says how many finished epochs its checkpoint holds; `priority` is higher for what goes first.
    `beat` is when the process was last known to live, `advanced` when the training last came on. `cancel` is when someone asked to
    stop. `note` says in words why a job failed, was cancelled or waits.
    """

    number: int
    id: str
    title: str
    source: str
    recipe_json: str
    depends_on: str | None
    state: State
    attempt: int
    attempts_before: int
    max_attempts: int
    pid: int | None
    born: float | None
    beat: float | None
    advanced: float | None
    progress: Progress | None
    cancel: float | None
    note: str
    created: float
    started: float | None
    ended: float | None
    priority: int
    epochs_kept: int

    @property
    def recipe(self) -> Recipe:
        """What to train. Raises RecipeError if the row is of a Cutpoint with other limits."""
        return Recipe.from_dict(json.loads(self.recipe_json))

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def kept(self) -> str:
        """What an attempt that was broken off leaves, as a sentence."""
        if not self.epochs_kept:
            return "Nothing was kept."
        return f"{self.epochs_kept} finished {'epoch is' if self.epochs_kept == 1 else 'epochs are'} kept."

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> "Job":
        """The job of a row of the table `jobs`."""
        values = dict(row)
        progress = values.pop("progress")
        return cls(**values, progress=Progress(**json.loads(progress)) if progress else None)


def is_job_id(text: object) -> bool:
    """Whether a text may be the id of a job: 1 to 80 of a-z, 0-9, "-" and "_", so it is also a safe folder name."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None


def check_job_id(text: object) -> str:
    """The id itself. Raises JobError if it cannot be one."""
    if not is_job_id(text):
        raise JobError(f"the job id is {text!r}", 'it must be 1 to 80 of a-z, 0-9, "-" and "_"')
    return str(text)
