"""Depthwise convolutions while training on a processor: torch's own, but for the gradient of their weights, which torch is slow at.

Where maps are padded on one side more than on the other, as TensorFlow pads them, torch copies them. Here the weights are padded instead:
a row of zeros before them has the same effect as a row of maps less.
"""

from functools import cache
from types import ModuleType

import torch
from torch import nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn.functional import pad

from core.models.map_memory import in_rows
from core.models.team import share

_SIZES = 3, 5  # places across of windows that the loop does in one go; torch is quick at the smaller ones where maps are padded evenly
_Pads = tuple[int, int]  # rows above and below, or columns before and after


def suits(convolution: nn.Conv2d, pads: tuple[_Pads, _Pads]) -> bool:
    """Whether a convolution of maps padded so, rows and columns, with zeros, learns quicker here."""
    channels, (size, across) = convolution.in_channels, convolution.kernel_size
    if not 1 < channels == convolution.out_channels == convolution.groups or size != across or size not in _SIZES:
        return False
    if convolution.dilation != (1, 1) or convolution.stride[0] != convolution.stride[1] or convolution.padding_mode != "zeros":
        return False
    return {after - before for before, after in pads} <= {0, 1} and (size > min(_SIZES) or _leads(pads) != (0, 0))


def convolved(maps: torch.Tensor, convolution: nn.Conv2d, pads: tuple[_Pads, _Pads]) -> torch.Tensor:
    """What a convolution that `suits` makes of maps (B, C, H, W)."""
    return _Depthwise.apply(maps, convolution.weight, convolution.bias, convolution.stride[0], pads)


def _leads(pads: tuple[_Pads, _Pads]) -> tuple[int, int]:
    """Rows and columns of zeros that stand before the weights."""
    return tuple(after - before for before, after in pads)


class _Depthwise(Function):
    @staticmethod
    def forward(ctx, maps, weight, bias, stride, pads):
        (_, below), (_, behind) = pads
        ahead, before = _leads(pads)
        led = pad(weight, (before, 0, ahead, 0))
        ctx.save_for_backward(maps, led)
        ctx.settings = [stride, stride], [below, behind]
        ctx.size, ctx.firsts, ctx.has_bias = weight.shape[2], (pads[0][0], pads[1][0]), bias is not None
        return torch.conv2d(maps, led, bias, *ctx.settings, groups=len(weight))

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        (maps, led), (stride, padding) = ctx.saved_tensors, ctx.settings
        wanted = [ctx.needs_input_grad[0], False, ctx.has_bias and ctx.needs_input_grad[2]]
        bias = [len(led)] if ctx.has_bias else [0]
        of_maps, _, of_bias = torch.ops.aten.convolution_backward(
            gradient, maps, led, bias, stride, padding, [1, 1], False, [0, 0], len(led), wanted
        )
        of_weight = _of_weight(maps, gradient, ctx.size, stride[0], ctx.firsts) if ctx.needs_input_grad[1] else None
        return of_maps, of_weight, of_bias, None, None


def _of_weight(maps: torch.Tensor, gradient: torch.Tensor, size: int, stride: int, firsts: tuple[int, int]) -> torch.Tensor:
    """The gradient of weights (C, 1, size, size); added up image by image, so that threads do not change the sum."""
    count, channels = maps.shape[:2]
    sums = torch.empty(count, size, size, channels)
    share(_loops().weight_sums, in_rows(maps), in_rows(gradient), stride, *firsts, sums.numpy())
    return sums.sum(dim=0).permute(2, 0, 1).unsqueeze(1).contiguous()


@cache
def _loops() -> ModuleType:
    from core.models import depthwise_loops  # late, for numba takes its time and only training wants it

    return depthwise_loops
