"""The rates of a run are those of torch's own schedules, and of straight lines where torch has none."""

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler

from core.training.rate import Plateau, momentum_at, rate_at, rates
from tests.core.training.small_trainings import training_of


def torch_rates(optimizer, schedule, steps: int, part: str = "lr") -> list[float]:
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0][part] if part == "lr" else optimizer.param_groups[0]["betas"][0])
        optimizer.step()
        schedule.step()
    return found


def adam(rate: float = 0.02):
    return torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=rate)


@pytest.mark.parametrize("epochs", [1, 2, 3, 20])
def test_one_cycle_moves_rate_and_momentum_as_torch_does(epochs):
    training, steps = training_of(schedule="one_cycle", learning_rate=0.02, max_epochs=epochs), epochs * 2
    for part, found in (("lr", rates(training, 2)), ("beta1", [momentum_at(training, 0.9, step, 2) for step in range(steps)])):
        optimizer = adam()
        schedule = lr_scheduler.OneCycleLR(optimizer, 0.02, total_steps=steps + 1, pct_start=0.25 if steps >= 4 else 0.0)
        assert np.allclose(found, torch_rates(optimizer, schedule, steps, part), rtol=1e-9)


def test_cosine_falls_as_torch_does():
    training, optimizer = training_of(schedule="cosine", learning_rate=0.02, max_epochs=5), adam()
    expected = torch_rates(optimizer, lr_scheduler.CosineAnnealingLR(optimizer, T_max=35), 35)
    assert np.allclose(rates(training, 7), expected, rtol=1e-9)


def test_constant_stays():
    assert rates(training_of(schedule="constant", learning_rate=0.02, max_epochs=3), 4) == [0.02] * 12


@pytest.mark.parametrize("schedule", ["constant", "cosine", "plateau"])
def test_warming_up_rises_from_zero_in_a_straight_line_and_then_the_schedule_begins(schedule):
    settings = {"schedule": schedule, "learning_rate": 0.1}
    found = rates(training_of(**settings, max_epochs=4, warm_up_epochs=1.5), 10)
    assert np.allclose(found[:15], np.arange(1, 16) / 15 * 0.1)
    assert np.allclose(found[15:], rates(training_of(**settings, max_epochs=1), 25))


def test_a_warm_up_longer_than_the_run_only_rises():
    found = rates(training_of(schedule="cosine", learning_rate=0.1, max_epochs=2, warm_up_epochs=4), 5)
    assert np.allclose(found, np.arange(1, 11) / 20 * 0.1)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.99])
def test_a_cycled_momentum_stays_around_its_setting_and_below_one(momentum):
    training = training_of(schedule="one_cycle", max_epochs=10)
    found = [momentum_at(training, momentum, step, 10) for step in range(100)]
    assert 0 <= min(found) <= momentum <= max(found) < 1
    assert momentum_at(training_of(schedule="cosine"), momentum, 3, 10) == momentum


def test_a_step_of_a_long_run_is_found_without_the_others():
    training = training_of(schedule="cosine", learning_rate=0.1, max_epochs=1000)
    assert rate_at(training, 50_000_000, 100_000) == pytest.approx(0.05)


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_plateau_lowers_the_rate_when_torch_does(patience):
    values = np.random.default_rng(2).uniform(0.3, 0.5, 40).tolist()
    optimizer, plateau = adam(1.0), Plateau(0.5, patience)
    # torch waits `patience` epochs and lowers the rate in the next one; Keras, and so the published recipes, in the last of them.
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=patience - 1, threshold=1e-4, threshold_mode="abs", eps=0)
    for value in values:
        plateau.see(value)
        schedule.step(value)
        assert plateau.share == pytest.approx(optimizer.param_groups[0]["lr"])
    assert plateau.share < 1
