"""The scores of every epoch are kept as they were, through interruptions, full disks and limits of size."""

import resource

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from core.evaluation.epoch_scores import EpochScores
from core.training.checkpoint import Checkpoint
from core.training.history import CancelledError, Silence
from core.training.score_record import ScoreRecord
from tests.core.training.small_trainings import module_of, numbers, trainer_of, training_of

SETTINGS = {"max_epochs": 5, "batch_size": 16, "learning_rate": 0.02}
HALF = 2.0**-12  # of the step between float16 numbers below 1


class _Stopping(Silence):
    """Stops the training in the midst of an epoch, after its first steps, or when one has ended."""

    def __init__(self, epoch: int, in_the_midst: bool):
        self._epoch, self._in_the_midst = epoch, in_the_midst

    def progress(self, progress):
        if self._in_the_midst and progress.phase.startswith(f"epoch {self._epoch} "):
            raise CancelledError

    def epoch(self, record):
        if not self._in_the_midst and record.epoch == self._epoch:
            raise CancelledError


def recorded(file, training, module, monitor=None, checkpoint=None) -> EpochScores | None:
    record = ScoreRecord(file)
    trainer = trainer_of(module, training, monitor=monitor or Silence(), noise=0.3)
    trainer.fit(numbers(100, 2), numbers(40, 2, seed=1), checkpoint, "same", record)
    return record.scores()


def test_the_last_epoch_holds_what_the_network_says_of_validation(tmp_path):
    module, val = module_of(2), numbers(40, 2, seed=1)
    found = recorded(tmp_path / "record", training_of(**SETTINGS), module)
    with torch.inference_mode():
        y_score = module.eval()(torch.from_numpy(val.x)).sigmoid().numpy()
    assert found.epochs.tolist() == [1, 2, 3, 4, 5] and found.y_score.dtype == np.float16
    assert np.abs(found.y_score[-1] - y_score).max() <= HALF


def test_each_epoch_has_the_auc_of_its_history(tmp_path):
    record, val = ScoreRecord(tmp_path / "record"), numbers(40, 2, seed=1)
    history = trainer_of(module_of(2), training_of(**SETTINGS)).fit(numbers(100, 2), val, record=record)
    for one, y_score in zip(history, record.scores().y_score, strict=True):
        assert one.val_roc_auc == pytest.approx(roc_auc_score(val.y, y_score), abs=0.005)


@pytest.mark.parametrize(("epoch", "in_the_midst"), [(1, False), (3, False), (5, False), (2, True), (5, True)])
def test_a_resumed_training_has_the_record_of_an_uninterrupted_one(epoch, in_the_midst, tmp_path):
    training = training_of(**SETTINGS, ema=0.9, schedule="cosine")
    whole = recorded(tmp_path / "whole", training, module_of(2))
    broken, checkpoint = tmp_path / "broken", Checkpoint(tmp_path / "checkpoint")
    with pytest.raises(CancelledError):
        recorded(broken, training, module_of(2), _Stopping(epoch, in_the_midst), checkpoint)
    with broken.open("ab") as stream:
        stream.write(b"half a row")  # as a worker leaves it that is killed while it writes
    resumed = recorded(broken, training, module_of(2, seed=5), None, checkpoint)
    assert resumed.epochs.tolist() == [1, 2, 3, 4, 5] and np.array_equal(resumed.y_score, whole.y_score)


def test_scores_that_were_written_after_the_last_checkpoint_are_written_anew(tmp_path):
    record, rows = ScoreRecord(tmp_path / "record"), np.linspace(0, 1, 6).reshape(3, 2)
    record.begin(3, 2, 4, 0)
    for epoch in (1, 2, 3):
        record.append(epoch, rows / epoch)
    again = ScoreRecord(tmp_path / "record")
    again.begin(3, 2, 4, 2)
    again.append(3, rows * 0)
    assert again.scores().epochs.tolist() == [1, 2, 3] and not again.scores().y_score[2].any()
    assert np.array_equal(again.scores().y_score[1], (rows / 2).astype(np.float16))


def test_a_training_that_begins_anew_forgets_the_record(tmp_path):
    first = recorded(tmp_path / "record", training_of(**SETTINGS | {"seed": 0}), module_of(2))
    second = recorded(tmp_path / "record", training_of(**SETTINGS | {"max_epochs": 2}), module_of(2, seed=4))
    assert len(first.epochs) == 5 and second.epochs.tolist() == [1, 2]


def test_without_the_setting_nothing_is_kept_and_the_weights_are_the_same(tmp_path):
    silent = module_of(2)
    assert recorded(tmp_path / "none", training_of(**SETTINGS, epoch_scores=False), silent) is None
    telling = module_of(2)  # which begins its random numbers again
    assert recorded(tmp_path / "some", training_of(**SETTINGS), telling) is not None
    assert not (tmp_path / "none").exists()
    assert all(torch.equal(a, b) for a, b in zip(silent.parameters(), telling.parameters(), strict=True))


@pytest.mark.parametrize(("most_bytes", "kept"), [(10**9, [1, 2, 3, 4, 5, 6, 7]), (4 * 16, [2, 4, 6, 7]), (16, [7])])
def test_a_record_that_would_grow_too_large_keeps_every_second_or_third_epoch_and_the_last(most_bytes, kept, tmp_path):
    record = ScoreRecord(tmp_path / "record", most_bytes)
    record.begin(3, 2, 7, 0)  # 4 bytes for the epoch and 12 for its scores
    for epoch in range(1, 8):
        record.append(epoch, np.full((3, 2), epoch / 10))
    assert record.scores().epochs.tolist() == kept
    assert record.scores().y_score[:, 0, 0].tolist() == pytest.approx([epoch / 10 for epoch in kept], abs=1e-3)


def test_an_epoch_that_the_disk_does_not_take_is_left_out_and_said(tmp_path, capsys):
    record, before = ScoreRecord(tmp_path / "record"), resource.getrlimit(resource.RLIMIT_FSIZE)
    record.begin(100, 2, 3, 0)
    record.append(1, np.zeros((100, 2)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, before[1]))  # ends the write of a second row in its midst
    try:
        record.append(2, np.ones((100, 2)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "could not be kept (File too large). The training goes on." in capsys.readouterr().out
    record.append(3, np.full((100, 2), 0.5))
    found = record.scores()
    assert found.epochs.tolist() == [1, 3] and (found.y_score[1] == 0.5).all() and not found.y_score[0].any()


def test_a_record_comes_back_from_its_file(tmp_path):
    made = EpochScores(np.array([1, 3], np.int32), np.random.default_rng(0).random((2, 5, 3)).astype(np.float16))
    made.save(tmp_path / "scores.npz")
    again = EpochScores.load(tmp_path / "scores.npz")
    assert np.array_equal(again.epochs, made.epochs) and np.array_equal(again.y_score, made.y_score) and again.y_score.dtype == np.float16
