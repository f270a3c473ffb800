"""Random changes of a batch of images, as tensors: one random number per image and kind of change."""

import math

import torch
from torch.nn import functional

from core.recipe import Augmentation


def augment(images: torch.Tensor, settings: Augmentation, generator: torch.Generator) -> torch.Tensor:
    """The images, each changed at random within the settings.

    Parameters
    ----------
    images : float (B, 1, H, W) in 0..1. generator : a generator on the CPU, so that a seed means the same on every device.

    Returns
    -------
    float (B, 1, H, W) in 0..1; places that moved in from outside are black.
    """
    if settings.rotate or settings.shift or settings.zoom or settings.flip:
        images = _warp(images, _affine(len(images), settings, generator))
    if settings.contrast or settings.brightness:
        images = _expose(images, settings, generator)
    return images


def _affine(count: int, settings: Augmentation, generator: torch.Generator) -> torch.Tensor:
    """Maps from output to input places, (B, 2, 3), in coordinates from -1 to 1."""
    angle = _spread(count, math.radians(settings.rotate), generator)
    scale = 1 + _spread(count, settings.zoom, generator)
    mirror = torch.ones(count)
    if settings.flip:
        mirror = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    shift = [_spread(count, 2 * settings.shift, generator) for _ in range(2)]
    rows = [cosine * mirror, -sine, shift[0], sine * mirror, cosine, shift[1]]
    return torch.stack(rows, dim=1).view(count, 2, 3)


def _warp(images: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
    grid = functional.affine_grid(maps.to(images.device), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _expose(images: torch.Tensor, settings: Augmentation, generator: torch.Generator) -> torch.Tensor:
    contrast = (1 + _spread(len(images), settings.contrast, generator)).to(images.device).view(-1, 1, 1, 1)
    brightness = _spread(len(images), settings.brightness, generator).to(images.device).view(-1, 1, 1, 1)
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    return ((images - mean) * contrast + mean + brightness).clamp_(0, 1)


def _spread(count: int, largest: float, generator: torch.Generator) -> torch.Tensor:
    return (torch.rand(count, generator=generator) * 2 - 1) * largest
