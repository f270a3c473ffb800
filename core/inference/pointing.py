"""The pointing game of a run on a data set with boxes: are its maps highest where the findings are?"""

import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from core.data.dataset import SPLITS, Box, Dataset
from core.errors import DataError, ImageError
from core.evaluation.pointing import TOLERANCE, Turn, pointing_score, scores_by_label
from core.images.decoded import Decoded
from core.inference.explanation import Explanation, HeatMap
from core.inference.predictor import Predictor
from core.published.published import class_key
from core.runs.pointing_record import PointingGame

MOST = 300  # images that a game is played on; more are taken evenly among all
QUICK, PATCHES = "quick", "patches"
_SIDE = 256  # px of the longer side on which boxes and maps are compared
Told = Callable[[int, int], None]


def play(
    predictor: Predictor,
    dataset: Dataset,
    split: str = "test",
    way: str = QUICK,
    most: int = MOST,
    progress: Told = lambda done, total: None,
) -> PointingGame:
    """Play the game on the images of a split that have a label of the run and a box for it.

    `way` is "quick", Grad-CAM and its kin, or "patches", occlusion. Raises DataError where there is no such image, ExplanationError where
    the run's maps cannot be had.
    """
    rows, named = _boxed(dataset, split, predictor.run.data.labels)
    chosen = rows[np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)]
    turns, methods, unread = [], {}, 0
    for done, row in enumerate(chosen, 1):
        try:
            found = _turns(predictor, dataset, row, named, way)
        except ImageError:
            unread += 1
        else:
            turns += [turn for turn, _ in found]
            methods |= {method: None for _, method in found}
        progress(done, len(chosen))
    if not turns:
        raise DataError(f"no image with a box can be read in {split} of {dataset.title}", "", "Check the data set")
    whole, of_labels = pointing_score(turns), scores_by_label(turns)
    left_out = {"more are there than are played": len(rows) - len(chosen), "they cannot be read": unread}
    return PointingGame(
        dataset.source, dataset.title, dataset.fingerprint, split, way, " and ".join(methods), whole, of_labels,
        {reason: count for reason, count in left_out.items() if count}, dataset.synthetic, time.time(),
    )  # fmt: skip


def turn(label: str, image_id: str, patient: str, found: HeatMap, boxes: Sequence[Box]) -> Turn:
    """What a map and the boxes of its label come to."""
    height, width = found.values.shape
    mask, grown = (inside(boxes, height, width, margin) for margin in (0.0, TOLERANCE))
    hit = near = False
    if found.peak is not None:
        column, row = min(int(found.peak[0] * width), width - 1), min(int(found.peak[1] * height), height - 1)
        hit, near = bool(mask[row, column]), bool(grown[row, column])
    share = None if found.is_flat else float(found.values[mask].sum(dtype=np.float64) / found.values.sum(dtype=np.float64))
    return Turn(label, image_id, patient, hit, near, share, float(mask.mean()), float(grown.mean()))


def inside(boxes: Sequence[Box], height: int, width: int, margin: float = 0.0) -> np.ndarray:
    """The pixels whose middle lies in one of the boxes, bool (height, width), each grown by a share of the longer side."""
    down, right = (margin * max(height, width) / side for side in (height, width))
    rows, columns = (np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width
    found = np.zeros((height, width), bool)
    for box in boxes:
        tall = (rows >= box.top - down) & (rows <= box.top + box.height + down)
        wide = (columns >= box.left - right) & (columns <= box.left + box.width + right)
        found |= np.outer(tall, wide)
    return found


def _boxed(dataset: Dataset, split: str, labels: tuple[str, ...]) -> tuple[np.ndarray, dict[str, str]]:
    """Rows of a split with a shared label and a box, and the run's names of the data set's labels."""
    if split not in SPLITS:
        raise DataError(f"the split is {split[:20]!r}", f"it must be one of {', '.join(SPLITS)}")
    ours = {class_key(label): label for label in labels}
    named = {label: ours[class_key(label)] for label in dataset.labels if class_key(label) in ours}
    columns = [number for number, label in enumerate(dataset.labels) if label in named]
    rows = [row for row in dataset.rows(split) if dataset.y[row, columns].any() and str(dataset.image_ids[row]) in dataset.boxes]
    if not rows:
        raise DataError(
            f"{split} of {dataset.title} has no image with a box for {', '.join(labels[:4])}",
            "the pointing game needs boxes of findings",
            "The phantom has them; so has NIH ChestX-ray14 in part",
        )
    return np.array(rows), named


def _turns(predictor: Predictor, dataset: Dataset, row: int, named: dict[str, str], way: str) -> list[tuple[Turn, str]]:
    """The turns of an image, and by which method."""
    told = [label for label, value in zip(dataset.labels, dataset.y[row], strict=True) if value and label in named]
    image_id = str(dataset.image_ids[row])
    boxes = {label: [box for box in dataset.boxes[image_id] if box.label == label] for label in told}
    wanted = [label for label in told if boxes[label]]
    if not wanted:
        return []
    picture = dataset.reader.decoded(row)
    explained = _explained(predictor, picture, [named[label] for label in wanted], way)
    patient = "" if dataset.patients is None else str(dataset.patients[row])
    return [(turn(named[label], image_id, patient, found, boxes[label]), found.method)
            for label, found in zip(wanted, _maps(explained, picture, [named[label] for label in wanted]), strict=True)]  # fmt: skip


def _explained(predictor: Predictor, picture: Decoded, labels: list[str], way: str) -> Explanation:
    return predictor.occlude(picture, labels) if way == PATCHES else predictor.explain(picture, labels)


def _maps(explained: Explanation, picture: Decoded, labels: list[str]) -> Iterator[HeatMap]:
    height, width = picture.pixels.shape
    scale = _SIDE / max(height, width)
    for label in labels:
        yield explained.heat_map(label, max(1, round(height * scale)), max(1, round(width * scale)))
