"""The weights move by torch's own rules with the settings of the recipe, each parameter at its share of the rate."""

import pytest
import torch
from torch import nn

from core.training.averaging import Averaging
from core.training.optimizer import Optimizer
from tests.core.training.small_trainings import CPU, training_of

CONSTANT = {
    "schedule": "constant",
    "learning_rate": 0.05,
    "weight_decay": 0.1,
    "momentum": 0.8,
    "beta1": 0.7,
    "beta2": 0.95,
    "epsilon": 1e-6,
}


class TwoSpeeds(nn.Module):
    """A body that learns at a tenth of the rate, and a head."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(1)
        self.body, self.head = nn.Linear(3, 3), nn.Linear(3, 2)

    def rates(self):
        return [(0.1, list(self.body.parameters())), (1.0, list(self.head.parameters()))]


def expected_optimizer(name: str, module: nn.Module) -> torch.optim.Optimizer:
    groups = []
    for rate, part in ((0.005, module.body), (0.05, module.head)):
        groups += [{"params": [part.weight], "lr": rate, "weight_decay": 0.1}, {"params": [part.bias], "lr": rate, "weight_decay": 0.0}]
    return {
        "adamw": lambda: torch.optim.AdamW(groups, betas=(0.7, 0.95), eps=1e-6),
        "adam": lambda: torch.optim.Adam(groups, betas=(0.7, 0.95), eps=1e-6),
        "sgd": lambda: torch.optim.SGD(groups, momentum=0.8, nesterov=True),
        "rmsprop": lambda: torch.optim.RMSprop(groups, alpha=0.95, eps=1e-6, momentum=0.8),
    }[name]()


def push(module: nn.Module) -> None:
    x = torch.tensor([[1.0, -2.0, 0.5], [0.3, 0.2, -1.0]])
    module.head(module.body(x)).square().sum().backward()


@pytest.mark.parametrize("name", ["adamw", "adam", "sgd", "rmsprop"])
def test_each_rule_moves_the_weights_as_torch_does(name):
    mine, other = TwoSpeeds(), TwoSpeeds()
    optimizer, expected = Optimizer(mine, training_of(**CONSTANT, optimizer=name), CPU), expected_optimizer(name, other)
    for number in range(4):
        push(mine)
        push(other)
        assert optimizer.step(number, 10) == 0.05
        expected.step()
        expected.zero_grad()
    for found, wanted in zip(mine.parameters(), other.parameters(), strict=True):
        assert torch.allclose(found, wanted, rtol=1e-5, atol=1e-7)


def test_sgd_without_momentum_is_plain():
    module = TwoSpeeds()
    before = module.head.bias.detach().clone()
    push(module)
    gradient = module.head.bias.grad.clone()
    Optimizer(module, training_of(**CONSTANT | {"momentum": 0.0}, optimizer="sgd"), CPU).step(0, 10)
    assert torch.allclose(module.head.bias, before - 0.05 * gradient)


def test_a_long_gradient_is_cut_to_the_norm_and_a_short_one_left():
    for clip_norm, factor in ((0.5, None), (1e3, 1.0)):
        module = TwoSpeeds()
        before = [weight.detach().clone() for weight in module.parameters()]
        push(module)
        gradients = [weight.grad.clone() for weight in module.parameters()]
        norm = torch.cat([one.flatten() for one in gradients]).norm()
        settings = CONSTANT | {"momentum": 0.0, "weight_decay": 0.0, "clip_norm": clip_norm}
        Optimizer(module, training_of(**settings, optimizer="sgd"), CPU).step(0, 10)
        for weight, old, gradient, share in zip(module.parameters(), before, gradients, (0.1, 0.1, 1, 1), strict=True):
            assert torch.allclose(weight, old - 0.05 * share * gradient * (factor or 0.5 / norm), atol=1e-6)


def test_frozen_parameters_do_not_move():
    module = nn.Sequential(nn.Linear(3, 3).requires_grad_(False), nn.Linear(3, 1))
    frozen = module[0].weight.clone()
    module(torch.ones(2, 3)).sum().backward()
    Optimizer(module, training_of(), CPU).step(0, 10)
    assert torch.equal(module[0].weight, frozen)


def test_a_running_mean_of_weights_forgets_as_its_memory_says():
    module = nn.Linear(1, 1, bias=False)
    averaging, expected = Averaging(module, 0.5), float(module.weight.detach())
    for step, value in enumerate((1.0, 5.0, -2.0, 4.0, 4.0, 3.0, 1.0, 0.0, 2.0, 9.0), start=1):
        nn.init.constant_(module.weight, value)
        averaging.step()
        memory = min(0.5, (1 + step) / (10 + step))
        expected = memory * expected + (1 - memory) * value
    with averaging.used():
        assert float(module.weight.detach()) == pytest.approx(expected, rel=1e-5)
    assert float(module.weight.detach()) == 9.0


def test_the_statistics_of_trained_norms_are_averaged_with_the_weights_and_those_of_frozen_ones_stay():
    module = nn.Sequential(nn.BatchNorm1d(1), nn.BatchNorm1d(1).requires_grad_(False))
    averaging = Averaging(module, 0.1)
    for norm in module:
        norm.running_mean.fill_(10.0)
    averaging.step()
    with averaging.used():
        assert [round(float(norm.running_mean), 3) for norm in module] == [9.0, 10.0]
        assert [int(norm.num_batches_tracked) for norm in module] == [0, 0]
    assert [float(norm.running_mean) for norm in module] == [10.0, 10.0]


def test_without_memory_the_weights_are_used_as_they_are():
    module = nn.Linear(1, 1)
    averaging, before = Averaging(module, 0.0), module.weight
    averaging.step()
    with averaging.used():
        assert module.weight is before
