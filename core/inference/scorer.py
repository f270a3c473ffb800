"""One trained model and how it wants its images."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from core.data.cache.pace import Pace
from core.data.cache.prepared import preparation, prepare
from core.data.dataset import Dataset
from core.errors import DataError
from core.images.decode import Decoded
from core.images.model_input import model_input
from core.inference.explanation import SquareMaps
from core.inference.image_features import ImageFeatures, features_of_split
from core.inference.occlusion import Told, occlusion_maps
from core.inference.small_changes import small_changes
from core.recipe import NETWORK_FAMILIES
from core.runs.run import Run
from core.training.history import SILENCE, Monitor, Progress


class Scorer:
    """A run that is a single model, loaded from its weights in `folder`; each scores images at its own size and aspect."""

    def __init__(self, run: Run, folder: Path, root: Path):
        from core.models.registry import Base, load_classifier  # torch is imported here, not when a page opens

        base = run.base and Base(**vars(run.base))
        self._image, self._root = run.recipe.image, root
        self._classifier = load_classifier(run.recipe, run.data.task, len(run.data.labels), base, folder, root)
        self._classifier.quicken()
        if run.recipe.family in NETWORK_FAMILIES and not self._classifier.is_frozen:
            self._classifier.weights_id = run.run_id  # so that features of the trained network are not taken for those of the untrained

    def of_picture(self, picture: Decoded) -> np.ndarray:
        """Scores float32 (L,), the picture prepared as the training images were. Raises ImageError as `model_input` does."""
        return self._classifier.predict_proba(self._prepared(picture))[0]

    @property
    def view(self) -> tuple[int, str]:
        """Image size and aspect."""
        return self._image.image_size, self._image.aspect

    def of_views(self, pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scores float32 (n, L) and features float32 (n, F) of pictures prepared as `view` says, uint8 (n, size, size)."""
        return self._classifier.scores_and_features(pixels)

    def of_changed(self, picture: Decoded) -> np.ndarray:
        """Scores float32 (CHANGES, L) of the picture as it is and after each small change. Raises ImageError as `of_picture`."""
        return self._classifier.predict_proba(small_changes(self._prepared(picture)[0]))

    def features_of_picture(self, picture: Decoded) -> np.ndarray:
        """What the last layer, or the head, is given of a picture, float32 (F,). Raises ImageError as `of_picture`."""
        return self._classifier.features(self._prepared(picture), None, SILENCE)[0]

    def explain(self, picture: Decoded, columns: Sequence[int]) -> tuple[np.ndarray, SquareMaps, str]:
        """Scores float32 (L,), the maps of the labels in `columns`, of the same pass, and the method's name.

        Raises ImageError as `of_picture`, ExplanationError where a map cannot be had.
        """
        found = self._classifier.explain(self._prepared(picture), columns)
        return found.scores[0], SquareMaps(found.maps[0], self._image.aspect), found.method

    def occlude(self, picture: Decoded, columns: Sequence[int], progress: Told) -> tuple[np.ndarray, SquareMaps]:
        """Scores float32 (L,) and occlusion maps of the labels in `columns`. Raises ImageError as `of_picture`."""
        scores, maps = occlusion_maps(self._classifier.predict_proba, self._prepared(picture)[0], columns, progress=progress)
        return scores, SquareMaps(maps, self._image.aspect)

    def of_dataset(self, dataset: Dataset, progress: Callable[[int, int], None]) -> np.ndarray:
        """Scores float32 (n, L) of all images. Raises DataError for one that cannot be read."""
        prepared = prepare(dataset, self._image.image_size, self._root, progress, self._image.aspect)
        if len(prepared.dataset) < len(dataset):
            gone = prepared.dataset.skipped[-1]
            raise DataError(f"{gone.file} cannot be read ({gone.reason})", "every picture needs an answer", "Get the file again")
        return self._classifier.predict_proba(prepared.of(np.arange(len(dataset))))

    def of_splits(self, dataset: Dataset, splits: tuple[str, ...], monitor: Monitor) -> tuple[Dataset, np.ndarray]:
        """The readable images of some splits, one split after the other, and their scores float32 (m, L).

        Raises DataError where none can be read.
        """
        size, aspect = self._image.image_size, self._image.aspect
        prepared = prepare(dataset, size, self._root, _reading(monitor), aspect)
        readable = prepared.dataset
        rows = {split: readable.rows(split) for split in splits if len(readable.rows(split))}
        if not rows:
            raise DataError(f"{dataset.title} has no readable image in {', '.join(splits)}", "at least one is needed", "Check the data set")
        prepared_as = preparation(size, aspect)  # with data and split the key by which training keeps features
        found = [self._classifier.predict_proba(prepared.of(rows[split]), (readable.fingerprint, split, prepared_as), monitor)
                 for split in rows]  # fmt: skip
        return readable.select(np.concatenate(list(rows.values()))), np.concatenate(found)

    def _prepared(self, picture: Decoded) -> np.ndarray:
        """Uint8 (1, size, size)."""
        return np.stack([model_input(picture, self._image.image_size, self._image.aspect)])

    def features_of(self, dataset: Dataset, split: str, progress: Callable[[int, int], None], most: int | None = None) -> ImageFeatures:
        """What the last layer, or the head, is given of the images of a split; `most` and errors as in `features_of_split`."""
        return features_of_split(self._classifier, self._image, dataset, split, self._root, progress, most)


def _reading(monitor: Monitor) -> Callable[[int, int], None]:
    pace = Pace()
    return lambda done, total: monitor.progress(Progress("reading images", done, total, *pace.of(done, total)))
