"""The queue on screen: what can be done with work that waits, runs, failed or was cancelled."""

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.epoch_log import EpochLog
from core.jobs.job_folder import JobFolder
from core.jobs.queue import Queue
from core.recipe import build
from core.training.history import EpochRecord, Progress
from tests.pages.conftest import texts
from tests.pages.shown_figures import figures


@pytest.fixture
def queue(tmp_path, monkeypatch) -> Queue:
    """A queue with a job in each state; no runner comes to change it."""
    monkeypatch.setattr("core.jobs.local.start_detached", lambda *anything: None)
    queue = Queue(tmp_path)
    for job_id in ("done-1", "failed-1", "cancelled-1", "running-1", "first-1", "second-1"):
        queue.submit(job_id, f"Training {job_id}", "/data/chests", build("cnn"))
    for job_id, ending in (("done-1", "done"), ("failed-1", "failed"), ("cancelled-1", "cancelled")):
        queue.claim(1)
        if ending == "cancelled":
            keep(queue, job_id, 4)
        queue.end(job_id, 1, ending, "Memory ran out." if ending == "failed" else "")
    queue.claim(1)
    keep(queue, "running-1", 2)
    queue.advance("running-1", 1, Progress("epoch 3 of 12", 25, 120, 88.0, 200.0))
    return queue


def keep(queue: Queue, job_id: str, epochs: int) -> None:
    """What a training leaves after so many epochs."""
    folder = JobFolder(queue.root, job_id)
    folder.begin_attempt()
    folder.checkpoint.write_bytes(b"weights")
    for epoch in range(1, epochs + 1):
        EpochLog(folder.history).append(EpochRecord(epoch, 1.0, 88.0, 0.001, 0.7, 0.8, 0.5, 0.75, train_f1=0.6, val_f1=0.5))
    queue.come_on(job_id, 1, epochs)


def button(app: AppTest, key: str):
    return next((one for one in app.button if one.key == key), None)


def test_each_job_is_shown_with_its_state_and_what_can_be_done(opened, queue):
    app = opened(queue.root, "progress")
    assert not app.exception
    told = texts(app)
    assert all(f"Training {job.id}" in told for job in queue.jobs())
    assert [one.value for one in app.error] == ["Memory ran out."]
    assert "2 waiting" in told and "/data" not in told
    assert button(app, "resume_cancelled-1").label == "Resume after epoch 4"
    assert button(app, "anew_cancelled-1").label == "Start anew"
    assert button(app, "anew_failed-1").label == "Train again" and button(app, "resume_failed-1") is None
    assert button(app, "front_first-1") is None and button(app, "front_second-1")


def test_a_cancelled_training_is_resumed_from_where_it_was(opened, queue):
    app = opened(queue.root, "progress")
    button(app, "resume_cancelled-1").click().run()
    assert queue.get("cancelled-1").state == "queued"
    assert JobFolder(queue.root, "cancelled-1").checkpoint.exists()
    assert "Goes on after epoch 4." in texts(app)


def test_a_cancelled_training_is_started_anew_without_its_checkpoint(opened, queue):
    app = opened(queue.root, "progress")
    button(app, "anew_cancelled-1").click().run()
    assert queue.get("cancelled-1").state == "queued"
    assert not JobFolder(queue.root, "cancelled-1").checkpoint.exists()
    assert "Goes on after" not in texts(app)


def test_a_checkpoint_that_is_gone_is_not_offered(opened, queue):
    JobFolder(queue.root, "cancelled-1").checkpoint.unlink()
    app = opened(queue.root, "progress")
    assert button(app, "resume_cancelled-1") is None and button(app, "anew_cancelled-1").label == "Train again"


def test_a_waiting_job_is_moved_to_the_front(opened, queue):
    app = opened(queue.root, "progress")
    button(app, "front_second-1").click().run()
    assert [job.id for job in queue.waiting()] == ["second-1", "first-1"]
    assert button(app, "front_second-1") is None and button(app, "front_first-1")


def test_a_running_job_is_asked_to_stop(opened, queue):
    app = opened(queue.root, "progress")
    button(app, "cancel_running-1").click().run()
    assert queue.get("running-1").cancel
    assert "Stopping at the next step; finished epochs are kept." in texts(app)


def test_the_chosen_metric_is_drawn_beside_the_loss_with_both_splits(opened, queue):
    app = opened(queue.root, "progress")
    assert len(figures(app)) == 2
    app.selectbox(key="progress_metric").set_value("f1").run()
    drawn = figures(app)[1]
    assert drawn["layout"]["yaxis"]["title"]["text"] == "F1"
    assert [(line["name"], line["y"]) for line in drawn["data"]] == [("train", [0.6, 0.6]), ("validation", [0.5, 0.5])]


def test_a_metric_that_an_old_run_has_not_is_said_to_be_missing(opened, queue):
    app = opened(queue.root, "progress")
    app.selectbox(key="progress_metric").set_value("precision").run()
    assert len(figures(app)) == 1
    assert "Precision was not recorded in this run." in texts(app)
