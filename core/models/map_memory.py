"""Maps (B, C, H, W) as they lie in memory for a processor, channels last, seen as arrays."""

import numpy as np
import torch


def in_rows(maps: torch.Tensor) -> np.ndarray:
    """(B, H, W, C) of maps; of others than channels last a copy."""
    return maps.detach().permute(0, 2, 3, 1).contiguous().numpy()


def in_places(maps: torch.Tensor) -> np.ndarray:
    """(B, H x W, C) of maps."""
    return flat(in_rows(maps))


def flat(values: np.ndarray) -> np.ndarray:
    """Values (B, H, W, C) as (B, H x W, C)."""
    return values.reshape(len(values), -1, values.shape[-1])
