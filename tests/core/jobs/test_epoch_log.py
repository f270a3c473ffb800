"""The file of finished epochs: what a kill, a full disk or a resume leaves in it."""

import pytest

from core.jobs.epoch_log import EpochLog
from core.training.history import EpochRecord


def record(epoch: int, train_loss: float = 0.7) -> EpochRecord:
    return EpochRecord(epoch, 1.0, 100.0, 0.001, train_loss, 0.8, 0.5, None)


@pytest.fixture
def log(tmp_path) -> EpochLog:
    return EpochLog(tmp_path / "history.jsonl")


def test_epochs_come_back_in_order(log):
    for epoch in (1, 2, 3):
        log.append(record(epoch))
    assert log.records() == [record(1), record(2), record(3)]


def test_an_epoch_that_is_told_again_takes_the_place_of_the_first_and_of_all_later(log):
    for epoch in (1, 2, 3):
        log.append(record(epoch))
    log.append(record(2, train_loss=0.1))
    assert log.records() == [record(1), record(2, train_loss=0.1)]
    log.append(record(1))
    assert log.records() == [record(1)]


def test_an_epoch_after_a_half_written_line_is_not_lost(log):
    log.append(record(1))
    with log.file.open("a") as stream:
        stream.write('{"epoch": 2, "seco')
    assert log.records() == [record(1)]
    log.append(record(2))
    assert log.records() == [record(1), record(2)]


def test_a_log_begins_with_what_it_is_given_and_nothing_else(log):
    log.append(record(9))
    log.begin_with([record(1), record(2)])
    assert log.records() == [record(1), record(2)]
    log.begin_with([])
    assert log.records() == []
