"""The table of jobs: what is kept, what is refused, who may write."""

import sqlite3
import subprocess
import sys
import time

import pytest

from core.errors import JobError
from core.jobs.job import Job
from core.jobs.job_folder import JobFolder
from core.jobs.processes import CODE_FOLDER
from core.jobs.queue import Queue
from core.recipe import build
from core.training.history import Progress

HOSTILE = [
    "",
    ".",
    "..",
    "../../etc/passwd",
    "a/b",
    "a\\b",
    "A",
    "-rf",
    "a\x00",
    "a\n",
    "é",
    "\ud800",
    "x" * 81,
    "a'; DROP TABLE jobs",
    None,
    7,
]


def test_a_job_comes_back_as_it_was_submitted(queue):
    before = time.time()
    queue.submit("cnn-7f3a9c21", "A small CNN – ä", "phantom: 200 images", build("cnn", {"blocks": 2}))
    job = Queue(queue.root).get("cnn-7f3a9c21")
    assert (job.id, job.title, job.source, job.state, job.attempt) == (
        "cnn-7f3a9c21", "A small CNN – ä", "phantom: 200 images", "queued", 0,
    )  # fmt: skip
    assert job.recipe == build("cnn", {"blocks": 2})
    assert before <= job.created <= time.time()
    assert (job.progress, job.pid, job.started, job.ended, job.note) == (None, None, None, None, "")


@pytest.mark.parametrize("job_id", HOSTILE)
def test_an_id_that_cannot_be_one_is_refused_everywhere(queue, submit, root, job_id):
    for refuse in (submit, queue.get, queue.request_cancel, queue.retry, queue.remove, lambda text: JobFolder(root, text)):
        with pytest.raises(JobError):
            refuse(job_id)
    assert queue.jobs() == []


def test_an_unknown_job_is_named_in_the_error(queue):
    with pytest.raises(JobError, match="there is no job 'cnn-1' in the queue"):
        queue.get("cnn-1")


def test_an_id_is_given_once(submit):
    submit("a")
    with pytest.raises(JobError, match="there is a job 'a' already"):
        submit("a")


@pytest.mark.parametrize("title", ["", "  ", "\ud800", "x" * 4001])
def test_a_title_that_cannot_be_kept_is_refused(queue, title):
    with pytest.raises(JobError, match="title"):
        queue.submit("a", title, "phantom", build("cnn"))


def test_jobs_are_listed_newest_first_and_by_state(queue, submit):
    for job_id in ("a", "b", "c"):
        submit(job_id)
    queue.claim(1)
    assert [job.id for job in queue.jobs()] == ["c", "b", "a"]
    assert [job.id for job in queue.jobs("running")] == ["a"]
    assert [job.id for job in queue.jobs("queued", "done")] == ["c", "b"]


def test_the_oldest_job_is_claimed_first_and_no_more_than_the_slots(queue, submit):
    for job_id in ("a", "b", "c"):
        submit(job_id)
    assert [queue.claim(2).id, queue.claim(2).id, queue.claim(2)] == ["a", "b", None]
    queue.end("a", 1, "done")
    assert queue.claim(2).id == "c"


@pytest.mark.parametrize("ending", ["done", "failed", "cancelled"])
def test_a_job_waits_until_the_one_it_depends_on_is_over(queue, submit, ending):
    submit("base")
    submit("svm", depends_on="base")
    submit("other")
    assert [queue.claim(5).id, queue.claim(5).id, queue.claim(5)] == ["base", "other", None]
    queue.end("base", 1, ending)
    assert queue.claim(5).id == "svm"


def test_jobs_that_depend_on_each_other_or_on_nothing_do_not_wait_for_ever(queue, submit):
    submit("a", depends_on="b")
    submit("b", depends_on="a")
    submit("c", depends_on="c")
    submit("d", depends_on="gone")
    assert queue.claim(1).id == "a"
    queue.end("a", 1, "done")
    assert {queue.claim(3).id for _ in range(3)} == {"b", "c", "d"}


