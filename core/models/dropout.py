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
        dropped = round(self.p * _LEVELS)
        scale = _LEVELS / (_LEVELS - dropped)
        return values * (_random_bytes(values) >= dropped).to(values.dtype).mul_(scale)


def _random_bytes(values: torch.Tensor) -> torch.Tensor:
    """Uint8 from torch's generator, in the shape of the values, and in their order in memory where they have a usual one."""
    count = values.numel()
    words = torch.empty(-(-count // 8), dtype=torch.int64).random_(-(2**63), None)
    found = words.view(torch.uint8)[:count]
    is_last = values.ndim == 4 and values.is_contiguous(memory_format=torch.channels_last)
    return found.as_strided(values.shape, values.stride()) if is_last else found.view(values.shape)
