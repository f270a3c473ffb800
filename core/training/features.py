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
from core.training.memory import keep_freed_memory
from core.training.samples import Inputs, Rows, in_order
from core.training.viewing import seen
from core.training.views import AS_IT_IS, View

FOLDER = "cache/features"
LAST = "last"
_BATCH = 32
_WHITE = np.float32(255)


class FeatureNetwork(Protocol):
    """A module with pooled features."""

    def features(self, images: torch.Tensor, layer: str = LAST) -> torch.Tensor:
        """Float (B, 1, H, W) in 0..1 to float (B, F): what a layer says, "last" being the one before the head."""


def as_images(pixels: torch.Tensor) -> torch.Tensor:
    """Uint8 (B, H, W) to float32 (B, 1, H, W) in 0..1, whose memory order is also that which convolutions like best.

    On the processor by NumPy, in one thread: torch's would wait on the cores that the network is about to use.
    """
    if pixels.device.type == "cpu" and not torch.jit.is_tracing():
        return torch.from_numpy(np.divide(pixels.numpy(), _WHITE, dtype=np.float32)).unsqueeze(1)
    return pixels.unsqueeze(1).float().div_(255)


@torch.inference_mode()
def extract(
    network: FeatureNetwork, pixels: Rows, device: Device, monitor: Monitor, layer: str = LAST, view: View = AS_IT_IS
) -> np.ndarray:
    """Features of images, float32 (n, F), from uint8 (n, H, W), as a view shows them."""
    exact_float32()
    if len(pixels) > _BATCH:
        keep_freed_memory()
    network.eval()
    rows, found, begun = in_order(len(pixels), _BATCH), [], time.perf_counter()
    for number, batch in enumerate(Inputs(pixels, device.torch, read_often=False).batches(rows)):
        found.append(network.features(seen(as_images(batch), view), layer).cpu().numpy())
        _tell(monitor, min((number + 1) * _BATCH, len(pixels)), len(pixels), begun)
    return np.concatenate(found)


class FeatureCache:
    """Features kept in files under a root, by a key that names the weights, the data and the preparation."""

    def __init__(self, root: Path):
        self.folder = root / FOLDER

    def get(self, key: tuple[str, ...], compute: Callable[[], np.ndarray], is_rounded: bool = False) -> np.ndarray:
        """The features of a key, float32 (n, F), computed now if they are not kept.

        Rounded ones, as a quicker form of the network tells them, are kept apart: whoever may have them takes the others where they are
        there, and no training depends on what somebody looked at before.
        """
        file = self._file(key)
        if is_rounded and not file.exists():
            file = self._file((*key, "rounded"))
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

    def _file(self, key: tuple[str, ...]) -> Path:
        return self.folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}.npy"


def _tell(monitor: Monitor, done: int, total: int, begun: float) -> None:
    per_image = (time.perf_counter() - begun) / done
    monitor.progress(Progress("features", done, total, 1 / per_image, (total - done) * per_image))