def test_an_old_attempt_changes_nothing(queue, submit):
    submit("a")
    queue.claim(1)
    queue.bury("a", 1, "it died")
    queue.claim(1)
    before = queue.get("a")
    assert before.attempt == 2
    assert queue.register("a", 1, 1, 1.0) is None
    assert queue.advance("a", 1, Progress("training", 1, 2)) is False
    assert queue.beat("a", 1) is False
    assert queue.come_on("a", 1, 5) is False
    queue.remark("a", 1, "late")
    assert queue.end("a", 1, "done") is None
    assert queue.bury("a", 1, "dead again") is None
    assert queue.get("a") == before


def test_a_job_that_is_over_takes_no_more_writes_of_its_last_attempt(queue, submit):
    submit("a")
    queue.claim(1)
    done = queue.end("a", 1, "done")
    assert queue.end("a", 1, "failed", "late") is None
    assert queue.advance("a", 1, Progress("training", 1, 2)) is False
    assert queue.get("a") == done


def test_progress_comes_back_with_its_time(queue, submit):
    submit("a")
    claimed = queue.claim(1)
    progress = Progress("training", 3, 10, images_per_second=120.5, seconds_left=42.0)
    assert queue.advance("a", 1, progress)
    job = queue.get("a")
    assert job.progress == progress
    assert job.advanced > claimed.advanced
    queue.beat("a", 1)
    assert queue.get("a").advanced == job.advanced
    assert queue.get("a").beat > job.beat


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_asked(queue, submit):
    submit("a")
    submit("b")
    queue.claim(1)
    assert queue.request_cancel("b").state == "cancelled"
    asked = queue.request_cancel("a")
    assert (asked.state, asked.cancel is not None) == ("running", True)
    assert queue.request_cancel("a").cancel == asked.cancel
    assert queue.advance("a", 1, Progress("training", 1, 2)) is False
    queue.end("a", 1, "cancelled")
    with pytest.raises(JobError, match="job a is cancelled; only queued or running work can be cancelled"):
        queue.request_cancel("a")


def test_a_dead_job_is_tried_as_often_as_it_may_and_a_retry_begins_to_count_again(queue, submit):
    submit("a", max_attempts=2)
    for round_of_attempts in (0, 2):
        queue.claim(1)
        assert queue.bury("a", round_of_attempts + 1, "it died").state == "queued"
        queue.claim(1)
        failed = queue.bury("a", round_of_attempts + 2, "it died")
        assert (failed.state, failed.note) == ("failed", "it died")
        assert queue.retry("a").state == "queued"


def test_deaths_are_counted_from_the_last_epoch_that_was_kept(queue, submit):
    submit("a", max_attempts=2)
    for attempt in (1, 2, 3):
        queue.claim(1)
        assert queue.come_on("a", attempt, attempt)
        assert queue.bury("a", attempt, "it died").state == "queued"
    for attempt, state in ((4, "queued"), (5, "failed")):
        queue.claim(1)
        assert queue.bury("a", attempt, "it died").state == state
    assert (queue.get("a").epochs_kept, queue.get("a").kept) == (3, "3 finished epochs are kept.")


def test_a_cancelled_training_goes_on_or_begins_anew(queue, submit, root):
    submit("a")
    queue.claim(1)
    queue.come_on("a", 1, 3)
    folder = JobFolder(root, "a")
    folder.begin_attempt()
    folder.checkpoint.write_text("three epochs")
    queue.end("a", 1, "cancelled")
    assert (queue.retry("a").epochs_kept, folder.checkpoint.exists()) == (3, True)
    queue.request_cancel("a")
    assert (queue.retry("a", anew=True).epochs_kept, folder.checkpoint.exists()) == (0, False)


def test_the_checkpoint_of_work_that_may_not_be_retried_stays(queue, submit, root):
    submit("a")
    queue.claim(1)
    JobFolder(root, "a").begin_attempt()
    JobFolder(root, "a").checkpoint.write_text("in use")
    with pytest.raises(JobError, match="job a is running"):
        queue.retry("a", anew=True)
    assert JobFolder(root, "a").checkpoint.exists()


def test_a_waiting_job_that_is_moved_to_the_front_is_the_next(queue, submit):
    for job_id in ("a", "b", "c", "d"):
        submit(job_id)
    assert queue.claim(1).id == "a"
    queue.move_to_front("c")
    assert [job.id for job in queue.waiting()] == ["c", "b", "d"]
    queue.move_to_front("d")
    assert [job.id for job in queue.waiting()] == ["d", "c", "b"]
    assert [queue.claim(9).id for _ in range(3)] == ["d", "c", "b"]
    assert [job.id for job in queue.jobs()] == ["d", "c", "b", "a"]


