"""Which of several binary runs to trust elsewhere: their ROC AUC on validation images as they are, and changed. It reads no test image.

    .venv/bin/python benchmarks/choosing.py RUN RUN ... [--store DIR]

Validation images resemble those of train more than new ones will. So each is also scored darker, lighter, flatter, harder, blurred,
cropped and padded; a run that stands these is preferred to one that is a little better on the images as they are.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data import registry  # noqa: E402  (after the path is set)
from core.data.cache.prepared import prepare  # noqa: E402
from core.evaluation.ranking import roc_auc  # noqa: E402
from core.models.registry import Base, load_classifier  # noqa: E402
from core.runs.run import Run  # noqa: E402
from core.runs.store import Store, store_root  # noqa: E402

_FRAME = 0.08  # share of the side that is cut off, or added, at each edge


def curve(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """A change of grey levels in 0..1, on uint8."""
    levels = np.clip(change(np.arange(256) / 255) * 255 + 0.5, 0, 255).astype(np.uint8)
    return lambda picture: levels[picture]


def blurred(picture: np.ndarray) -> np.ndarray:
    side = len(picture)
    return _resized(_resized(picture, side // 2), side)


def cropped(picture: np.ndarray) -> np.ndarray:
    edge = round(len(picture) * _FRAME)
    return _resized(picture[edge:-edge, edge:-edge], len(picture))


def padded(picture: np.ndarray) -> np.ndarray:
    return _resized(np.pad(picture, round(len(picture) * _FRAME)), len(picture))


CHANGES = {
    "as it is": lambda picture: picture, "darker": curve(lambda grey: grey**1.6), "lighter": curve(lambda grey: grey**0.6),
    "flatter": curve(lambda grey: (grey - 0.5) * 0.6 + 0.5), "harder": curve(lambda grey: (grey - 0.5) * 1.5 + 0.5),
    "blurred": blurred, "cropped": cropped, "padded": padded,
}  # fmt: skip


def judged(store: Store, run: Run) -> dict[str, tuple[float, float]]:
    """ROC AUC and accuracy at 0.5 on validation by the name of each change."""
    dataset = registry.load(run.data.source, store.root)
    prepared = prepare(dataset, run.recipe.image.image_size, store.root, lambda done, total: None, run.recipe.image.aspect)
    rows = prepared.dataset.rows("val")
    pixels, y_true = prepared.of(rows)[:], prepared.dataset.y[rows, 0]
    base = run.base and Base(**vars(run.base))
    classifier = load_classifier(run.recipe, run.data.task, len(run.data.labels), base, store.weights_folder(run), store.root)
    found = {}
    for name, change in CHANGES.items():
        y_score = classifier.predict_proba(np.stack([change(picture) for picture in pixels]))[:, 0]
        found[name] = roc_auc(y_true, y_score, np.ones((1, len(y_true))))[0], float(((y_score >= 0.5) == y_true).mean())
    return found


def _resized(picture: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BILINEAR))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="RUN")
    parser.add_argument("--store", default=None)
    choice = parser.parse_args()
    store = Store(store_root(choice.store))
    for run_id in choice.runs:
        run = store.get(run_id)
        found = judged(store, run)
        print(f"{run.run_id}, {run.description}: mean ROC AUC {np.mean([area for area, _ in found.values()]):.4f}")
        for name, (area, accuracy) in found.items():
            print(f"  {name:10} ROC AUC {area:.4f}  accuracy {accuracy:.3f} at 0.5")


if __name__ == "__main__":
    main()
