"""What a job has written so far."""

import pytest

from core.errors import JobError
from core.jobs.job_folder import JobFolder
from core.jobs.progress_log import history, log_tail
from core.jobs.queue_monitor import QueueMonitor
from core.training.history import EpochRecord

FIRST = EpochRecord(1, 2.5, 120.0, 0.001, 0.69, 0.7, 0.5, None)
SECOND = EpochRecord(2, 2.4, 125.0, 0.0005, 0.5, 0.6, 0.75, 0.81)


@pytest.fixture
def folder(queue, submit, root) -> JobFolder:
    submit("a")
    folder = JobFolder(root, "a")
    folder.begin_attempt()
    return folder


def test_a_job_that_has_written_nothing_has_no_history_and_no_log(folder, root):
    assert history(root, "a") == []
    assert log_tail(root, "a") == ""


def test_epochs_come_back_as_they_were_told(folder, queue, root):
    monitor = QueueMonitor(queue, queue.claim(1))
    monitor.epoch(FIRST)
    monitor.epoch(SECOND)
    assert history(root, "a") == [FIRST, SECOND]


def test_a_line_that_is_not_written_to_its_end_is_left_out(folder, queue, root):
    QueueMonitor(queue, queue.claim(1)).epoch(FIRST)
    with folder.history.open("a") as file:
        file.write('{"epoch": 2, "seco')
    assert history(root, "a") == [FIRST]


def test_a_new_attempt_begins_its_history_again_and_keeps_the_log(folder, queue, root):
    QueueMonitor(queue, queue.claim(1)).epoch(FIRST)
    folder.log.write_text("attempt 1\n")
    folder.begin_attempt()
    assert (history(root, "a"), log_tail(root, "a")) == ([], "attempt 1")


def test_the_tail_of_a_long_log_of_any_bytes_is_its_last_lines(folder, root):
    folder.log.write_bytes(b"\xff\xfe old line\n" * 20_000 + "vorletzte Zeile ä\nlast \xff".encode("latin-1"))
    assert log_tail(root, "a", 2) == "vorletzte Zeile \ufffd\nlast \ufffd"
    assert len(log_tail(root, "a", 10**9)) < 70_000


@pytest.mark.parametrize("job_id", ["b", "../a", "a/../a", ""])
def test_only_a_job_of_the_queue_has_a_history_or_a_log(folder, root, job_id):
    for read in (history, log_tail):
        with pytest.raises(JobError, match="there is no job"):
            read(root, job_id)
