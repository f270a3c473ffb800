"""A classifier that is a network: the CNN, transfer and LSTM families."""

from collections.abc import Iterator, Sequence
from math import prod
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from core.errors import ExplanationError, StoreError
from core.models.attribution import LEFT_OUT, Attribution, by_gradient, by_leaving_out
from core.models.backbones import BackboneNet
from core.models.classifier import Labelled
from core.models.folding import fold_normalisation
from core.models.last_maps import FEWEST_PLACES, LastMaps
from core.recipe import Recipe, Transfer
from core.runs.history import EpochRecord
from core.training.augment import augment
from core.training.checkpoint import Checkpoint
from core.training.device import Device, exact_float32
from core.training.features import LAST, FeatureCache, as_images, extract
from core.training.history import SILENCE, Monitor, Progress
from core.training.losses import scores
from core.training.memory import keep_freed_memory
from core.training.samples import Inputs, Rows, Samples, in_order
from core.training.sampling import sampled_rows
from core.training.score_record import ScoreRecord
from core.training.trainer import SCORING_BATCH, Task, Trainer, mean_scores
from core.training.viewing import brought_back, seen
from core.training.views import AS_IT_IS, View, epoch_views, views_of

WEIGHTS_FILE = "weights.safetensors"


class NetworkClassifier:
    """A network with `features` and `head`, and its training by a recipe."""

    def __init__(self, recipe: Recipe, task: str, module: nn.Module, weights_id: str, device: Device, cache: FeatureCache):
        self.recipe, self.task, self.weights_id, self.device, self.cache = recipe, task, weights_id, device, cache
        self.module = module.to(device.torch, memory_format=torch.channels_last)
        self._details: dict = {}
        self._is_quick = False

    @property
    def is_frozen(self) -> bool:
        """Whether only the last layer is trained, on features that are computed once."""
        return isinstance(self.recipe.model, Transfer) and self.recipe.model.trainable == "head"

    @property
    def views(self) -> tuple[View, ...]:
        """Those of an image whose mean score counts."""
        return views_of(self.recipe.training)

    def fit(
        self, train: Labelled, val: Labelled, monitor: Monitor, checkpoint: Checkpoint | None = None, record: ScoreRecord | None = None
    ) -> list[EpochRecord]:
        """Train by the recipe; see `Classifier.fit`."""
        shown = sampled_rows(self.recipe.training, train.y, self.task, train.classes, self.recipe.seed)
        inputs = self._features if self.is_frozen else self._pixels
        learned, scored = inputs(train, shown, val, monitor)
        trainer = Trainer(
            self.module.head if self.is_frozen else self.module, self._task(), self.recipe.training, self.recipe.seed, self.device, monitor
        )
        fits = repr((self.recipe.digest, self.task, self.weights_id, train.key, val.key, self.device.torch.type))
        samples = Samples(learned, _floats(train.y[shown])), Samples(scored, _floats(val.y))
        history = trainer.fit(*samples, checkpoint, fits, record)
        self._details = trainer.details() | {"train_images": len(shown)}
        return history

    def features(self, pixels: Rows, key: tuple[str, ...] | None, monitor: Monitor, layer: str = LAST, view: View = AS_IT_IS) -> np.ndarray:
        """Pooled features of a layer, float32 (n, F), of the images as a view shows them; kept where the images have a key."""

        def compute() -> np.ndarray:
            return extract(self.module, pixels, self.device, monitor, layer, view)

        if key is None:
            return compute()
        more = (*([layer] if layer != LAST else []), *([view.name] if view.name else []))
        return self.cache.get((self.weights_id, *key, *more), compute, self._is_quick)

    @torch.inference_mode()
    def predict_proba(self, pixels: Rows, key: tuple[str, ...] | None = None, monitor: Monitor = SILENCE) -> np.ndarray:
        """Scores float32 (n, L); see `Classifier.predict_proba`."""
        exact_float32()
        if len(pixels) > SCORING_BATCH:
            keep_freed_memory()
        self._ready()
        parts = self._head_logits(pixels, key, monitor) if self.is_frozen else self._logits(pixels, monitor)
        return np.concatenate([mean_scores(logits, self.task).cpu().numpy() for logits in parts])

    def _logits(self, pixels: Rows, monitor: Monitor) -> Iterator[torch.Tensor]:
        """Logits (views, B, L) of one batch after the other, of which one view at a time is in memory."""
        rows = in_order(len(pixels), SCORING_BATCH)
        steps = len(rows) * len(self.views)
        for number, batch in enumerate(Inputs(pixels, self.device.torch, read_often=False).batches(rows)):
            images, found = as_images(batch), []
            for view in self.views:
                found.append(self.module(seen(images, view)))
                monitor.progress(Progress("scoring", number * len(self.views) + len(found), steps))
            yield torch.stack(found)

    def _head_logits(self, pixels: Rows, key: tuple[str, ...] | None, monitor: Monitor) -> Sequence[torch.Tensor]:
        """The same of a head on a frozen network; the features of one view at a time are in memory."""
        found = []
        for view in self.views:
            features = torch.from_numpy(self.features(pixels, key, monitor, view=view))
            found.append(torch.cat([self.module.head(batch.to(self.device.torch)) for batch in features.split(SCORING_BATCH)]))
            monitor.progress(Progress("scoring", len(found), len(self.views)))
        return torch.stack(found).split(SCORING_BATCH, dim=1)

    @torch.no_grad()
    def explain(self, pixels: np.ndarray, columns: Sequence[int]) -> Attribution:
        """See `Classifier.explain`. Where scores are the mean over several views, so are the maps, each brought back onto the image."""
        some = torch.from_numpy(pixels).split(max(1, SCORING_BATCH // len(self.views)))
        parts = [self._explained_in_views(as_images(part.to(self.device.torch)), columns) for part in some]
        y_score, maps = (np.concatenate([getattr(part, name) for part in parts]) for name in ("scores", "maps"))
        return Attribution(y_score, maps, parts[0].method)

    def _explained_in_views(self, images: torch.Tensor, columns: Sequence[int]) -> Attribution:
        found = self._explained(torch.cat([seen(images, view) for view in self.views]), columns)
        shape = (len(self.views), len(images))
        maps = torch.from_numpy(found.maps).unflatten(0, shape)
        back = [brought_back(part, view).numpy() for view, part in zip(self.views, maps, strict=True)]
        y_score = found.scores.reshape(*shape, -1).mean(axis=0).astype(np.float32)
        return Attribution(y_score, np.mean(back, axis=0), found.method)

    def _explained(self, images: torch.Tensor, columns: Sequence[int]) -> Attribution:
        found = self.last_maps(images)
        if found.are_pixels:
            parts = [by_leaving_out(self.last_maps(image), self._head_scores, columns) for image in images.split(1)]
            y_score, maps = (np.concatenate(part) for part in zip(*parts, strict=True))
            return Attribution(y_score, maps, LEFT_OUT)
        logits, signed, method = by_gradient(found, self.module.head, columns)
        return Attribution(scores(logits, self.task).cpu().numpy(), signed.cpu().numpy(), method)

    def _head_scores(self, features: np.ndarray) -> np.ndarray:
        """Scores (n, L) of what the last layer is given, float32 (n, F)."""
        return scores(self.module.head(torch.from_numpy(features).to(self.device.torch)), self.task).cpu().numpy()

    def last_maps(self, images: torch.Tensor, layer: str = LAST) -> LastMaps:
        """The last maps of float images (B, 1, H, W) in 0..1, in exact float32. Raises ExplanationError where there are none."""
        exact_float32()
        self._ready()
        found = self.module.last_maps(images, layer)
        if prod(found.grid) < FEWEST_PLACES:
            rows, columns = found.grid
            raise ExplanationError(
                f"the last maps of this network have {rows} x {columns} places", "a map of an image needs more", "Ask for an occlusion map"
            )
        return found

    @torch.inference_mode()
    def scores_and_features(self, pixels: Rows) -> tuple[np.ndarray, np.ndarray]:
        """See `Classifier.scores_and_features`."""
        views = self._feature_views(pixels, None, SILENCE, self.views)
        logits = torch.stack([self.module.head(view) for view in torch.from_numpy(views).to(self.device.torch).unbind(1)])
        return mean_scores(logits, self.task).cpu().numpy(), views[:, 0]

    def quicken(self) -> None:
        """See `Classifier.quicken`."""
        size = self.recipe.image.image_size
        noise = np.random.default_rng(0).integers(0, 256, (1, size, size), np.uint8)
        image = as_images(torch.from_numpy(noise).to(self.device.torch))
        self._is_quick = True
        fold_normalisation(self.module, image)
        if isinstance(self.module, BackboneNet):
            self.module.quicken(image)

    def _ready(self) -> None:
        """Scoring, not training. Where only the head is trained, it alone leaves this; asking all parts each time would take longer."""
        if self.module.training or self.module.head.training:
            self.module.eval()

    def parameters(self) -> int:
        """Learned numbers; those of what is frozen are not learned here."""
        learned = self.module.head if self.is_frozen else self.module
        return sum(weight.numel() for weight in learned.parameters() if weight.requires_grad)

    def details(self) -> dict:
        """See `Classifier.details`."""
        return self._details

    def save(self, folder: Path) -> None:
        """Write all weights, a frozen backbone's too, so that a run stands alone."""
        save_file({name: value.contiguous() for name, value in self.module.state_dict().items()}, folder / WEIGHTS_FILE)

    def load(self, folder: Path) -> None:
        """Read weights back; see `Classifier.load`."""
        try:
            self.module.load_state_dict(load_file(folder / WEIGHTS_FILE), strict=True)
        except (OSError, SafetensorError, RuntimeError) as error:
            raise StoreError(f"the weights in {folder.name} cannot be read ({type(error).__name__})", "", "Train the run again") from None

    def _task(self) -> Task:
        """What the trained module takes: images, changed at random or in views, or features, (n, F) or (n, views, F)."""
        random, settings = torch.Generator().manual_seed(self.recipe.seed + 1), self.recipe.training
        if self.is_frozen:
            return Task(self.task, lambda batch: batch, lambda batch: list(batch.unbind(1)), random)

        def views(batch: torch.Tensor) -> Iterator[torch.Tensor]:
            images = as_images(batch)
            return (seen(images, view) for view in epoch_views(settings))

        return Task(self.task, lambda batch: augment(as_images(batch), settings.augmentation, random), views, random)

    def _pixels(self, train: Labelled, shown: np.ndarray, val: Labelled, monitor: Monitor) -> tuple[Rows, Rows]:
        pixels = train.pixels
        if not np.array_equal(shown, np.arange(len(pixels))):
            pixels = pixels[shown] if isinstance(pixels, np.ndarray) else pixels.select(shown)
        return pixels, val.pixels

    def _features(self, train: Labelled, shown: np.ndarray, val: Labelled, monitor: Monitor) -> tuple[Rows, Rows]:
        views = epoch_views(self.recipe.training)
        return self.features(train.pixels, train.key, monitor)[shown], self._feature_views(val.pixels, val.key, monitor, views)

    def _feature_views(self, pixels: Rows, key: tuple[str, ...] | None, monitor: Monitor, views: tuple[View, ...]) -> np.ndarray:
        """Features of some views, the image as it is first, float32 (n, views, F)."""
        first, *others = views
        shown = self.features(pixels, key, monitor, view=first)
        found = np.empty((len(shown), len(views), shown.shape[1]), np.float32)
        found[:, 0] = shown
        for place, view in enumerate(others, 1):
            found[:, place] = self.features(pixels, key, monitor, view=view)
        return found


def _floats(y: np.ndarray) -> np.ndarray:
    return y.astype(np.float32)
