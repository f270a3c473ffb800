"""Batch norm while training on a processor, with what stands beside it: ReLU before it, and after it a maximum or ReLU, and dropout.

Torch goes over the maps for each of these steps, and for most of them twice; together that can take as long as the convolutions. Here
each is one pass (`core.models.map_loops`), and the maximum is taken before the norm, which keeps or turns the order of values. The values
are torch's, to float32's exactness. Where numba is missing, elsewhere than on a processor, in other precisions and in scoring, torch does
it.
"""

from dataclasses import dataclass
from functools import cache
from math import inf
from types import ModuleType

import numpy as np
import torch
from torch import nn
from torch.autograd import Function
from torch.autograd.function import once_differentiable

from core.errors import RecipeError
from core.machine import may_use
from core.models.dropout import Dropout, in_bytes, random_bytes
from core.models.map_memory import flat, in_places, in_rows
from core.models.team import share

_LARGEST_WINDOW = 15  # whose places a byte can number
_FIRST_PLACES = 64
_NO_BOUND = np.float32(inf)


def is_quick(maps: torch.Tensor) -> bool:
    """Whether maps can be taken here: float32 (B, C, H, W) on a processor, where there is numba."""
    return maps.device.type == "cpu" and maps.dtype == torch.float32 and maps.ndim == 4 and may_use("numba")


def is_learning(norm: nn.Module | None) -> bool:
    """Whether a module is a batch norm that takes its statistics from the batch here, and keeps a running mean of them."""
    is_norm = isinstance(norm, nn.BatchNorm2d) and norm.training
    return is_norm and norm.affine and norm.track_running_stats and norm.momentum is not None


@dataclass(frozen=True)
class Bend:
    """Where values are bent: those below `floor` before a norm, those below `low` and above `high` after it."""

    floor: float = -inf
    low: float = -inf
    high: float = inf


def normed(maps: torch.Tensor, norm: nn.BatchNorm2d, bend: Bend, drop: nn.Module | None = None) -> torch.Tensor:
    """What a batch norm makes of maps in training, bent before and after it, and what a dropout makes of that."""
    return _Normed.apply(maps, norm.weight, norm.bias, norm, bend, drop)


def normed_maxima(maps: torch.Tensor, norm: nn.BatchNorm2d, floor: float, window: "Window", drop: nn.Module | None = None) -> torch.Tensor:
    """The maxima of what a batch norm makes of maps in training, bent at `floor` before it, and what a dropout makes of them."""
    return _NormedMaxima.apply(maps, norm.weight, norm.bias, norm, np.float32(floor), window, drop)


def maxima_normed(maps: torch.Tensor, norm: nn.BatchNorm2d, floor: float, window: "Window", drop: nn.Module | None = None) -> torch.Tensor:
    """What a batch norm makes of maxima of maps in training, bent at `floor` before it, and what a dropout makes of that."""
    return _MaximaNormed.apply(maps, norm.weight, norm.bias, norm, np.float32(floor), window, drop)


def maxima(maps: torch.Tensor, window: "Window") -> torch.Tensor:
    """The largest values of windows."""
    return _Maxima.apply(maps, window)


