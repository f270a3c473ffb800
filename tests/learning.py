"""What a module learns of maps in one step, and whether that is what another one learns."""

import torch
from torch import nn


def learned(module, maps: torch.Tensor, layer: nn.Module, asks_maps: bool = True) -> dict[str, torch.Tensor]:
    """What a module makes of maps, and the gradients of a layer's weights and, where they are asked for, of the maps."""
    layer.zero_grad()
    maps = maps.clone().requires_grad_(asks_maps)
    out = module(maps)
    out.backward(torch.randn(out.shape, generator=torch.Generator().manual_seed(1)).to(out.dtype))
    gradients = {name: weight.grad.clone() for name, weight in layer.named_parameters()}
    return {"out": out.detach(), **gradients, **({"maps": maps.grad} if asks_maps else {})}


def assert_near(found: dict[str, torch.Tensor], expected: dict[str, torch.Tensor], bearable: float) -> None:
    """Assert that no number is further from that expected than `bearable` times the largest."""
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        assert found[name].shape == values.shape
        assert float((found[name] - values).abs().max()) <= bearable * float(values.abs().max()), name
