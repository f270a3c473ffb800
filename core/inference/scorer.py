"""One trained model and how it wants its images."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.data.cache.prepared import prepare
from core.data.dataset import Dataset
from core.errors import DataError
from core.images.decode import Decoded
from core.images.model_input import model_input
from core.runs.run import Run


class Scorer:
    """A run that is a single model, loaded from its weights in `folder`; each scores images at its own size and aspect."""

    def __init__(self, run: Run, folder: Path, root: Path):
        from core.models.registry import Base, load_classifier  # torch is imported here, not when a page opens

        base = run.base and Base(**vars(run.base))
        self._image, self._root = run.recipe.image, root
        self._classifier = load_classifier(run.recipe, run.data.task, len(run.data.labels), base, folder, root)

    def of_picture(self, picture: Decoded) -> np.ndarray:
        """Scores float32 (L,), the picture prepared as the training images were. Raises ImageError as `model_input` does."""
        pixels = model_input(picture, self._image.image_size, self._image.aspect)
        return self._classifier.predict_proba(np.stack([pixels]))[0]

    def of_dataset(self, dataset: Dataset, progress: Callable[[int, int], None]) -> np.ndarray:
        """Scores float32 (n, L) of all images. Raises DataError for one that cannot be read."""
        prepared = prepare(dataset, self._image.image_size, self._root, progress, self._image.aspect)
        if len(prepared.dataset) < len(dataset):
            gone = prepared.dataset.skipped[-1]
            raise DataError(f"{gone.file} cannot be read ({gone.reason})", "every picture needs an answer", "Get the file again")
        return self._classifier.predict_proba(prepared.of(np.arange(len(dataset))))
