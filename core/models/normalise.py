"""Grey pixels as a network wants to see them: how many channels, and on which scale."""

import torch
from torch import nn

GREY_MEAN, GREY_SPREAD = 0.5, 0.25  # of a usual radiograph in 0..1
_ONE_GREY_LEVEL = 1 / 255
_SCALES = {"unit": (0.0, 1.0), "raw": (0.0, _ONE_GREY_LEVEL), "imagenet_grey": (0.485, 0.229)}


class Normalise(nn.Module):
    """Float (B, 1, H, W) in 0..1 to float (B, channels, H, W).

    `kind` as in `core.limits`: own is (x - mean) / std with the given means, one per channel; unit, raw and imagenet_grey are such
    with fixed ones; per_image takes mean and spread of each image, the spread as one grey level at least.
    """

    def __init__(self, kind: str, channels: int, mean: tuple[float, ...] = (GREY_MEAN,), std: tuple[float, ...] = (GREY_SPREAD,)):
        super().__init__()
        self.is_per_image, self.channels = kind == "per_image", channels
        if kind in _SCALES:
            mean, std = ((value,) for value in _SCALES[kind])
        self.register_buffer("mean", _per_channel(mean, channels), persistent=False)
        self.register_buffer("std", _per_channel(std, channels), persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if not self.is_per_image:
            return (images - self.mean) / self.std
        spread, mean = torch.std_mean(images, dim=(1, 2, 3), correction=0, keepdim=True)
        return ((images - mean) / spread.clamp(min=_ONE_GREY_LEVEL)).expand(-1, self.channels, -1, -1)


def _per_channel(values: tuple[float, ...], channels: int) -> torch.Tensor:
    """(1, channels, 1, 1); the mean of several values for a single channel."""
    found = torch.tensor(values)
    if len(values) != channels:
        found = found.mean().expand(channels)
    return found.clone().view(1, -1, 1, 1)
