"""Random changes of a batch of images, as tensors: one random number per image and kind of change."""

import math

import torch
from torch.nn import functional

from core.recipe import Augmentation

_NARROWEST = 0.3  # side to side of an erased rectangle (Zhong et al. 2020)


def augment(images: torch.Tensor, settings: Augmentation, generator: torch.Generator) -> torch.Tensor:
    """The images, each changed at random within the settings.

    Parameters
    ----------
    images : float (B, 1, H, W) in 0..1. generator : a generator on the CPU, so that a seed means the same on every device; grains of
        noise alone are drawn where the images are.

    Returns
    -------
    float (B, 1, H, W) in 0..1; places that moved in from outside are black.
    """
    if settings.rotate or settings.shift or settings.zoom or settings.stretch or settings.flip or settings.vertical_flip:
        images = _warp(images, _affine(len(images), settings, generator))
    if settings.contrast or settings.brightness:
        images = _expose(images, settings, generator)
    if settings.gamma:
        images = _bend(images, settings.gamma, generator)
    if settings.noise:
        images = _grain(images, settings.noise, generator)
    if settings.erase:
        images = _erase(images, settings.erase, generator)
    return images


def _affine(count: int, settings: Augmentation, generator: torch.Generator) -> torch.Tensor:
    """Maps from output to input places, (B, 2, 3), in coordinates from -1 to 1."""
    angle = _spread(count, math.radians(settings.rotate), generator)
    scale = 1 + _spread(count, settings.zoom, generator)
    mirror = _signs(count, generator) if settings.flip else torch.ones(count)
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    shift = [_spread(count, 2 * settings.shift, generator) for _ in range(2)]
    turn = _signs(count, generator) if settings.vertical_flip else torch.ones(count)
    wide, tall = _sides(count, settings.stretch, generator)
    rows = [wide * cosine * mirror, -wide * sine * turn, shift[0], tall * sine * mirror, tall * cosine * turn, shift[1]]
    return torch.stack(rows, dim=1).view(count, 2, 3)


def _sides(count: int, stretch: float, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Factors (B,) of width and height, whose product is 1; drawn only where asked for, so that older recipes repeat."""
    if not stretch:
        return torch.ones(count), torch.ones(count)
    wide = (1 + stretch) ** _spread(count, 0.5, generator)
    return wide, 1 / wide


def _warp(images: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
    grid = functional.affine_grid(maps.to(images.device, non_blocking=True), list(images.shape), align_corners=False)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _expose(images: torch.Tensor, settings: Augmentation, generator: torch.Generator) -> torch.Tensor:
    contrast = _beside(images, 1 + _spread(len(images), settings.contrast, generator))
    brightness = _beside(images, _spread(len(images), settings.brightness, generator))
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    return ((images - mean) * contrast + mean + brightness).clamp_(0, 1)


def _bend(images: torch.Tensor, largest: float, generator: torch.Generator) -> torch.Tensor:
    """Powers from 1 / (1 + largest) to 1 + largest, as many below 1 as above; sampling may leave an image just outside 0..1."""
    power = (1 + largest) ** _spread(len(images), 1, generator)
    return images.clamp(0, 1).pow_(_beside(images, power))


def _grain(images: torch.Tensor, largest: float, generator: torch.Generator) -> torch.Tensor:
    strength = torch.rand(len(images), generator=generator) * largest
    source = generator
    if images.device.type != "cpu":
        seed = int(torch.randint(2**31, (1,), generator=generator))
        source = torch.Generator(images.device).manual_seed(seed)
    grains = torch.randn(images.shape, generator=source, device=images.device)
    return torch.addcmul(images, grains, _beside(images, strength)).clamp_(0, 1)


def _erase(images: torch.Tensor, largest: float, generator: torch.Generator) -> torch.Tensor:
    """Half of the images get one rectangle of their mean grey, of any share up to the largest, that lies inside the image."""
    count, height, width = len(images), *images.shape[-2:]
    is_changed = torch.rand(count, generator=generator) < 0.5
    area = torch.rand(count, generator=generator) * largest * is_changed
    ratio = _NARROWEST ** _spread(count, 1, generator)
    tall = (area * ratio).sqrt().clamp_max(1) * height
    wide = (area / ratio).sqrt().clamp_max(1) * width
    top, left = (torch.rand(count, generator=generator) * room for room in (height - tall, width - wide))
    inside = _between(images, top, tall, 2) & _between(images, left, wide, 3)
    return torch.where(inside, images.mean(dim=(1, 2, 3), keepdim=True), images)


def _between(images: torch.Tensor, start: torch.Tensor, length: torch.Tensor, axis: int) -> torch.Tensor:
    """Which pixel centres along an axis lie in the intervals of the images: bool, broadcast over the other axis."""
    shape = [1, 1, 1, 1]
    shape[axis] = images.shape[axis]
    centres = (torch.arange(images.shape[axis], device=images.device) + 0.5).view(shape)
    start, end = _beside(images, start), _beside(images, start + length)
    return (centres >= start) & (centres < end)


def _spread(count: int, largest: float, generator: torch.Generator) -> torch.Tensor:
    return (torch.rand(count, generator=generator) * 2 - 1) * largest


def _signs(count: int, generator: torch.Generator) -> torch.Tensor:
    """-1 or 1 with even chances."""
    return torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)


def _beside(images: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """One value per image, (B, 1, 1, 1), on the images' device."""
    return values.to(images.device, non_blocking=True).view(-1, 1, 1, 1)
