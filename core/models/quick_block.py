"""Modules one after the other, of which in training on a processor those are taken in quicker ways that have one.

Neighbours together by `core.models.quick_norm` and `core.models.grey_maxima`, convolutions by `core.models.winograd`.
"""

from collections.abc import Callable
from math import inf

import torch
from torch import nn

from core.models import grey_maxima, winograd
from core.models.dropout import Dropout
from core.models.quick_norm import Bend, Window, is_learning, is_quick, maxima, maxima_normed, normed, normed_maxima

Step = Callable[[torch.Tensor], torch.Tensor]


class QuickBlock(nn.Sequential):
    """The same values as `nn.Sequential` gives, to some 1e-5 of the largest, and the same weights by the same names."""

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        modules = list(self)
        while modules:
            step, count = _next_step(modules, maps) if self.training and is_quick(maps) else (modules[0], 1)
            maps, modules = step(maps), modules[count:]
        return maps


def _next_step(modules: list[nn.Module], maps: torch.Tensor) -> tuple[Step, int]:
    """What the first modules do together to maps, and how many they are."""
    if grey_maxima.suits(modules[0], [*modules[1:], None][0], maps):
        return lambda maps: grey_maxima.maxima(maps, modules[0]), 2
    if winograd.suits(modules[0], maps):
        return lambda maps: winograd.convolved(maps, modules[0]), 1
    window = Window.of(modules[0])
    if window is not None:
        return _maxima_step(window, modules[1:])
    is_bent = isinstance(modules[0], nn.ReLU)
    norm, *after = modules[is_bent:] or [None]
    if not is_learning(norm):
        return modules[0], 1
    step, count = _norm_step(norm, after, 0.0 if is_bent else -inf)
    return step, is_bent + 1 + count


def _maxima_step(window: Window, after: list[nn.Module]) -> tuple[Step, int]:
    """What maxima and the modules after them do together, and how many all are."""
    is_bent = bool(after) and isinstance(after[0], nn.ReLU)
    norm, second = [*after[is_bent:], None, None][:2]
    if not is_learning(norm):
        return lambda maps: maxima(maps, window), 1
    drop = _dropping(second)
    return lambda maps: maxima_normed(maps, norm, 0.0 if is_bent else -inf, window, drop), is_bent + 2 + (drop is not None)


def _norm_step(norm: nn.BatchNorm2d, after: list[nn.Module], floor: float) -> tuple[Step, int]:
    """What a norm does together with modules after it, and how many these are."""
    first, second = [*after, None, None][:2]
    window, is_bent = Window.of(first), isinstance(first, nn.ReLU)
    drop = _dropping(second if window or is_bent else first)
    count = (window is not None) + is_bent + (drop is not None)
    if window is not None:
        return lambda maps: normed_maxima(maps, norm, floor, window, drop), count
    return lambda maps: normed(maps, norm, Bend(floor, 0.0 if is_bent else -inf), drop), count


def _dropping(module: nn.Module | None) -> nn.Module | None:
    return module if isinstance(module, Dropout | nn.Dropout2d) and module.training and module.p else None
