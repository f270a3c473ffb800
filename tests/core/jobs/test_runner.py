"""The runner with real worker processes whose work is acted."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from acting_runner import QUICK
from acting_worker import command
from conftest import until

from core.jobs.job_folder import JobFolder
from core.jobs.processes import birth
from core.jobs.runner import Runner


class Turning:
    """A runner that is turned by hand until something holds, as its loop would."""

    def __init__(self, queue):
        self.queue, self.runner = queue, Runner(queue, QUICK, command)

    def set(self, **changes):
        self.runner.settings = replace(QUICK, **changes)
        return self.runner

    def until(self, condition):
        return until(lambda: self.runner.turn() or condition())

    def until_over(self, job_id):
        return self.until(lambda: (job := self.queue.get(job_id)).is_over and job)

    def until_begun(self, job_id):
        """The job when its work has really begun: the draft is there and progress was told."""
        return self.until(lambda: (job := self.queue.get(job_id)).progress and job)


@pytest.fixture
def turning(queue):
    turning = Turning(queue)
    yield turning
    for child in turning.runner._children.values():
        child.kill()
        child.wait()


def starts(root: Path, job_id: str) -> int:
    return len(list(root.glob(f"started-{job_id}-*")))


def test_jobs_are_done_one_after_the_other_each_in_its_own_process(queue, submit, root, turning):
    submit("a")
    submit("b")
    first, second = turning.until_over("a"), turning.until_over("b")
    assert (first.state, second.state) == ("done", "done")
    assert first.pid != second.pid
    assert second.started >= first.ended
    assert (root / "runs" / "a" / "weights").exists()


def test_a_worker_that_is_killed_is_told_with_its_reason_and_leaves_no_draft(queue, submit, root, turning):
    submit("a", "until_go", max_attempts=1)
    job = turning.until_begun("a")
    assert JobFolder(root, "a").draft.exists()
    os.kill(job.pid, signal.SIGKILL)
    over = turning.until_over("a")
    assert over.state == "failed"
    assert over.note.startswith("The training process ended without finishing (killed by signal 9; often out of memory")
    assert not JobFolder(root, "a").draft.exists()
    assert JobFolder(root, "a").log.exists()


def test_a_worker_that_ends_thread_by_thread_is_told_with_its_reason(queue, submit, turning):
    submit("a", "die_slowly", max_attempts=1)
    assert "killed by signal 9" in turning.until_over("a").note


def test_a_worker_that_died_is_started_again_while_it_has_attempts(queue, submit, root, turning):
    submit("a", "die_once", max_attempts=2)
    over = turning.until_over("a")
    assert (over.state, over.attempt, starts(root, "a")) == ("done", 2, 2)


def test_a_worker_that_always_dies_ends_as_failed_and_a_retry_starts_it_again(queue, submit, root, turning):
    submit("a", "die", max_attempts=2)
    assert (turning.until_over("a").state, starts(root, "a")) == ("failed", 2)
    assert "It ended so 2 times without finishing an epoch between. Nothing was kept." in queue.get("a").note
    queue.retry("a")
    assert (turning.until_over("a").state, starts(root, "a")) == ("failed", 4)


def test_a_running_job_is_stopped_by_its_own_worker(queue, submit, root, turning):
    submit("a", "until_go")
    turning.until_begun("a")
    queue.request_cancel("a")
    turning.set(cancel_grace=60.0)
    over = turning.until_over("a")
    assert (over.state, over.note) == ("cancelled", "Cancelled. Nothing was kept.")
    assert not JobFolder(root, "a").draft.exists()


def test_a_worker_that_does_not_listen_is_ended_with_all_that_it_started(queue, submit, root, turning):
    submit("a", "deaf")
    grandchild = int(turning.until(lambda: (root / "grandchild").exists() and (root / "grandchild").read_text()))
    worker = psutil.Process(queue.get("a").pid)
    queue.request_cancel("a")
    over = turning.until_over("a")
    assert over.state == "cancelled"
    assert over.note.startswith("Cancelled. It had not stopped after 0.3 s")
    assert over.ended - over.cancel >= 0.3
    assert not worker.is_running()
    until(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE)
    assert not JobFolder(root, "a").draft.exists()


def test_slots_are_kept_by_the_running_processes(queue, submit, root, turning):
    for job_id in ("a", "b", "c"):
        submit(job_id, "until_go")
    turning.set(slots=2)
    turning.until_begun("a")
    turning.until_begun("b")
    assert queue.get("c").state == "queued"
    (root / "go").touch()
    assert {turning.until_over(job_id).state for job_id in ("a", "b", "c")} == {"done"}


def test_nothing_starts_on_a_full_disk_and_the_job_says_why(queue, submit, root, turning):
    submit("a")
    turning.set(free_disk=1e18).turn()
    waiting = queue.get("a")
    assert waiting.state == "queued"
    assert "GB of disk are free, 1000000000.0 GB are needed" in waiting.note
    turning.set()
    assert (turning.until_over("a").state, queue.get("a").note) == ("done", "")


def test_a_claim_whose_process_was_never_started_is_given_up(queue, submit, turning):
    submit("a", max_attempts=1)
    queue.claim(1)
    turning.set(start_grace=60.0).turn()
    assert queue.get("a").state == "running"
    time.sleep(0.01)
    turning.set(start_grace=0.0).turn()
    assert queue.get("a").state == "failed"


def test_the_number_of_a_dead_worker_given_to_another_process_is_not_taken_for_it(queue, submit, turning):
    submit("a", max_attempts=1)
    queue.claim(1)
    queue.register("a", 1, os.getpid(), birth(os.getpid()) - 3600)
    turning.runner.turn()
    over = queue.get("a")
    assert over.state == "failed"
    assert "it was killed, or the computer was restarted" in over.note
