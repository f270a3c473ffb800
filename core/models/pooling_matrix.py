"""Averages over windows that do not divide an image evenly, as two matrix products: what ONNX has no operator for."""

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class PoolingByMatrix(TorchFunctionMode):
    """While this is open, torch's adaptive averages to uneven sizes are computed as matrix products, in this thread only."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if function is functional.adaptive_avg_pool2d:
            maps, size = _arguments(*args, **kwargs)
            if any(int(side) % wanted for side, wanted in zip(maps.shape[-2:], size, strict=True)):
                rows, columns = (shares(int(side), wanted) for side, wanted in zip(maps.shape[-2:], size, strict=True))
                return rows @ maps @ columns.T
        return function(*args, **kwargs)


def shares(side: int, windows: int) -> torch.Tensor:
    """How much each of `side` places counts in each window's mean, float32 (windows, side), by torch's rule for where windows lie."""
    found = torch.zeros(windows, side)
    for window in range(windows):
        first, end = window * side // windows, -(-(window + 1) * side // windows)
        found[window, first:end] = 1 / (end - first)
    return found


def _arguments(input: torch.Tensor, output_size: int | tuple[int | None, ...]) -> tuple[torch.Tensor, tuple[int, ...]]:
    """The maps and the size asked for; None keeps a side as it is. The names are those of torch's function."""
    size = output_size if isinstance(output_size, tuple | list) else (output_size, output_size)
    return input, tuple(int(side) if wanted is None else int(wanted) for side, wanted in zip(input.shape[-2:], size, strict=True))
