"""Training images as a network would see them in an epoch, for people to look at before anything is trained."""

import numpy as np
import torch

from core.recipe import Augmentation
from core.training.augment import augment


def augmented(pixels: np.ndarray, settings: Augmentation, copies: int, seed: int) -> np.ndarray:
    """Each image changed at random so many times.

    Parameters
    ----------
    pixels : uint8 (n, H, W).

    Returns
    -------
    uint8 (n, copies, H, W).
    """
    images = torch.from_numpy(np.repeat(pixels, copies, axis=0)).unsqueeze(1).float() / 255  # (n * copies, 1, H, W)
    changed = augment(images, settings, torch.Generator().manual_seed(seed))
    return (changed * 255).round().to(torch.uint8).numpy().reshape(len(pixels), copies, *pixels.shape[1:])
