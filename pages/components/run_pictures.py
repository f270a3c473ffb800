"""The images that a run was trained and tested on, as long as they are still those."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.dataset import Dataset
from core.errors import DataError
from core.runs.run import Run
from pages.components import cached


@dataclass(frozen=True, eq=False)
class Pictures:
    """The data set of a run; None where it cannot be shown, and `missing` says why in a sentence."""

    root: Path
    source: str
    fingerprint: str
    dataset: Dataset | None
    missing: str = ""

    def row(self, image_id: str) -> int | None:
        """Where an image is in the data set; None where it is not."""
        found = () if self.dataset is None else np.flatnonzero(self.dataset.image_ids == image_id)
        return int(found[0]) if len(found) else None

    def picture(self, row: int, side: int) -> np.ndarray:
        """Grey pixels uint8 of a row, no larger than `side`. Raises ImageError where the file cannot be read any more."""
        return cached.picture(str(self.root), self.source, self.fingerprint, row, side)


def of_run(root: Path, run: Run) -> Pictures:
    """The images of a run; scores from a file may have none, and a data set that has changed since shows none."""
    known = (root, run.data.source, run.data.fingerprint)
    if not run.data.source:
        return Pictures(*known, None, "These scores came from elsewhere without their images: the table has their names.")
    try:
        dataset, fingerprint = cached.identified_dataset(str(root), run.data.source)
    except DataError as error:
        return Pictures(*known, None, f"The images are not here: {error} All numbers stay: the run keeps its scores.")
    if fingerprint != run.data.fingerprint:
        return Pictures(*known, None, f"{run.data.title} has changed since this run was trained, so its images may not be those that were "
                        "scored, and are not shown. All numbers stay: the run keeps its scores.")  # fmt: skip
    return Pictures(*known, dataset)


def truth(labels: tuple[str, ...], classes: tuple[str, ...], task: str, y: np.ndarray) -> str:
    """What an image is labelled as, in words, from its row of labels (L,) 0/1."""
    found = [label for label, value in zip(labels, y, strict=True) if value]
    return ", ".join(found) or (classes[0] if task == "binary" else "none")
