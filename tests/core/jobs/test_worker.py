"""How a worker process ends, and what it leaves in the queue."""

import re
import signal
import subprocess
import sys

import pytest
from acting_worker import command
from conftest import until

from core.jobs.job_folder import JobFolder
from core.jobs.progress_log import history, log_tail
from core.jobs.queue_monitor import QueueMonitor
from core.training.history import CancelledError, Progress


@pytest.fixture
def worker(queue, submit, root):
    """Start a worker for a job that is claimed by hand; its output goes where the runner would send it."""
    processes = []

    def start(source: str, job_id: str = "a") -> subprocess.Popen:
        submit(job_id, source)
        job = queue.claim(1)
        JobFolder(root, job_id).begin_attempt()
        with JobFolder(root, job_id).log.open("ab") as log:
            processes.append(subprocess.Popen(command(root, job), stdout=log, stderr=log))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def test_a_finished_work_is_done_with_its_history_and_log(queue, root, worker):
    assert worker("two_epochs").wait(30) == 0
    assert queue.get("a").state == "done"
    assert [record.epoch for record in history(root, "a")] == [1, 2]
    assert history(root, "a")[1].train_loss == pytest.approx(0.35)
    assert log_tail(root, "a", 1) == "epoch 2 of 2"


def test_an_expected_failure_is_told_in_its_own_words(queue, root, worker):
    assert worker("refuse").wait(30) == 0
    job = queue.get("a")
    assert (job.state, job.note) == ("failed", "there is no data set 'moon'; one of phantom, folders.")
    assert not JobFolder(root, "a").draft.exists()


def test_a_defect_is_named_and_travels_into_the_log(queue, root, worker):
    assert worker("defect").wait(30) == 1
    job = queue.get("a")
    assert (job.state, job.note) == ("failed", "A defect: ZeroDivisionError: seven by nothing; see the log.")
    assert "Traceback (most recent call last)" in log_tail(root, "a")
    assert not JobFolder(root, "a").draft.exists()


def test_memory_that_ran_out_is_told_with_how_much_there_is_and_what_to_do(queue, root, worker):
    worker("forgetful").wait(30)
    job = queue.get("a")
    assert job.state == "failed"
    assert re.match(r"Memory ran out: [\d.]+ GB of [\d.]+ GB are free now\. Take a smaller batch_size", job.note), job.note
    assert "Traceback" in log_tail(root, "a")


def test_a_disk_that_ran_full_is_told_with_how_much_is_free_and_what_to_do(queue, worker):
    worker("full").wait(30)
    job = queue.get("a")
    assert job.state == "failed"
    assert re.match(r"The disk ran full: [\d.]+ GB are free at the store\. Make room there", job.note), job.note


def test_a_worker_that_is_told_to_end_leaves_its_job_to_the_next(queue, root, worker):
    process = worker("until_go")
    until(lambda: queue.get("a").progress)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    job = queue.get("a")
    assert (job.state, job.note) == ("queued", "The training process was told to end (SIGTERM). Nothing was kept.")
    assert not JobFolder(root, "a").draft.exists()


def test_a_worker_whose_attempt_was_overtaken_touches_nothing(queue, root, worker):
    process = worker("until_go")
    until(lambda: queue.get("a").progress)
    queue.bury("a", 1, "taken for dead")
    queue.claim(1)
    before = queue.get("a")
    assert process.wait(30) == 0
    assert queue.get("a") == before
    assert JobFolder(root, "a").draft.exists()
    late = subprocess.run([*command(root, before)[:-1], "1"], check=True, timeout=30)
    assert (late.returncode, queue.get("a")) == (0, before)


def test_the_real_worker_trains_the_job_and_says_how_it_ended(queue, submit, root):
    submit("a", "no such source")
    queue.claim(1)
    job_arguments = ["--store", str(root), "--job", "a", "--attempt", "1"]
    ended = subprocess.run([sys.executable, "-m", "core.jobs.worker", *job_arguments], capture_output=True, timeout=60)
    job = queue.get("a")
    assert (job.state, ended.returncode, ended.stderr) == ("failed", 0, b""), job.note
    assert job.note


def test_progress_is_written_at_most_twice_a_second(queue, submit):
    submit("a")
    monitor = QueueMonitor(queue, queue.claim(1))
    for step in range(1000):
        monitor.progress(Progress("training", step, 1000))
    assert queue.get("a").progress.done < 1000 / 2
    assert queue.get("a").progress.done == 0


def test_a_monitor_stops_the_run_once_it_was_cancelled(queue, submit):
    submit("a")
    monitor = QueueMonitor(queue, queue.claim(1))
    queue.request_cancel("a")
    with pytest.raises(CancelledError):
        monitor.progress(Progress("training", 1, 2))


def test_a_monitor_that_was_told_to_stop_does_so_at_the_next_step(queue, submit):
    submit("a")
    monitor = QueueMonitor(queue, queue.claim(1))
    monitor.progress(Progress("training", 1, 2))
    monitor.stop()
    with pytest.raises(CancelledError, match="SIGTERM"):
        monitor.progress(Progress("training", 2, 2))
    assert queue.get("a").state == "running"
