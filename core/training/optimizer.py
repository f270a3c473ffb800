"""The rule that moves the weights, and how fast each of them may move."""

import torch
from torch import nn

from core.recipe import Training
from core.training.device import Device
from core.training.rate import momentum_at, rate_at


class Optimizer:
    """The torch optimizer of a module, whose rate and momentum are set before each step.

    A module says by `rates()` which share of the learning rate each parameter has; one that does not, trains all at 1. Norms and biases
    are not pulled towards zero.
    """

    def __init__(self, module: nn.Module, training: Training, device: Device):
        self._training = training
        self.torch = _torch_optimizer(_groups(module, training), training, device)
        self._parameters = [weight for group in self.torch.param_groups for weight in group["params"]]

    def step(self, number: int, steps_per_epoch: int, share: float = 1.0) -> float:
        """Move the weights by their gradients and forget these; `share` lowers the schedule's rate, which is returned."""
        rate = share * rate_at(self._training, number, steps_per_epoch)
        for group in self.torch.param_groups:
            group["lr"] = rate * group["share"]
            self._set_momentum(group, number, steps_per_epoch)
        if self._training.clip_norm:
            nn.utils.clip_grad_norm_(self._parameters, self._training.clip_norm)
        self.torch.step()
        self.torch.zero_grad(set_to_none=True)
        return rate

    def _set_momentum(self, group: dict, number: int, steps_per_epoch: int) -> None:
        if "betas" in group:
            group["betas"] = (momentum_at(self._training, self._training.beta1, number, steps_per_epoch), group["betas"][1])
        else:
            group["momentum"] = momentum_at(self._training, self._training.momentum, number, steps_per_epoch)


def _groups(module: nn.Module, training: Training) -> list[dict]:
    rated = module.rates() if hasattr(module, "rates") else [(1.0, [one for one in module.parameters() if one.requires_grad])]
    groups = []
    for share, parameters in rated:
        pulled = [weight for weight in parameters if weight.ndim > 1]
        free = [weight for weight in parameters if weight.ndim <= 1]
        groups += [
            {"params": part, "weight_decay": decay, "share": share}
            for part, decay in ((pulled, training.weight_decay), (free, 0.0)) if part
        ]  # fmt: skip
    return groups


def _torch_optimizer(groups: list[dict], training: Training, device: Device) -> torch.optim.Optimizer:
    """Fused where torch has it: one pass over all weights instead of several per tensor."""
    rate, epsilon = training.learning_rate, training.epsilon
    if training.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=rate, momentum=training.momentum, nesterov=training.momentum > 0, fused=True)
    if training.optimizer == "rmsprop":
        return torch.optim.RMSprop(groups, lr=rate, alpha=training.beta2, eps=epsilon, momentum=training.momentum)
    kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[training.optimizer]
    return kind(groups, lr=rate, betas=(training.beta1, training.beta2), eps=epsilon, fused=True)
