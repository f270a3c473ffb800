"""A training learns, stops, keeps and tells as its settings say."""

import copy

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, f1_score, log_loss, precision_score, recall_score, roc_auc_score
from torch import nn

from core.errors import RecipeError
from core.training.history import Silence
from core.training.samples import Samples
from tests.core.training.small_trainings import module_of, numbers, trainer_of, training_of

SETTINGS = {"max_epochs": 4, "batch_size": 16, "learning_rate": 0.02, "schedule": "constant"}


class Listener(Silence):
    """Notes what it is told."""

    def __init__(self):
        self.told, self.epochs = [], []

    def progress(self, progress):
        self.told.append(progress)

    def epoch(self, record):
        self.epochs.append(record.epoch)


def scores_of(module: nn.Module, x: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return module.eval()(torch.from_numpy(x)).sigmoid().numpy()


@pytest.mark.parametrize("optimizer", ["adamw", "adam", "sgd", "rmsprop"])
@pytest.mark.parametrize("loss", ["auto", "focal", "f1"])
def test_what_can_be_learned_is_learned_by_every_rule_and_loss(optimizer, loss):
    module, test = module_of(), numbers(200, seed=2)
    training = training_of(**SETTINGS | {"max_epochs": 12, "beta2": 0.95}, optimizer=optimizer, loss=loss)
    trainer_of(module, training).fit(numbers(160), numbers(40, seed=1))
    assert roc_auc_score(test.y, scores_of(module, test.x)) > 0.95


@pytest.mark.parametrize("loss", ["auto", "cross_entropy", "focal", "f1", "bce"])
def test_classes_are_learned_by_every_loss(loss):
    module, test = module_of(outputs=3), numbers(200, 3, seed=2, task="multiclass")
    training = training_of(**SETTINGS | {"max_epochs": 15}, loss=loss)
    sets = numbers(300, 3, task="multiclass"), numbers(40, 3, seed=1, task="multiclass")
    trainer_of(module, training, "multiclass").fit(*sets)
    assert accuracy_score(test.y.argmax(1), scores_of(module, test.x).argmax(1)) > 0.8


def test_the_record_of_an_epoch_holds_what_the_kept_weights_say_of_validation():
    module, val = module_of(outputs=3), numbers(90, 3, seed=1)
    record = trainer_of(module, training_of(**SETTINGS)).fit(numbers(160, 3), val)[-1]
    y_score = scores_of(module, val.x)
    decided = y_score >= 0.5
    assert record.val_loss == pytest.approx(np.mean([log_loss(val.y[:, n], y_score[:, n].astype(float)) for n in range(3)]), rel=1e-5)
    assert record.val_roc_auc == pytest.approx(roc_auc_score(val.y, y_score))
    assert record.val_accuracy == pytest.approx((decided == val.y).mean())
    for name, metric in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        assert getattr(record, f"val_{name}") == pytest.approx(metric(val.y, decided, average="macro", zero_division=0))


def test_the_record_of_an_epoch_holds_what_was_trained_on():
    """With a rate of nearly zero and no dropout, the batches are scored by the weights at the end too."""
    torch.manual_seed(0)
    module, train = nn.Linear(6, 1), numbers(160)
    record = trainer_of(module, training_of(**SETTINGS | {"learning_rate": 1e-6, "max_epochs": 1})).fit(train, numbers(20, seed=1))[0]
    y_score = scores_of(module, train.x)
    assert record.train_loss == pytest.approx(log_loss(train.y, y_score.astype(float)), abs=1e-4)
    assert record.train_accuracy == pytest.approx(accuracy_score(train.y, y_score >= 0.5))
    assert record.train_f1 == pytest.approx(f1_score(train.y, y_score >= 0.5))


def test_the_penalty_is_part_of_both_losses():
    torch.manual_seed(0)
    plain, module = nn.Linear(6, 1), nn.Linear(6, 1)
    module.load_state_dict(plain.state_dict())
    settings = SETTINGS | {"learning_rate": 1e-6, "max_epochs": 1}
    without = trainer_of(plain, training_of(**settings)).fit(numbers(160), numbers(20, seed=1))[0]
    record = trainer_of(module, training_of(**settings, l2_kernel=0.5)).fit(numbers(160), numbers(20, seed=1))[0]
    added = 0.5 * float(module.weight.detach().square().sum())
    assert record.train_loss - without.train_loss == pytest.approx(added, abs=1e-3)
    assert record.val_loss - without.val_loss == pytest.approx(added, abs=1e-3)


def noise(count: int, seed: int) -> Samples:
    random = np.random.default_rng(seed)
    return Samples(random.normal(size=(count, 6)).astype(np.float32), random.integers(0, 2, (count, 1)).astype(np.float32))


@pytest.mark.parametrize("monitor", ["auto", "val_loss", "train_loss"])
def test_what_cannot_be_learned_is_stopped_unless_the_monitored_value_still_falls(monitor):
    trainer = trainer_of(module_of(), training_of(**SETTINGS | {"max_epochs": 12, "learning_rate": 0.1}, patience=2, monitor=monitor))
    history = trainer.fit(noise(32, 0), noise(32, 1))
    losses = [getattr(one, "train_loss" if monitor == "train_loss" else "val_loss") for one in history]
    assert len(history) < 12 and int(np.argmin(losses)) == len(losses) - 3
    assert trainer.details()["stopped_early"]


def test_best_keeps_the_weights_of_the_best_epoch_by_the_monitored_value():
    module, val = module_of(), noise(60, 1)
    trainer = trainer_of(module, training_of(**SETTINGS | {"max_epochs": 8}, keep="best", monitor="val_loss"))
    losses = [one.val_loss for one in trainer.fit(noise(64, 0), val)]
    assert log_loss(val.y, scores_of(module, val.x).astype(float)) == pytest.approx(min(losses), rel=1e-5)
    best = int(np.argmin(losses)) + 1
    assert best < 8 and trainer.details() == {"best_epoch": best, "kept_epoch": best, "stopped_early": False}


def test_plateau_lowers_the_rate_where_the_value_stands_still():
    training = training_of(**SETTINGS | {"max_epochs": 8, "schedule": "plateau"}, plateau_factor=0.1, plateau_patience=1)
    history = trainer_of(module_of(), training).fit(noise(32, 0), noise(32, 1))
    expected, best = [0.02], np.inf
    for one in history[:-1]:
        expected.append(expected[-1] * (1 if one.val_loss < best - 1e-4 else 0.1))
        best = min(best, one.val_loss) if one.val_loss < best - 1e-4 else best
    assert [one.learning_rate for one in history] == pytest.approx(expected) and expected[-1] < 0.02


def test_the_mean_of_the_weights_is_scored_and_kept():
    module, val = module_of(), numbers(50, seed=1)
    trainer = trainer_of(module, training_of(**SETTINGS, ema=0.99))
    means = []

    def averaged() -> None:
        trained = [weight.detach().clone() for weight in module.parameters()]
        if not means:
            means.extend(copy.deepcopy(start))
        averaged.steps += 1
        memory = min(0.99, (1 + averaged.steps) / (10 + averaged.steps))
        for mean, weight in zip(means, trained, strict=True):
            mean.copy_(memory * mean + (1 - memory) * weight)

    averaged.steps = 0
    start = [weight.detach().clone() for weight in module.parameters()]
    trainer.optimizer.torch.register_step_post_hook(lambda *_: averaged())
    record = trainer.fit(numbers(160), val)[-1]
    for weight, mean in zip(module.parameters(), means, strict=True):
        assert torch.allclose(weight, mean, atol=1e-5)
    assert log_loss(val.y, scores_of(module, val.x).astype(float)) == pytest.approx(record.val_loss, rel=1e-5)


def test_a_loss_that_is_no_number_ends_the_training_with_a_remedy():
    endless = Samples(np.full((32, 6), np.inf, np.float32), np.ones((32, 1), np.float32))
    with pytest.raises(RecipeError, match="the loss is no number in epoch 1. Lower learning_rate"):
        trainer_of(nn.Linear(6, 1), training_of(**SETTINGS)).fit(endless, numbers(8))


def test_scores_that_are_no_number_end_it_too():
    val = Samples(np.full((8, 6), np.nan, np.float32), numbers(8).y)
    with pytest.raises(RecipeError, match="scores of validation images are no number in epoch 1. Lower learning_rate"):
        trainer_of(module_of(), training_of(**SETTINGS)).fit(numbers(64), val)


def test_the_monitor_hears_the_first_step_every_end_of_an_epoch_and_no_flood_between():
    listener = Listener()
    trainer_of(module_of(), training_of(**SETTINGS | {"max_epochs": 2, "batch_size": 2}), monitor=listener).fit(numbers(400), numbers(8))
    assert listener.told[0].done == 1 and {200, 400} <= {one.done for one in listener.told}
    assert len(listener.told) < 200 and {one.total for one in listener.told} == {400}
    assert listener.epochs == [1, 2]


def test_the_mean_score_of_all_views_is_validated():
    module, val = module_of(), numbers(50, seed=1)
    trainer = trainer_of(module, training_of(**SETTINGS | {"max_epochs": 1}))
    trainer.task = type(trainer.task)("multilabel", trainer.task.prepare, lambda x: [x, -x, x.flip(1)], trainer.task.random)
    record = trainer.fit(numbers(160), val)[0]
    views = [scores_of(module, x) for x in (val.x, -val.x, val.x[:, ::-1].copy())]
    assert record.val_roc_auc == pytest.approx(roc_auc_score(val.y, np.mean(views, axis=0)), abs=1e-6)
