"""The queue: one table of jobs that pages, the command line, the runner and the workers share.

It starts and kills no process. Whoever runs an attempt of a job writes with that attempt's number, and a write of an attempt that is
no longer the running one changes nothing. Times come from Python: SQLite 3.40 has no clock finer than a second.
"""

import json
import sqlite3
import time
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

from core.errors import JobError
from core.jobs.job import OPEN, OVER, Job, State, check_job_id, is_job_id
from core.jobs.job_folder import JobFolder
from core.jobs.queue_schema import prepare, reading, writing
from core.recipe import Recipe
from core.training.history import Progress

WAITING = "waiting: "
TEXT_LIMIT = 4000
ATTEMPTS = 3  # deaths in a row without an epoch between them, after which a job has failed

# Only an earlier job is waited for, so that no two jobs can wait for each other.
_CLAIM = """
UPDATE jobs
SET state = 'running', attempt = attempt + 1, pid = NULL, born = NULL, beat = :now, advanced = :now, progress = NULL, cancel = NULL,
    note = '', started = :now, ended = NULL
WHERE (SELECT count(*) FROM jobs WHERE state = 'running') < :slots AND number = (
    SELECT number FROM jobs AS waiting
    WHERE state = 'queued' AND NOT EXISTS (
        SELECT 1 FROM jobs AS base WHERE base.id = waiting.depends_on AND base.number < waiting.number
            AND base.state IN ('queued', 'running'))
    ORDER BY priority DESC, number LIMIT 1)
RETURNING *
"""

_CANCEL = """
state = CASE state WHEN 'queued' THEN 'cancelled' ELSE state END,
note = CASE state WHEN 'queued' THEN 'Cancelled before it began.' ELSE note END,
ended = CASE state WHEN 'queued' THEN :now ELSE ended END,
cancel = COALESCE(cancel, :now)
"""

_CAME_ON = "attempts_before = attempt, epochs_kept = :epochs, note = '', beat = :now, advanced = :now"

_TO_FRONT = "priority = (SELECT max(priority) FROM jobs) + 1"

_RETRY = """
state = 'queued', attempts_before = attempt, pid = NULL, born = NULL, progress = NULL, cancel = NULL, note = '', started = NULL,
ended = NULL, epochs_kept = CASE WHEN :anew THEN 0 ELSE epochs_kept END
WHERE id = :id AND state IN ('failed', 'cancelled')
"""

# A job that was asked to stop and then died was stopped, whoever ended it.
_BURY = """
state = CASE WHEN cancel IS NOT NULL THEN 'cancelled' WHEN attempt - attempts_before < max_attempts THEN 'queued' ELSE 'failed' END,
note = :note, ended = :now
"""


