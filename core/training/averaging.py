"""A running mean of the weights over the steps of a training, which often scores better than the weights themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


class Averaging:
    """The mean of what is trained in a module. With memory m, step t leaves m' of the old mean, m' = min(m, (1 + t) / (10 + t)).

    The lower memory of the first steps, which is TensorFlow's, lets the mean forget random weights. Without memory (0) there is no
    mean: everything here then leaves the module as it is. The running statistics of norms are averaged too, if the weights are trained
    that they belong to: those of the last step do not suit weights that lag behind it.
    """

    def __init__(self, module: nn.Module, memory: float):
        self._memory = memory
        self._weights = _averaged(module) if memory else []
        self._means = [weight.detach().clone() for weight in self._weights]
        self._steps = 0

    @torch.no_grad()
    def step(self) -> None:
        """Take the weights after a step into the mean."""
        if not self._means:
            return
        self._steps += 1
        memory = min(self._memory, (1 + self._steps) / (10 + self._steps))
        torch._foreach_lerp_(self._means, self._weights, 1 - memory)

    @contextmanager
    def used(self) -> Iterator[None]:
        """The module has the means as its weights here, and its own again afterwards."""
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def settle(self) -> None:
        """Leave the means in the module for good; they are no longer averaged."""
        self._swap()
        self._weights, self._means = [], []

    def state(self) -> dict:
        """What `restore` needs."""
        return {"means": self._means, "steps": self._steps}

    def restore(self, state: dict) -> None:
        """Go on from a kept state of the same module."""
        self._steps = state["steps"]
        for mean, kept in zip(self._means, state["means"], strict=True):
            mean.copy_(kept)

    def _swap(self) -> None:
        for number, weight in enumerate(self._weights):
            weight.data, self._means[number] = self._means[number], weight.data


def _averaged(module: nn.Module) -> list[torch.Tensor]:
    """What training moves: trained weights, and the statistics of norms among them."""
    weights = [weight for weight in module.parameters() if weight.requires_grad]
    norms = [part for part in module.modules() if any(weight.requires_grad for weight in part.parameters(recurse=False))]
    return weights + [one for part in norms for one in part.buffers(recurse=False) if one.is_floating_point()]
