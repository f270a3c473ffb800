"""What a network says of images before its last layer: computed in exact float32, once, and kept.

Kept features make a support vector machine or a forest as quick to train again as on a table.
"""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import torch

from core.training.device import Device, exact_float32
from core.training.history import Monitor, Progress

FOLDER = "cache/features"
_BATCH = 32


class FeatureNetwork(Protocol):
    """A module with pooled features."""

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """Float (B, 1, H, W) in 0..1 to float (B, F)."""


def as_images(pixels: torch.Tensor) -> torch.Tensor:
    """Uint8 (B, H, W) to float32 (B, 1, H, W) in 0..1, in the memory order that convolutions like best."""
    return pixels.unsqueeze(1).float().div_(255).contiguous(memory_format=torch.channels_last)


@torch.inference_mode()
def extract(network: FeatureNetwork, pixels: np.ndarray, device: Device, monitor: Monitor) -> np.ndarray:
    """Features of images, float32 (n, F), from uint8 (n, H, W)."""
    exact_float32()
    network.eval()
    found, begun = [], time.perf_counter()
    for start in range(0, len(pixels), _BATCH):
        batch = torch.from_numpy(np.ascontiguousarray(pixels[start : start + _BATCH]))
        found.append(network.features(as_images(batch.to(device.torch))).cpu().numpy())
        _tell(monitor, min(start + _BATCH, len(pixels)), len(pixels), begun)
    return np.concatenate(found)


class FeatureCache:
    """Features kept in files under a root, by a key that names the weights, the data and the preparation."""

    def __init__(self, root: Path):
        self.folder = root / FOLDER

    def get(self, key: tuple[str, ...], compute: Callable[[], np.ndarray]) -> np.ndarray:
        """The features of a key, float32 (n, F), computed now if they are not kept."""
        file = self.folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}.npy"
        if file.exists():
            return np.load(file, allow_pickle=False)
        found = compute()
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}.draft")
        with draft.open("wb") as stream:
            np.save(stream, found, allow_pickle=False)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
        return found


def _tell(monitor: Monitor, done: int, total: int, begun: float) -> None:
    per_image = (time.perf_counter() - begun) / done
    monitor.progress(Progress("features", done, total, 1 / per_image, (total - done) * per_image))
