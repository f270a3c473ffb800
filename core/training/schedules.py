"""How the learning rate moves over a run, and the rule that moves the weights."""

import torch
from torch import nn
from torch.optim import lr_scheduler

from core.recipe import Training

_WARM_UP = 0.25  # share of a one-cycle run in which the rate rises
_FEWEST_TO_WARM_UP = 4  # steps; a shorter run only falls, and at 3 torch would divide by zero


def build_optimizer(module: nn.Module, training: Training) -> torch.optim.Optimizer:
    """The optimizer of the trainable weights; norms and biases are not pulled towards zero."""
    parameters = [weight for weight in module.parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for weight in parameters if weight.ndim > 1], "weight_decay": training.weight_decay},
        {"params": [weight for weight in parameters if weight.ndim <= 1], "weight_decay": 0.0},
    ]
    if training.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=training.learning_rate, momentum=0.9, nesterov=True)
    kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[training.optimizer]
    return kind(groups, lr=training.learning_rate)


def build_schedule(optimizer: torch.optim.Optimizer, training: Training, steps: int) -> lr_scheduler.LRScheduler:
    """The schedule over `steps` steps, stepped once after each."""
    if training.schedule == "one_cycle":
        warm_up = _WARM_UP if steps >= _FEWEST_TO_WARM_UP else 0.0
        return lr_scheduler.OneCycleLR(optimizer, training.learning_rate, total_steps=steps + 1, pct_start=warm_up)
    if training.schedule == "cosine":
        return lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
    return lr_scheduler.LambdaLR(optimizer, lambda step: 1.0)
