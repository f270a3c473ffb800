"""The maxima of the first convolution of grey images while training on a processor, without its maps (`core.models.grey_loops`).

These are the largest maps of a network, and take far longer to write and to read again than to reckon. The values are torch's, to
float32's exactness. Scoring asks torch.
"""

from functools import cache
from types import ModuleType

import numpy as np
import torch
from torch import nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable
from torch.nn import functional

from core.models.map_memory import in_rows
from core.models.quick_norm import Window
from core.models.team import share

_SIZE = 2  # of windows


def suits(convolution: nn.Module, pool: nn.Module | None, images: torch.Tensor) -> bool:
    """Whether modules are a convolution of grey images (B, 1, H, W) whose gradients nobody asks for, and a maximum, that are done here."""
    window = Window.of(pool)
    if type(convolution) is not nn.Conv2d or window is None or window.size != _SIZE or images.requires_grad:
        return False
    is_usual = (convolution.stride, convolution.dilation, convolution.padding_mode) == ((1, 1), (1, 1), "zeros")
    if not is_usual or (convolution.in_channels, convolution.kernel_size) != (1, (3, 3)) or isinstance(convolution.padding, str):
        return False
    sides = [side + 2 * pad - 2 for side, pad in zip(images.shape[2:], convolution.padding, strict=True)]
    return min(sides) >= _SIZE and not (window.rounds_up and any(side % _SIZE for side in sides))


def maxima(images: torch.Tensor, convolution: nn.Conv2d) -> torch.Tensor:
    """The maxima of what a convolution that `suits` makes of images."""
    return _GreyMaxima.apply(images, convolution.weight, convolution.bias, convolution.padding)


class _GreyMaxima(Function):
    @staticmethod
    def forward(ctx, images, weight, bias, padding):
        down, across = padding
        framed = functional.pad(images[:, 0], (across, across, down, down)).contiguous()
        channels, rows, columns = len(weight), *((side - 2) // _SIZE for side in framed.shape[1:])
        best, where = (_room(len(images), channels, rows, columns, dtype) for dtype in (torch.float32, torch.uint8))
        flat = weight.detach().reshape(channels, 9).t().flatten().numpy()
        bias_values = np.zeros(channels, np.float32) if bias is None else bias.detach().numpy()
        share(_loops().maxima, framed.numpy(), flat, bias_values, rows, columns, in_rows(best).reshape(-1), in_rows(where).reshape(-1))
        ctx.found, ctx.has_bias = (framed, rows, columns, in_rows(where).reshape(-1)), bias is not None
        return best

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        framed, rows, columns, where = ctx.found
        sums = torch.zeros(len(framed), 10, gradient.shape[1], dtype=torch.float64)
        share(_loops().weight_sums, framed.numpy(), in_rows(gradient).reshape(-1), rows, columns, where, sums.numpy())
        total = sums.sum(dim=0).float()
        of_weight = total[:9].t().reshape(-1, 1, 3, 3).contiguous(memory_format=torch.channels_last)
        return None, of_weight, total[9] if ctx.has_bias else None, None


def _room(count: int, channels: int, rows: int, columns: int, dtype: torch.dtype) -> torch.Tensor:
    return torch.empty((count, channels, rows, columns), dtype=dtype, memory_format=torch.channels_last)


@cache
def _loops() -> ModuleType:
    from core.models import grey_loops  # late, for numba takes its time and only training wants it

    return grey_loops
