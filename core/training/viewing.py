"""Images as a view of `views.py` shows them, and maps over a view brought back onto the image."""

import numpy as np
import torch
from torch.nn import functional

from core.training.views import View


def seen(images: torch.Tensor, view: View) -> torch.Tensor:
    """Float (B, C, H, W) to the same shape, bilinear; what lies outside the image is 0."""
    if view.width != 1:
        images = _stretched(images, view.width)
    return images.flip(-1) if view.is_mirrored else images


def brought_back(maps: torch.Tensor, view: View) -> torch.Tensor:
    """Maps over a view, float (B, l, h, w), to maps over the image, of the same shape; what the view did not show is 0."""
    if view.is_mirrored:
        maps = maps.flip(-1)
    return maps if view.width == 1 else _stretched(maps, 1 / view.width)


def _stretched(images: torch.Tensor, width: float) -> torch.Tensor:
    grid = _grid(images.shape[2], images.shape[3], width).to(images.device).expand(images.shape[0], -1, -1, -1)
    return functional.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)


def _grid(rows: int, columns: int, width: float) -> torch.Tensor:
    """Where each pixel is taken from, float32 (1, H, W, 2), x and y from -1 to 1.

    It is what `affine_grid` computes, made by NumPy so that an export to ONNX, which has no such operator yet, holds it as numbers.
    """
    down, across = ((2 * np.arange(int(side)) + 1) / int(side) - 1 for side in (rows, columns))
    y, x = np.meshgrid(down / width, across * width, indexing="ij")
    return torch.from_numpy(np.stack([x, y], axis=-1).astype(np.float32))[None]