@dataclass(frozen=True)
class Window:
    """Squares of `size` x `size` places side by side; parts of squares at the edges count if it `rounds_up`."""

    size: int
    rounds_up: bool

    @classmethod
    def of(cls, pool: nn.Module | None) -> "Window | None":
        """That of a pooling; None where a module is no such pooling."""
        if not isinstance(pool, nn.MaxPool2d) or pool.return_indices or (pool.padding, pool.dilation) != (0, 1):
            return None
        if pool.kernel_size != pool.stride or pool.kernel_size > _LARGEST_WINDOW:
            return None
        return cls(pool.kernel_size, pool.ceil_mode)

    def empty(self, maps: torch.Tensor, dtype: torch.dtype = torch.float32) -> torch.Tensor:
        """Room for one number for each window of maps (B, C, H, W)."""
        sides = (-(-side // self.size) if self.rounds_up else side // self.size for side in maps.shape[2:])
        return torch.empty((*maps.shape[:2], *sides), dtype=dtype, memory_format=torch.channels_last)


class _Batch:
    """What a batch norm knows of a batch's values, of their sums above a shift and of squares: arrays (C,).

    Raises RecipeError where there is one value for each channel.
    """

    def __init__(self, norm: nn.BatchNorm2d, count: int, total: np.ndarray, squares: np.ndarray, shift: np.ndarray):
        if count < 2:
            raise RecipeError("a batch norm is given one value for each channel", "it needs several", "Train on more images, or pool less")
        above = total.sum(axis=0) / count
        variance = np.maximum(squares.sum(axis=0) / count - above**2, 0)
        self._count, self._spread, mean = count, 1 / np.sqrt(variance + norm.eps), above + shift
        scale = _channels(norm.weight) * self._spread
        self.mean, self.scale = mean.astype(np.float32), scale.astype(np.float32)
        self.offset = (_channels(norm.bias) - mean * scale).astype(np.float32)
        self._remember(norm, mean, variance * count / (count - 1))

    def slopes(self, total: np.ndarray, products: np.ndarray) -> tuple[np.ndarray, np.ndarray, torch.Tensor, torch.Tensor]:
        """What is taken from each gradient, and from it for each unit above the mean, and the gradients of weight and bias.

        Of the sums of the gradient of what the norm gave, and of its products with the values above their mean (Ioffe and Szegedy 2015,
        section 3).
        """
        of_bias, of_weight = total.sum(axis=0), products.sum(axis=0) * self._spread
        level, slope = (self.scale * of_bias / self._count, self.scale * of_weight * self._spread / self._count)
        return *(part.astype(np.float32) for part in (level, slope)), *(torch.from_numpy(part).float() for part in (of_weight, of_bias))

    @staticmethod
    @torch.no_grad()
    def _remember(norm: nn.BatchNorm2d, mean: np.ndarray, variance: np.ndarray) -> None:
        norm.num_batches_tracked += 1
        for kept, found in ((norm.running_mean, mean), (norm.running_var, variance)):
            kept.lerp_(torch.from_numpy(found).to(kept.dtype), norm.momentum)


class _Normed(Function):
    @staticmethod
    def forward(ctx, maps, weight, bias, norm, bend, drop):
        values = in_places(maps)
        floor, low, high = (np.float32(bound) for bound in (bend.floor, bend.low, bend.high))
        shift = _near_mean(values, floor)
        sums = _sums(values)
        share(_loops().sums, values, floor, shift, *sums)
        ctx.batch = batch = _Batch(norm, len(values) * values.shape[1], *sums, shift)
        ctx.line = floor, batch.scale, batch.offset, low, high, *_chance(values, drop)
        ctx.save_for_backward(maps)
        out = torch.empty_like(maps, memory_format=torch.channels_last)
        share(_loops().scaled, values, *ctx.line, in_places(out))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        (maps,) = ctx.saved_tensors
        values, pulls, mean = in_places(maps), in_places(gradient), ctx.batch.mean
        sums = _sums(values)
        share(_loops().gradient_sums, values, pulls, *ctx.line, mean, *sums)
        level, slope, *of_norm = ctx.batch.slopes(*sums)
        out = torch.empty_like(maps, memory_format=torch.channels_last)
        share(_loops().gradient_of_norm, values, pulls, *ctx.line, mean, level, slope, in_places(out))
        return out, *of_norm, None, None, None


class _NormedMaxima(Function):
    @staticmethod
    def forward(ctx, maps, weight, bias, norm, floor, window, drop):
        values = in_rows(maps)
        shift = _near_mean(flat(values), floor)
        sign = np.where(_channels(weight) < 0, np.float32(-1), np.float32(1))  # where a norm turns the order, minima become maxima
        best, where = in_rows(window.empty(maps)), in_rows(window.empty(maps, torch.uint8))
        sums = _sums(values)
        share(_loops().maxima_and_sums, values, window.size, floor, sign, shift, best, where, *sums)
        ctx.batch = batch = _Batch(norm, values.size // values.shape[-1], *sums, shift)
        chance = _chance(flat(best), drop)
        line = -_NO_BOUND, batch.scale * sign, batch.offset, -_NO_BOUND, _NO_BOUND, *chance
        ctx.found = sign, best, line, (window.size, floor, where, batch.scale, *chance, batch.mean)
        ctx.save_for_backward(maps)
        out = window.empty(maps)
        share(_loops().scaled, flat(best), *line, in_places(out))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        (maps,), (sign, best, line, told) = ctx.saved_tensors, ctx.found
        values, pulls = in_rows(maps), in_rows(gradient)
        total, products = _sums(best)
        share(_loops().gradient_sums, flat(best), flat(pulls), *line, ctx.batch.mean * sign, total, products)
        level, slope, *of_norm = ctx.batch.slopes(total, products * sign)
        out = torch.empty_like(maps, memory_format=torch.channels_last)
        share(_loops().gradient_of_normed_maxima, values, pulls, *told, level, slope, in_rows(out))
        return out, *of_norm, None, None, None, None


class _MaximaNormed(Function):
    @staticmethod
    def forward(ctx, maps, weight, bias, norm, floor, window, drop):
        best, where, sums, shift = _maxima(maps, window, floor)
        values = in_places(best)
        ctx.batch = batch = _Batch(norm, len(values) * values.shape[1], *sums, shift)
        chance = _chance(values, drop)
        ctx.line = -_NO_BOUND, batch.scale, batch.offset, -_NO_BOUND, _NO_BOUND, *chance
        ctx.told, ctx.best, ctx.shape = (window.size, floor, in_rows(where), batch.scale, *chance, batch.mean), best, maps.shape
        out = window.empty(maps)
        share(_loops().scaled, values, *ctx.line, in_places(out))
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        values = in_places(ctx.best)
        sums = _sums(values)
        share(_loops().gradient_sums, values, in_places(gradient), *ctx.line, ctx.batch.mean, *sums)
        level, slope, *of_norm = ctx.batch.slopes(*sums)
        out = torch.empty(ctx.shape, memory_format=torch.channels_last)
        share(_loops().gradient_of_maxima, in_rows(ctx.best), in_rows(gradient), *ctx.told, level, slope, in_rows(out))
        return out, *of_norm, None, None, None, None


class _Maxima(Function):
    @staticmethod
    def forward(ctx, maps, window):
        best, where, _, _ = _maxima(maps, window, -_NO_BOUND)
        ctx.found = window.size, in_rows(where), maps.shape
        return best

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient):
        size, where, shape = ctx.found
        none, one = np.zeros(shape[1], np.float32), np.ones(shape[1], np.float32)
        told = size, -_NO_BOUND, where, one, *_chance(in_places(gradient), None), none, none, none
        out = torch.empty(shape, memory_format=torch.channels_last)
        share(_loops().gradient_of_maxima, in_rows(gradient), in_rows(gradient), *told, in_rows(out))
        return out, None


def _maxima(maps: torch.Tensor, window: Window, floor: np.float32) -> tuple[torch.Tensor, torch.Tensor, tuple, np.ndarray]:
    """Bent maxima, their places in their windows, and of the maxima sums above a number for each channel, and that number."""
    best, where = window.empty(maps), window.empty(maps, torch.uint8)
    values = in_rows(maps)
    sums, shift = _sums(values), _near_mean(flat(values), floor)
    share(_loops().maxima, values, window.size, floor, shift, in_rows(best), in_rows(where), *sums)
    return best, where, sums, shift


@cache
def _loops() -> ModuleType:
    from core.models import map_loops  # late, for numba takes its time and only training wants it

    return map_loops


def _chance(values: np.ndarray, drop: nn.Module | None) -> tuple[np.ndarray, np.uint8, np.float32]:
    """Random bytes for values (B, P, C), below which of them a value is dropped, and the gain of the others."""
    count, places, channels = values.shape
    if drop is None:
        return np.zeros((count, 1, channels), np.uint8), np.uint8(0), np.float32(1)
    drawn = random_bytes(values.size if isinstance(drop, Dropout) else count * channels)
    dropped, gain = in_bytes(drop.p)
    return drawn.numpy().reshape(count, -1, channels), np.uint8(dropped), np.float32(gain)


def _channels(values: torch.Tensor) -> np.ndarray:
    return values.detach().numpy()


def _near_mean(values: np.ndarray, floor: np.float32) -> np.ndarray:
    """A number near the mean of each channel, for squares above it lose little: that of the first bent places."""
    return np.maximum(values[0, :_FIRST_PLACES], floor).mean(axis=0)


def _sums(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shape = len(values), values.shape[-1]
    return np.zeros(shape), np.zeros(shape)
