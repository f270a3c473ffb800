"""Convolutions of 3 x 3 places while training on a processor, with a fourth of the multiplications (`core.models.winograd_loops`).

The values are torch's to some 1e-5 of the largest, for the numbers between are larger. Scoring asks torch.
"""

from functools import cache
from types import ModuleType

import numpy as np
import torch
from torch import nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from core.models.map_memory import in_rows
from core.models.team import share

_SIZE, _FEWEST_TILES = 4, 64  # of an image; bringing few tiles into their form and back takes as long as it saves
_FEWEST_CHANNELS = 20  # in times out by in plus out, what is saved by what it costs
_LARGEST_PRODUCT = 2**18  # multiplications that a BLAS library does in one thread, as it should here
_FEWEST_AT_ONCE = 16  # tiles; with fewer a matrix is hardly used before the next is fetched
_NEAR = 3 * 2**19  # bytes of what lies between that a core's own memory holds
_GROUPS = 32  # of images, whose gradients are added up by themselves, so that threads do not change the sum
_WEIGHTS = torch.tensor([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]], dtype=torch.float64) / 24


def suits(convolution: nn.Module, maps: torch.Tensor) -> bool:
    """Whether a module is a convolution that is quicker so on float32 maps (B, C, H, W)."""
    if type(convolution) is not nn.Conv2d or convolution.kernel_size != (3, 3) or convolution.padding not in ((0, 0), (1, 1), (2, 2)):
        return False
    if (convolution.stride, convolution.dilation, convolution.groups, convolution.padding_mode) != ((1, 1), (1, 1), 1, "zeros"):
        return False
    inside, outside = convolution.in_channels, convolution.out_channels
    rows, columns = (_tiles(side + 2 * convolution.padding[0] - 2) for side in maps.shape[2:])
    is_worth_it = rows * columns >= _FEWEST_TILES and inside * outside >= _FEWEST_CHANNELS * (inside + outside)
    return is_worth_it and inside * outside * _FEWEST_AT_ONCE <= _LARGEST_PRODUCT


def convolved(maps: torch.Tensor, convolution: nn.Conv2d) -> torch.Tensor:
    """What a convolution that `suits` makes of maps."""
    return _Winograd.apply(maps, convolution.weight, convolution.bias, convolution.padding[0])


class _Winograd(Function):
    @staticmethod
    def forward(ctx, maps, weight, bias, pad):
        ctx.save_for_backward(maps, weight)
        ctx.pad, ctx.has_bias = pad, bias is not None
        return _convolved(maps, weight, bias, pad)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        maps, weight = ctx.saved_tensors
        of_maps = _convolved(gradient, weight.flip(2, 3).transpose(0, 1), None, 2 - ctx.pad) if ctx.needs_input_grad[0] else None
        of_weight, of_bias = _gradients(maps, gradient, ctx.pad)
        return of_maps, of_weight, of_bias if ctx.has_bias else None, None


def _convolved(maps: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, pad: int) -> torch.Tensor:
    outside, inside = weight.shape[:2]
    height, width = (side + 2 * pad - 2 for side in maps.shape[2:])
    matrices = torch.einsum("ai,ocij,bj->abco", _WEIGHTS, weight.double(), _WEIGHTS).flatten(0, 1).float().contiguous()
    bias = np.zeros(outside, np.float32) if bias is None else bias.detach().numpy()
    out = torch.empty((len(maps), outside, height, width), memory_format=torch.channels_last)
    share(_loops().convolved, in_rows(maps), matrices.numpy(), bias, pad, *_at_once(inside, outside, width), in_rows(out))
    return out


def _gradients(maps: torch.Tensor, gradient: torch.Tensor, pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Those of weight (out, in, 3, 3) and bias (out,)."""
    inside, outside = maps.shape[1], gradient.shape[1]
    groups = min(_GROUPS, len(maps))
    sums, of_bias = torch.empty(groups, 36, inside, outside), torch.empty(groups, outside)
    at_once = _at_once(inside, outside, gradient.shape[3])
    share(_loops().weight_sums, sums.numpy(), of_bias.numpy(), in_rows(maps), in_rows(gradient), pad, *at_once)
    of_weight = torch.einsum("ai,abco,bj->ocij", _WEIGHTS, sums.sum(dim=0).unflatten(0, (6, 6)).double(), _WEIGHTS)
    return of_weight.float().contiguous(memory_format=torch.channels_last), of_bias.sum(dim=0)


def _tiles(side: int) -> int:
    return -(-side // _SIZE)


def _at_once(inside: int, outside: int, width: int) -> tuple[int, int]:
    """Rows of tiles that are taken at a time, and tiles that are multiplied at a time."""
    of_tile = 36 * (inside + outside) * np.dtype(np.float32).itemsize
    return max(1, _NEAR // (of_tile * _tiles(width))), _LARGEST_PRODUCT // (inside * outside)


@cache
def _loops() -> ModuleType:
    from core.models import winograd_loops  # late, for numba takes its time and only training wants it

    return winograd_loops