def test_what_a_moved_job_depends_on_goes_before_it(queue, submit):
    submit("other")
    submit("base")
    submit("svm", depends_on="base")
    submit("mean", depends_on="svm")
    queue.move_to_front("mean")
    assert [job.id for job in queue.waiting()] == ["base", "svm", "mean", "other"]


def test_jobs_that_depend_on_each_other_can_be_moved(queue, submit):
    submit("a", depends_on="b")
    submit("b", depends_on="a")
    queue.move_to_front("b")
    queue.move_to_front("a")
    assert queue.claim(1).id == "a"


def test_only_waiting_work_is_moved(queue, submit):
    submit("a")
    queue.claim(1)
    with pytest.raises(JobError, match="job a is running; only queued work can be moved"):
        queue.move_to_front("a")


def test_a_dead_job_that_was_asked_to_stop_is_not_tried_again(queue, submit):
    submit("a", max_attempts=5)
    queue.claim(1)
    queue.request_cancel("a")
    assert queue.bury("a", 1, "it died").state == "cancelled"


def test_only_failed_or_cancelled_work_is_retried(queue, submit):
    submit("a")
    with pytest.raises(JobError, match="job a is queued"):
        queue.retry("a")
    queue.request_cancel("a")
    again = queue.retry("a")
    assert (again.state, again.cancel, again.note, again.ended) == ("queued", None, "", None)


def test_only_work_that_is_over_is_removed_with_its_folder(queue, submit, root):
    submit("a")
    with pytest.raises(JobError, match="job a is queued; only work that is over can be removed"):
        queue.remove("a")
    queue.claim(1)
    queue.end("a", 1, "done")
    JobFolder(root, "a").begin_attempt()
    queue.remove("a")
    assert queue.jobs() == []
    assert not JobFolder(root, "a").path.exists()


def test_the_reason_of_a_wait_is_noted_and_taken_away(queue, submit):
    submit("a")
    queue.explain_wait("0.4 GB are free")
    assert queue.get("a").note == "waiting: 0.4 GB are free"
    queue.explain_wait("")
    assert queue.get("a").note == ""


def test_a_note_is_one_line_that_can_be_stored(queue, submit):
    submit("a")
    queue.claim(1)
    assert queue.end("a", 1, "failed", "two\nlines \ud800").note == "two lines ?"


def test_open_work_is_what_waits_or_runs(queue, submit):
    assert not queue.has_open_work()
    submit("a")
    assert queue.has_open_work()
    queue.claim(1)
    assert queue.has_open_work()
    queue.end("a", 1, "done")
    assert not queue.has_open_work()


def test_a_table_of_a_later_version_is_refused(queue, root):
    connection = sqlite3.connect(root / "store.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JobError, match="version 99; this Cutpoint reads version 2. Update Cutpoint"):
        Queue(root)


def test_a_table_of_the_first_version_is_brought_up_to_date_with_its_jobs(root):
    Queue(root)
    connection = sqlite3.connect(root / "store.sqlite")
    connection.executescript(
        "ALTER TABLE jobs DROP COLUMN priority; ALTER TABLE jobs DROP COLUMN epochs_kept; PRAGMA user_version = 1;"
        "INSERT INTO jobs (id, title, source, recipe_json, max_attempts, created) VALUES ('old', 'Old', 'phantom', '{}', 1, 5.0)"
    )
    connection.close()
    queue = Queue(root)
    old = queue.get("old")
    assert (old.title, old.created, old.priority, old.epochs_kept) == ("Old", 5.0, 0, 0)
    queue.submit("new", "New", "phantom", build("cnn"))
    assert [job.id for job in (queue.move_to_front("new"), *queue.waiting())] == ["new", "new", "old"]


def test_the_job_has_a_field_for_each_column(queue, root):
    connection = sqlite3.connect(root / "store.sqlite")
    columns = {row[1] for row in connection.execute("PRAGMA table_info(jobs)")}
    connection.close()
    assert columns == set(Job.__dataclass_fields__)


def test_the_queue_opens_without_the_heavy_libraries():
    code = "import sys, core.jobs.queue, core.jobs.local, core.jobs.worker; print({'torch', 'numpy', 'pandas'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], cwd=CODE_FOLDER, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"
