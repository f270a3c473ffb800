"""Whether an exported model says what its run says: asked of test images, or of drawn ones where the test images are not here."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from core.data import registry
from core.data.phantom.drawing import draw, plan
from core.errors import CoreError, StoreError
from core.images.decoded import Decoded
from core.images.model_input import model_input
from core.parts import Image
from core.runs.run import Run
from core.runs.store import Store

TOLERANCE = 1e-4
IMAGES = 32  # asked at most
_PICTURE = 512  # px of a drawn one
_AROUND_TREES = 0.05  # of images: where a feature lies on a tree's threshold to the last digit, one tree of a forest may turn


@dataclass(frozen=True)
class Parity:
    """How far the scores of the export are from others: `largest` difference over `images`, `beyond` of which exceed the tolerance."""

    against: str
    images: int
    largest: float
    beyond: int
    tolerance: float = TOLERANCE

    def as_dict(self) -> dict:
        """With what it comes to."""
        return asdict(self) | {"equal": self.beyond == 0}

    def check(self, has_trees: bool) -> None:
        """Raises StoreError where the export says something else than the run."""
        if self.beyond > (_AROUND_TREES * self.images if has_trees else 0):
            found = f"{self.beyond} of {self.images} images get other scores from the export, by up to {self.largest:.2g}"
            raise StoreError(found, f"at most {self.tolerance:g} is expected, {self.against}", "Report this as a defect")


@dataclass(frozen=True, eq=False)
class Asked:
    """`pictures` and what they shall be scored as, float32 (n, L)."""

    against: str
    pictures: Sequence[Decoded]
    y_score: np.ndarray


def asked_of(store: Store, run: Run, scoring: Callable[[], Callable[[Decoded], np.ndarray]]) -> Asked:
    """Test images with the run's stored scores where the data set is here unchanged, else drawn ones with what the run says of them now.

    `scoring` loads what gives the run's scores float32 (L,) of a picture.
    """
    try:
        return _stored(store, run)
    except CoreError as error:
        drawn = [Decoded(draw(case, _PICTURE), "array", "L") for case in plan(60, 0)[:IMAGES]]
        scores = scoring()
        against = f"the run's scores of drawn images (its test images are not here: {error.found})"
        return Asked(against, drawn, np.stack([scores(picture) for picture in drawn]))


def parity(asked: Asked, inputs: Sequence[tuple[str, Image]], onnx_scores: Callable[[dict[str, np.ndarray]], np.ndarray]) -> Parity:
    """The export asked picture by picture; `onnx_scores` takes uint8 (1, size, size) for each input by its name."""
    found = [
        onnx_scores({name: model_input(picture, image.image_size, image.aspect)[None] for name, image in inputs})[0]
        for picture in asked.pictures
    ]
    differences = np.abs(np.stack(found) - asked.y_score).max(axis=1)
    return Parity(asked.against, len(differences), float(differences.max()), int((differences > TOLERANCE).sum()))


def _stored(store: Store, run: Run) -> Asked:
    """Test images, evenly taken. Raises CoreError where the data set is gone, changed or cannot be read."""
    predictions, dataset = store.predictions(run, "test"), registry.load(run.data.source, store.root)
    if dataset.fingerprint != run.data.fingerprint:
        raise StoreError("the data set has changed")
    taken = np.unique(np.linspace(0, predictions.n - 1, min(IMAGES, predictions.n)).round().astype(int))
    place = {image_id: row for row, image_id in enumerate(dataset.image_ids.tolist())}
    pictures = [dataset.reader.decoded(place[image_id]) for image_id in predictions.image_ids[taken].tolist()]
    return Asked("the run's stored scores of test images", pictures, predictions.y_score[taken])
