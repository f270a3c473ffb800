"""What a module learns of maps in one step, and whether that is what another one learns."""

from collections.abc import Callable

import torch
from torch import nn

Learned = dict[str, torch.Tensor]


def learned(
    module: Callable[[torch.Tensor], torch.Tensor], maps: torch.Tensor, layer: nn.Module | None = None,
    pulls: torch.Tensor | None = None, asks_maps: bool = True,
) -> Learned:  # fmt: skip
    """What a module makes of maps in training, all gradients, and what its norms remember; `layer` has the weights if it is no module.

    Without `pulls`, the gradient of what comes out, a random one is taken, always the same.
    """
    layer = layer or module
    layer.zero_grad()
    maps = maps.clone().requires_grad_(asks_maps)
    out = module(maps)
    if pulls is None:
        pulls = torch.randn(out.shape, generator=torch.Generator().manual_seed(1))
    out.backward(pulls.to(out.dtype))
    gradients = {name: weight.grad.clone() for name, weight in layer.named_parameters()}
    return {"out": out.detach(), **gradients, **dict(layer.named_buffers()), **({"maps": maps.grad} if asks_maps else {})}


def assert_near(found: Learned, expected: Learned, bearable: float) -> None:
    """Assert that no number is further from that expected than `bearable` times the largest."""
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].shape == values.shape
        assert float((found[name] - values).abs().max()) <= bearable * float(values.abs().max()), name


def assert_same_for_any_threads(learn: Callable[[], Learned]) -> None:
    """Assert that one, two and three of torch's threads learn the same, to the last bit."""
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            found.append(learn())
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert other.keys() == found[0].keys()
        assert all(torch.equal(other[name], values) for name, values in found[0].items())
