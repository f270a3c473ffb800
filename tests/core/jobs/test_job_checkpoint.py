"""The checkpoint of a job, and what is told beside it."""

import resource

import pytest
import torch

from core.jobs.epoch_log import EpochLog
from core.jobs.job_checkpoint import JobCheckpoint
from core.jobs.job_folder import JobFolder
from core.training.history import CancelledError, EpochRecord

ROOM = 2**21  # bytes that a file may have in `little_room`


def state(epochs: int, numbers: int = 10) -> dict:
    history = [vars(EpochRecord(epoch, 1.0, 100.0, 0.001, 0.7, 0.8, 0.5, None)) for epoch in range(1, epochs + 1)]
    return {"history": history, "module": {"weight": torch.full((numbers,), float(epochs))}}


@pytest.fixture
def checkpoint(queue, submit, root) -> JobCheckpoint:
    submit("a")
    JobFolder(root, "a").begin_attempt()
    return JobCheckpoint(queue, queue.claim(1))


@pytest.fixture
def little_room():
    """No file of this process may grow beyond ROOM, which ends a write as a full disk does: with an OSError in its midst."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_state_comes_back_and_the_queue_knows_how_far_it_is(checkpoint, queue):
    checkpoint.save(state(3))
    assert checkpoint.load()["module"]["weight"].tolist() == [3.0] * 10
    assert queue.get("a").epochs_kept == 3


def test_loading_makes_the_live_curves_those_of_the_state(checkpoint, root):
    log = EpochLog(JobFolder(root, "a").history)
    checkpoint.save(state(2))
    log.append(EpochRecord(1, 1.0, 100.0, 0.001, 0.7, 0.8, 0.5, None))
    checkpoint.load()
    assert [record.epoch for record in log.records()] == [1, 2]
    log.append(EpochRecord(3, 1.0, 100.0, 0.001, 0.7, 0.8, 0.5, None))
    checkpoint.load()
    assert [record.epoch for record in log.records()] == [1, 2]


def test_a_damaged_checkpoint_is_none_and_the_curves_begin_again(checkpoint, root):
    EpochLog(JobFolder(root, "a").history).append(EpochRecord(1, 1.0, 100.0, 0.001, 0.7, 0.8, 0.5, None))
    for damage in (b"", b"no archive", b"PK\x03\x04 half an archive"):
        checkpoint.file.write_bytes(damage)
        assert checkpoint.load() is None
        assert EpochLog(JobFolder(root, "a").history).records() == []


def test_a_state_that_the_disk_does_not_take_is_told_and_the_old_one_stays(checkpoint, queue, root, little_room, capsys):
    checkpoint.save(state(2))
    checkpoint.save(state(3, numbers=2 * ROOM))
    job = queue.get("a")
    assert (job.state, job.epochs_kept) == ("running", 2)
    assert job.note.startswith("The last checkpoint could not be written (File too large). The training goes on; ")
    assert job.note.endswith("it would resume after epoch 2. Make room.")
    assert job.note in capsys.readouterr().out
    assert checkpoint.load()["module"]["weight"].tolist() == [2.0] * 10
    assert [file.name for file in JobFolder(root, "a").path.glob("checkpoint*")] == ["checkpoint.pt"]


def test_a_remark_on_a_full_disk_goes_when_there_is_room_again(checkpoint, queue, root, little_room):
    checkpoint.save(state(3, numbers=2 * ROOM))
    assert queue.get("a").note
    checkpoint.save(state(4))
    assert (queue.get("a").note, queue.get("a").epochs_kept) == ("", 4)


def test_an_attempt_that_was_overtaken_keeps_nothing(checkpoint, queue):
    checkpoint.save(state(1))
    queue.bury("a", 1, "taken for dead")
    queue.claim(1)
    with pytest.raises(CancelledError):
        checkpoint.save(state(2))
    assert len(checkpoint.load()["history"]) == 1
