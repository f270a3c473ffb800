"""Dropout whose random numbers cost little: on a processor torch's own spend most of their time on drawing a float for each value."""

import torch
from torch import nn

_LEVELS = 256  # of a random byte


class Dropout(nn.Dropout):
    """Sets a share of the values to zero while training and scales the others up, so that their expectation stays.

    On a processor one random byte decides for each value: the share is rounded to a 256th, and the scale is that of the rounded share.
    Elsewhere it is torch's.
    """

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        if not self.training or not self.p or values.device.type != "cpu":
            return super().forward(values)
        dropped, scale = in_bytes(self.p)
        return values * (_in_order(random_bytes(values.numel()), values) >= dropped).to(values.dtype).mul_(scale)


def in_bytes(share: float) -> tuple[int, float]:
    """Below which random byte a value is dropped, and how much more the others then count."""
    dropped = min(round(share * _LEVELS), _LEVELS - 1)
    return dropped, _LEVELS / (_LEVELS - dropped)


def random_bytes(count: int) -> torch.Tensor:
    """Uint8 (count,) from torch's generator."""
    words = torch.empty(-(-count // 8), dtype=torch.int64).random_(-(2**63), None)
    return words.view(torch.uint8)[:count]


def _in_order(drawn: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """As many numbers as values, in their shape, and in their order in memory where they have a usual one."""
    is_last = values.ndim == 4 and values.is_contiguous(memory_format=torch.channels_last)
    return drawn.as_strided(values.shape, values.stride()) if is_last else drawn.view(values.shape)