class Queue:
    """The jobs of one store.

    Parameters
    ----------
    root : the folder of the store; it is made if it is not there. The table is `root/store.sqlite`.

    Raises JobError if the table is of another version of Cutpoint.
    """

    def __init__(self, root: Path):
        self.root = Path(root).absolute()
        self.root.mkdir(parents=True, exist_ok=True)
        self._path = self.root / "store.sqlite"
        prepare(self._path)

    # --- for those who want work done

    def submit(
        self, job_id: str, title: str, source: str, recipe: Recipe, depends_on: str | None = None, max_attempts: int = ATTEMPTS
    ) -> Job:
        """Put a job at the end of the queue. It is started again after its process died, `max_attempts` times without an epoch between.

        A job that it depends on is waited for until that one is over, however it ends. Raises JobError for an id that is taken or
        cannot be one, and for texts that cannot be stored.
        """
        row = {
            "id": check_job_id(job_id),
            "title": _check_text("title", title),
            "source": _check_text("source", source),
            "recipe_json": json.dumps(recipe.as_dict()),
            "depends_on": None if depends_on is None else check_job_id(depends_on),
            "max_attempts": _check_attempts(max_attempts),
            "created": time.time(),
        }
        return self._insert(row)

    def get(self, job_id: str) -> Job:
        """One job. Raises JobError if there is none of that id."""
        rows = self._read("SELECT * FROM jobs WHERE id = ?", job_id) if is_job_id(job_id) else []
        if not rows:
            raise JobError(f"there is no job {job_id!r} in the queue", remedy="It may have been removed: look at the list of jobs")
        return rows[0]

    def jobs(self, *states: State) -> list[Job]:
        """The jobs in one of the states, or all of them, newest first."""
        marks = ", ".join("?" * len(states))
        return self._read(f"SELECT * FROM jobs {f'WHERE state IN ({marks})' if states else ''} ORDER BY number DESC", *states)

    def waiting(self) -> list[Job]:
        """The queued jobs, the next one first; one that depends on another job lets those behind it pass until that one is over."""
        return self._read("SELECT * FROM jobs WHERE state = 'queued' ORDER BY priority DESC, number")

    def has_open_work(self) -> bool:
        """Whether a job waits or runs."""
        with reading(self._path) as connection:
            return connection.execute("SELECT EXISTS (SELECT 1 FROM jobs WHERE state IN (?, ?))", OPEN).fetchone()[0] == 1

    def request_cancel(self, job_id: str) -> Job:
        """Cancel a waiting job at once; ask a running one to stop. Raises JobError if it is over or unknown."""
        changed = self._change(job_id, _CANCEL, OPEN)
        return changed or self._refuse(job_id, "only queued or running work can be cancelled")

    def move_to_front(self, job_id: str) -> Job:
        """Let a waiting job be the next one, after the waiting jobs that it depends on. Raises JobError if it does not wait."""
        moved = self._change(job_id, _TO_FRONT, ("queued",)) or self._refuse(job_id, "only queued work can be moved")
        before = {job.id: job for job in self.waiting() if job.number < moved.number}
        if moved.depends_on in before:
            self.move_to_front(moved.depends_on)
        return self.get(job_id)

    def retry(self, job_id: str, anew: bool = False) -> Job:
        """Queue a failed or cancelled job again, with all its attempts: it goes on after its last kept epoch, or begins anew.

        Raises JobError in any other state.
        """
        job = self.get(job_id)
        with writing(self._path) as connection:
            retried = connection.execute(f"UPDATE jobs SET {_RETRY} RETURNING id", {"id": job.id, "anew": anew}).fetchall()
            if retried and anew:  # before the change is kept, and another attempt may begin
                JobFolder(self.root, job.id).clear_checkpoint()
        return self.get(job.id) if retried else self._refuse(job.id, "only failed or cancelled work can be tried again")

    def remove(self, job_id: str) -> None:
        """Forget a job that is over, and its log. Its run, if there is one, stays. Raises JobError if it is not over or unknown."""
        job = self.get(job_id)
        with writing(self._path) as connection:
            gone = connection.execute(f"DELETE FROM jobs WHERE id = ? AND state IN {OVER} RETURNING id", (job.id,)).fetchall()
        if not gone:
            self._refuse(job_id, "only work that is over can be removed")
        JobFolder(self.root, job.id).remove()

    # --- for the runner

    def claim(self, slots: int) -> Job | None:
        """Mark the oldest job that may start as running and begin its next attempt; None if none may or `slots` jobs run already."""
        with writing(self._path) as connection:
            rows = connection.execute(_CLAIM, {"now": time.time(), "slots": slots}).fetchall()
        return Job.from_row(rows[0]) if rows else None

    def explain_wait(self, reason: str) -> None:
        """Note on each queued job why none is started; an empty reason takes such notes away again."""
        note = WAITING + reason if reason else ""
        outdated = f"state = 'queued' AND note <> ? AND (? <> '' OR note LIKE '{WAITING}%')"
        if self._read(f"SELECT * FROM jobs WHERE {outdated}", note, note):
            with writing(self._path) as connection:
                connection.execute(f"UPDATE jobs SET note = ? WHERE {outdated}", (note, note, note))

    def beat(self, job_id: str, attempt: int) -> bool:
        """Note that the attempt's process lives. False if the attempt is not the running one."""
        return self._write(job_id, attempt, "beat = :now") is not None

    def bury(self, job_id: str, attempt: int, note: str) -> Job | None:
        """Note that the attempt's process died: the job is queued again while it has attempts left, else failed, or cancelled."""
        return self._write(job_id, attempt, _BURY, note=_one_line(note))

    # --- for the worker

    def register(self, job_id: str, attempt: int, pid: int, born: float) -> Job | None:
        """Note which process runs the attempt. None if the attempt is not the running one: then it must not be run."""
        return self._write(job_id, attempt, "pid = :pid, born = :born, beat = :now", pid=pid, born=born)

    def advance(self, job_id: str, attempt: int, progress: Progress) -> bool:
        """Note how far the attempt is. False if it shall stop: it was cancelled, or is not the running one."""
        text = json.dumps(asdict(progress))
        job = self._write(job_id, attempt, "progress = :progress, beat = :now, advanced = :now", progress=text)
        return job is not None and job.cancel is None

    def come_on(self, job_id: str, attempt: int, epochs: int) -> bool:
        """Note how many finished epochs are kept; its deaths are counted from here. False if the attempt is not the running one."""
        return self._write(job_id, attempt, _CAME_ON, epochs=epochs) is not None

    def remark(self, job_id: str, attempt: int, note: str) -> None:
        """Say something of the running attempt, which goes on."""
        self._write(job_id, attempt, "note = :note", note=_one_line(note))

    def end(self, job_id: str, attempt: int, state: State, note: str = "") -> Job | None:
        """Close the attempt as done, failed or cancelled. None if it is not the running one."""
        return self._write(job_id, attempt, "state = :state, note = :note, ended = :now", state=state, note=_one_line(note))

    # --- the table

    def _read(self, select: str, *values: object) -> list[Job]:
        with reading(self._path) as connection:
            return [Job.from_row(row) for row in connection.execute(select, values)]

    def _insert(self, row: dict) -> Job:
        names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
        try:
            with writing(self._path) as connection:
                connection.execute(f"INSERT INTO jobs ({names}) VALUES ({marks})", row)
        except sqlite3.IntegrityError as error:
            raise JobError(f"there is a job {row['id']!r} already", remedy="Retry or remove that one, or take another id") from error
        return self.get(row["id"])

    def _change(self, job_id: str, assignments: str, states: tuple[State, ...]) -> Job | None:
        """Change a job that is in one of the states; None if it is not. Raises JobError if there is none of that id."""
        names = ", ".join(f"'{state}'" for state in states)
        return self._update(assignments, f"id = :id AND state IN ({names})", {"id": self.get(job_id).id})

    def _write(self, job_id: str, attempt: int, assignments: str, **values: object) -> Job | None:
        """Change a job of which this attempt is the running one; None if it is not."""
        fence = "id = :id AND attempt = :attempt AND state = 'running'"
        return self._update(assignments, fence, {**values, "id": job_id, "attempt": attempt})

    def _update(self, assignments: str, where: str, values: dict) -> Job | None:
        """`assignments` and `where` are constants of this file: all that comes from outside is in `values`."""
        with writing(self._path) as connection:
            rows = connection.execute(f"UPDATE jobs SET {assignments} WHERE {where} RETURNING *", {"now": time.time(), **values}).fetchall()
        return Job.from_row(rows[0]) if rows else None

    def _refuse(self, job_id: str, expected: str) -> NoReturn:
        raise JobError(f"job {job_id} is {self.get(job_id).state}", expected)


def _check_text(name: str, text: str) -> str:
    if not text.strip() or len(text) > TEXT_LIMIT:
        raise JobError(f"{name} has {len(text)} characters", f"it must have 1 to {TEXT_LIMIT}, not only blanks")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise JobError(f"{name} is {text!r}", "it must be text that UTF-8 can hold") from error
    return text


def _one_line(note: str) -> str:
    """A note of at most `TEXT_LIMIT` characters; those that UTF-8 cannot hold become question marks."""
    return " ".join(note.encode(errors="replace").decode().split())[:TEXT_LIMIT]


def _check_attempts(count: int) -> int:
    if not 1 <= count <= 100:
        raise JobError(f"max_attempts is {count}", "it must lie between 1 and 100")
    return count
