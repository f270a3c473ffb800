"""A classifier that is a network: the CNN and transfer families."""

from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from core.errors import StoreError
from core.models.classifier import Labelled
from core.recipe import Recipe, Transfer
from core.runs.history import EpochRecord
from core.training.augment import augment
from core.training.checkpoint import Checkpoint
from core.training.device import Device, exact_float32
from core.training.features import FeatureCache, as_images, extract
from core.training.history import SILENCE, Monitor
from core.training.losses import scores
from core.training.trainer import SCORING_BATCH, Samples, Task, Trainer

WEIGHTS_FILE = "weights.safetensors"


class NetworkClassifier:
    """A network with `features` and `head`, and its training by a recipe."""

    def __init__(self, recipe: Recipe, task: str, module: nn.Module, weights_id: str, device: Device, cache: FeatureCache):
        self.recipe, self.task, self.weights_id, self.device, self.cache = recipe, task, weights_id, device, cache
        self.module = module.to(device.torch, memory_format=torch.channels_last)

    @property
    def is_frozen(self) -> bool:
        """Whether only the last layer is trained, on features that are computed once."""
        return isinstance(self.recipe.model, Transfer) and self.recipe.model.trainable == "head"

    def fit(self, train: Labelled, val: Labelled, monitor: Monitor, checkpoint: Checkpoint | None = None) -> list[EpochRecord]:
        """Train by the recipe; see `Classifier.fit`."""
        if self.is_frozen:
            return self._fit_head(train, val, monitor)
        augmentation = self.recipe.training.augmentation
        generator = torch.Generator().manual_seed(self.recipe.seed + 1)

        def prepare(batch: torch.Tensor, training: bool) -> torch.Tensor:
            images = as_images(batch)
            return augment(images, augmentation, generator) if training else images

        return self._trainer(self.module, prepare, monitor).fit(_samples(train.pixels, train), _samples(val.pixels, val))

    def features(self, pixels: np.ndarray, key: tuple[str, ...] | None, monitor: Monitor) -> np.ndarray:
        """Pooled features, float32 (n, F), kept where the images have a key."""
        if key is None:
            return extract(self.module, pixels, self.device, monitor)
        return self.cache.get((self.weights_id, *key), lambda: extract(self.module, pixels, self.device, monitor))

    @torch.inference_mode()
    def predict_proba(self, pixels: np.ndarray, key: tuple[str, ...] | None = None, monitor: Monitor = SILENCE) -> np.ndarray:
        """Scores float32 (n, L); see `Classifier.predict_proba`."""
        if self.is_frozen:
            found = torch.from_numpy(self.features(pixels, key, monitor))
            return scores(self.module.head.eval()(found.to(self.device.torch)), self.task).cpu().numpy()
        exact_float32()
        self.module.eval()
        parts = [self._scores(pixels[start : start + SCORING_BATCH]) for start in range(0, len(pixels), SCORING_BATCH)]
        return np.concatenate(parts)

    def parameters(self) -> int:
        """Learned numbers; those of a frozen backbone are not learned here."""
        learned = self.module.head if self.is_frozen else self.module
        return sum(weight.numel() for weight in learned.parameters())

    def details(self) -> dict:
        """See `Classifier.details`."""
        return {}

    def save(self, folder: Path) -> None:
        """Write all weights, a frozen backbone's too, so that a run stands alone."""
        save_file({name: value.contiguous() for name, value in self.module.state_dict().items()}, folder / WEIGHTS_FILE)

    def load(self, folder: Path) -> None:
        """Read weights back; see `Classifier.load`."""
        try:
            self.module.load_state_dict(load_file(folder / WEIGHTS_FILE), strict=True)
        except (OSError, SafetensorError, RuntimeError) as error:
            raise StoreError(f"the weights in {folder.name} cannot be read ({type(error).__name__})", "", "Train the run again") from None

    def _fit_head(self, train: Labelled, val: Labelled, monitor: Monitor) -> list[EpochRecord]:
        found = [self.features(one.pixels, one.key, monitor) for one in (train, val)]
        trainer = self._trainer(self.module.head, lambda batch, training: batch, monitor)
        return trainer.fit(_samples(found[0], train), _samples(found[1], val))

    def _trainer(self, module: nn.Module, prepare, monitor: Monitor) -> Trainer:
        return Trainer(module, Task(self.task, prepare), self.recipe.training, self.recipe.seed, self.device, monitor)

    def _scores(self, pixels: np.ndarray) -> np.ndarray:
        batch = torch.from_numpy(np.ascontiguousarray(pixels)).to(self.device.torch)
        return scores(self.module(as_images(batch)), self.task).cpu().numpy()


def _samples(x: np.ndarray, labelled: Labelled) -> Samples:
    return Samples(torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(labelled.y.astype(np.float32)))
