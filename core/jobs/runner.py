"""The runner looks after the running jobs of one store and starts the waiting ones, each in a process of its own.

It holds nothing that another runner could not find in the queue: when it dies, the workers go on and the next runner looks after them.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.jobs.job import Job
from core.jobs.job_folder import JobFolder
from core.jobs.processes import birth, is_alive, kill_tree, start_child
from core.jobs.queue import Queue
from core.machine import GIGABYTE, gigabytes

BEAT_SECONDS = 5.0
REAP_SECONDS = 10.0
KILLED = -9  # exit code after SIGKILL, which Windows does not name


@dataclass(frozen=True)
class RunnerSettings:
    """How a runner works. Times are in seconds.

    `slots` jobs run at once. `free_disk` bytes must be free for a job to start. A job that was asked to stop has `cancel_grace`; a
    process that was to start has `start_grace` to say so. After `idle` without work the runner ends.
    """

    slots: int = 1
    free_disk: float = GIGABYTE
    cancel_grace: float = 20.0
    start_grace: float = 30.0
    idle: float = 3.0
    poll: float = 0.25


def worker_command(root: Path, job: Job) -> list[str]:
    """The command line of the process that trains one attempt of a job."""
    return [sys.executable, "-u", "-m", "core.jobs.worker", "--store", str(root), "--job", job.id, "--attempt", str(job.attempt)]


class Runner:
    """Works on a queue until there is nothing left to do. At most one may run for a store: `local.serve` sees to that."""

    def __init__(
        self,
        queue: Queue,
        settings: RunnerSettings | None = None,
        command: Callable[[Path, Job], list[str]] = worker_command,
    ):
        self.queue, self.settings = queue, settings or RunnerSettings()
        self._command = command
        self._children: dict[tuple[str, int], subprocess.Popen] = {}

    def run(self) -> None:
        """Return when nothing has waited or run for a while."""
        busy_at = time.monotonic()
        while time.monotonic() - busy_at < self.settings.idle:
            self.turn()
            if self.queue.has_open_work():
                busy_at = time.monotonic()
            time.sleep(self.settings.poll)

    def turn(self) -> None:
        """Look at each running job once, and start what may start."""
        running = self.queue.jobs("running")
        for job in running:
            self._look_after(job)
        self._collect({(job.id, job.attempt) for job in running})
        self._start_waiting()

    def _look_after(self, job: Job) -> None:
        if not self._is_alive(job):
            self._bury(job)
        elif job.cancel is not None and time.time() - job.cancel > self.settings.cancel_grace:
            self._stop(job)
        elif time.time() - job.beat > BEAT_SECONDS:
            self.queue.beat(job.id, job.attempt)

    def _is_alive(self, job: Job) -> bool:
        if job.pid is None:  # a runner died after the claim: the process may be on its way, or was never started
            return time.time() - job.started < self.settings.start_grace
        return is_alive(job.pid, job.born)

    def _bury(self, job: Job) -> None:
        JobFolder(self.queue.root, job.id).clear_draft()
        cause = _cause(self._exit_code(job))
        self.queue.bury(job.id, job.attempt, _death_note(self.queue.get(job.id), cause))

    def _exit_code(self, job: Job) -> int | None:
        """The code of a child that has ended; waited for, since a process whose first thread has ended goes only with its last one."""
        child = self._children.get((job.id, job.attempt))
        if child is None:
            return None
        with suppress(subprocess.TimeoutExpired):
            child.wait(REAP_SECONDS)
        return child.returncode

    def _stop(self, job: Job) -> None:
        if job.pid is not None:
            kill_tree(job.pid, job.born)
        JobFolder(self.queue.root, job.id).clear_draft()
        note = f"Cancelled. It had not stopped after {self.settings.cancel_grace:g} s, so its process was ended. {job.kept}"
        self.queue.end(job.id, job.attempt, "cancelled", note)

    def _collect(self, running: set[tuple[str, int]]) -> None:
        """Let go of children that have ended, so that none stays a zombie; of a running job the exit code may still be asked for."""
        self._children = {key: child for key, child in self._children.items() if key in running or child.poll() is None}

    def _start_waiting(self) -> None:
        shortage = self._disk_shortage()
        self.queue.explain_wait(shortage)
        while not shortage and (job := self.queue.claim(self.settings.slots)):
            self._start(job)

    def _disk_shortage(self) -> str:
        free, needed = shutil.disk_usage(self.queue.root).free, self.settings.free_disk
        if free >= needed:
            return ""
        return f"{gigabytes(free)} of disk are free, {gigabytes(needed)} are needed. Make room."

    def _start(self, job: Job) -> None:
        folder = JobFolder(self.queue.root, job.id)
        folder.begin_attempt()
        with folder.log.open("a", encoding="utf-8") as log:
            log.write(f"Attempt {job.attempt}, {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
        child = start_child(self._command(self.queue.root, job), folder.log)
        self._children[job.id, job.attempt] = child
        self.queue.register(job.id, job.attempt, child.pid, birth(child.pid))


def _death_note(job: Job, cause: str) -> str:
    times = job.attempt - job.attempts_before
    often = f" It ended so {times} times without finishing an epoch between." if times == job.max_attempts > 1 else ""
    return f"The training process ended without finishing ({cause}).{often} {job.kept} See the log."


def _cause(exit_code: int | None) -> str:
    if exit_code is None:
        return "it was killed, or the computer was restarted"
    if exit_code == KILLED:
        return "killed by signal 9; often out of memory: try smaller images or batches"
    return f"killed by signal {-exit_code}" if exit_code < 0 else f"exit code {exit_code}"
