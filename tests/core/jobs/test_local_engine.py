"""The local engine as it really runs: detached runners that are elected, die, are followed by others, and go when idle."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from acting_runner import QUICK, command
from acting_worker import command as worker_command
from conftest import until

from core.jobs.following import follow
from core.jobs.local import ensure_runner, is_elected, runner_command, serve
from core.jobs.processes import is_alive
from core.jobs.queue import Queue
from core.jobs.runner import Runner

SUBMITTER = Path(__file__).with_name("acting_submitter.py")


@pytest.fixture
def runners():
    """Runner processes that are children of the test, so that it can kill them."""
    processes = []

    def start(root: Path) -> subprocess.Popen:
        processes.append(subprocess.Popen(command(root)))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def over(queue: Queue, job_id: str):
    return until(lambda: (job := queue.get(job_id)).is_over and job)


def done(queue: Queue, job_id: str):
    job = over(queue, job_id)
    assert job.state == "done", job.note
    return job


def test_work_goes_on_when_its_submitter_is_gone_and_the_runner_goes_when_idle(queue, root):
    shown = subprocess.run([sys.executable, SUBMITTER, root, "a", "two_epochs"], capture_output=True, text=True, timeout=30)
    assert (shown.stdout.strip(), shown.stderr) == ("True", "")
    done(queue, "a")
    until(lambda: not is_elected(root), 5)
    assert (root / "runner.log").read_text() == ""


def test_no_runner_is_started_without_work_or_beside_another(queue, submit, root):
    before = psutil.Process().children()
    assert not ensure_runner(root, command)
    submit("a", "until_go")
    assert ensure_runner(root, command)
    until(lambda: is_elected(root))
    assert not ensure_runner(root, command)
    assert psutil.Process().children() == before
    (root / "go").touch()
    done(queue, "a")


def test_of_two_runners_one_is_elected_and_the_other_ends_at_once(queue, submit, root, runners):
    submit("a", "until_go")
    two = [runners(root), runners(root)]
    ended = until(lambda: [runner for runner in two if runner.poll() is not None])
    assert [runner.returncode for runner in ended] == [0]
    assert is_elected(root)
    (root / "go").touch()
    done(queue, "a")
    assert len(list(root.glob("started-*"))) == 1


def test_a_worker_outlives_its_runner_and_the_next_one_adopts_it(queue, submit, root, runners):
    submit("a", "until_go")
    submit("b")
    runner = runners(root)
    job = until(lambda: (job := queue.get("a")).progress and job)
    runner.kill()
    runner.wait()
    until(lambda: queue.get("a").progress.done > job.progress.done)
    assert is_alive(job.pid, job.born)
    assert not is_elected(root)
    assert ensure_runner(root, command)
    until(lambda: is_elected(root))
    until(lambda: queue.get("a").progress.done > job.progress.done + 50)
    assert queue.get("b").state == "queued"
    (root / "go").touch()
    assert (done(queue, "a").attempt, done(queue, "b").attempt) == (1, 1)
    assert len(list(root.glob("started-a-*"))) == 1


def test_an_adopted_worker_that_dies_is_told(queue, submit, root, runners):
    submit("a", "until_go", max_attempts=1)
    runner = runners(root)
    job = until(lambda: (job := queue.get("a")).progress and job)
    runner.kill()
    runner.wait()
    psutil.Process(job.pid).kill()
    assert ensure_runner(root, command)
    assert over(queue, "a").state == "failed"


def test_work_that_comes_while_the_runner_leaves_is_done(queue, submit, root):
    class Leaving(Runner):
        """A runner that finds new work just after it has decided to leave."""

        def run(self) -> None:
            super().run()
            if len(self.queue.jobs()) == 1:
                submit("b")

    submit("a")
    serve(Leaving(queue, QUICK, worker_command))
    assert [(job.state, job.note) for job in queue.jobs()] == [("done", "")] * 2


def test_following_a_job_shows_its_changes_until_it_is_over(queue, submit, root):
    submit("a", "until_go")
    ensure_runner(root, command)
    until(lambda: is_elected(root))  # else following starts the real runner
    seen = []
    for job in follow(queue, "a", 0.05):
        seen.append(job)
        if job.progress:
            (root / "go").touch()
    assert seen[0].state in ("queued", "running")
    assert seen[-1].state == "done", seen[-1].note
    assert any(job.progress for job in seen)


def test_the_real_runner_ends_at_once_when_there_is_nothing_to_do(queue, root):
    ended = subprocess.run(runner_command(root), capture_output=True, timeout=30)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
