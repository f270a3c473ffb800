"""A training that was interrupted ends with the weights, bit by bit, of one that was not; and the same seed with the same scores."""

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from core.models.classifier import Labelled
from core.models.registry import build_classifier
from core.recipe import build
from core.training.checkpoint import Checkpoint
from core.training.history import CancelledError, Silence
from tests.core.training.small_trainings import module_of, numbers, trainer_of, training_of

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = {"max_epochs": 6, "batch_size": 16, "learning_rate": 0.02}


class Stopping(Silence):
    """Stops the training when an epoch has ended."""

    def __init__(self, epoch: int):
        self._last = epoch

    def epoch(self, record):
        if record.epoch == self._last:
            raise CancelledError


class Interrupting(Silence):
    """Stops the training in the middle of an epoch, some steps after the checkpoint."""

    def __init__(self, done: int):
        self._done = done

    def progress(self, progress):
        if progress.phase.startswith("epoch") and progress.done >= self._done:
            raise CancelledError


@pytest.mark.parametrize(
    "settings",
    [
        {"optimizer": "adamw", "schedule": "one_cycle", "ema": 0.9},
        {"optimizer": "sgd", "schedule": "cosine", "warm_up_epochs": 1, "keep": "best"},
        {"optimizer": "rmsprop", "schedule": "plateau", "plateau_factor": 0.5, "keep": "best", "ema": 0.99, "monitor": "val_loss"},
        {"optimizer": "adam", "schedule": "constant", "patience": 2, "learning_rate": 0.3, "clip_norm": 0.5},
    ],
)
@pytest.mark.parametrize("epoch", [1, 3, 6])
def test_whatever_is_set_a_resumed_training_ends_as_an_uninterrupted_one(settings, epoch, tmp_path):
    sets, training = (numbers(100, 2), numbers(40, 2, seed=1)), training_of(**SETTINGS | settings)
    whole = module_of(2)
    history = trainer_of(whole, training, noise=0.3).fit(*sets)
    checkpoint, module = Checkpoint(tmp_path / "checkpoint"), module_of(2)
    stopped = False
    try:
        trainer_of(module, training, monitor=Stopping(epoch), noise=0.3).fit(*sets, checkpoint, "same")
    except CancelledError:
        stopped = True
    assert stopped == (epoch <= len(history))
    torch.manual_seed(99)  # another process begins elsewhere
    module = module_of(2, seed=5)
    resumed = trainer_of(module, training, noise=0.3).fit(*sets, checkpoint, "same")
    assert _plain(resumed) == _plain(history)
    for name, value in whole.state_dict().items():
        assert torch.equal(value, module.state_dict()[name]), name


def _plain(history) -> list[dict]:
    return [{name: value for name, value in vars(record).items() if "second" not in name} for record in history]


def test_a_checkpoint_of_another_training_is_left_unread(tmp_path):
    checkpoint, training = Checkpoint(tmp_path / "checkpoint"), training_of(**SETTINGS)
    trainer_of(module_of(), training_of(**SETTINGS | {"max_epochs": 2})).fit(numbers(64), numbers(20), checkpoint, "one")
    module = module_of()
    assert len(trainer_of(module, training).fit(numbers(64), numbers(20), checkpoint, "other")) == 6
    fresh = module_of()
    trainer_of(fresh, training).fit(numbers(64), numbers(20))
    assert all(torch.equal(a, b) for a, b in zip(module.parameters(), fresh.parameters(), strict=True))


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off", None])
def test_a_checkpoint_that_cannot_be_read_is_none(content, tmp_path):
    file = tmp_path / "checkpoint"
    if content is not None:
        file.write_bytes(content)
    assert Checkpoint(file).load() is None


def blobs(count: int, seed: int) -> Labelled:
    """Noise, brighter on the left where the label is 1."""
    random = np.random.default_rng(seed)
    y = random.integers(0, 2, (count, 1)).astype(np.uint8)
    pixels = random.integers(0, 90, (count, 32, 32)).astype(np.uint8)
    pixels[y[:, 0] == 1, :, :16] += 40
    return Labelled(pixels, y, np.arange(count), ("blobs", str(count), str(seed)))


RECIPES = {
    "cnn": {"image_size": 32, "filters": 4, "blocks": 2, "dropout": 0.3, "noise": 0.1, "ema": 0.9, "flip_at_test": True},
    "lstm": {"image_size": 32, "hidden_size": 8, "layers": 2, "dropout": 0.3, "optimizer": "rmsprop", "schedule": "plateau"},
    "transfer": {"image_size": 32, "pretrained": False, "keep": "best", "flip_at_test": True},
    "thawed": {"image_size": 32, "backbone": "test_resnet", "pretrained": False, "trainable": "all", "freeze_epochs": 2, "ema": 0.9},
}


def scores_of(family: str, root: Path, checkpoint: Checkpoint | None = None, monitor=None) -> np.ndarray:
    recipe = build("transfer" if family == "thawed" else family, RECIPES[family] | {"max_epochs": 4, "batch_size": 16, "seed": 3})
    classifier = build_classifier(recipe, "binary", 1, root)
    classifier.fit(blobs(64, 0), blobs(32, 1), monitor or Silence(), checkpoint)
    return classifier.predict_proba(blobs(32, 1).pixels)


@pytest.mark.parametrize("family", RECIPES)
def test_a_run_goes_on_from_its_checkpoint_whatever_its_family(family, tmp_path):
    checkpoint = Checkpoint(tmp_path / "checkpoint")
    with pytest.raises(CancelledError):
        scores_of(family, tmp_path, checkpoint, Interrupting(done=11))
    assert 1 <= len(checkpoint.load()["history"]) < 4
    told = []
    monitor = Silence()
    monitor.epoch = lambda record: told.append(record.epoch)
    resumed = scores_of(family, tmp_path, checkpoint, monitor)
    assert told and told[0] > 1
    assert np.array_equal(resumed, scores_of(family, tmp_path / "elsewhere"))


def test_the_same_seed_gives_the_same_scores_in_another_process(tmp_path):
    code = (
        "import hashlib, pathlib, sys; from tests.core.training.test_resume import scores_of\n"
        "print(hashlib.sha256(scores_of('cnn', pathlib.Path(sys.argv[1])).tobytes()).hexdigest())"
    )
    found = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == hashlib.sha256(scores_of("cnn", tmp_path).tobytes()).hexdigest()
