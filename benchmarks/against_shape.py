"""A split of training images that shows whether a model reads the shape of the picture instead of the lungs. It reads no test image.

    .venv/bin/python benchmarks/against_shape.py DATA FOLDER

Images that were squeezed to a square keep a trace of the shape that they had: edges across are steeper than edges down. Where classes
had different shapes, a network can tell them by that trace alone, and validation, which has it too, praises the network. So the patients
whose images speak most against their class, a fifth of each, are held out: FOLDER gets train/ and test/ with a folder for each class, as
`core train --data FOLDER` reads them. DATA is a binary set whose patients are known from the names of its files, each with images of one
class alone.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data import registry  # noqa: E402  (after the path is set)
from core.data.cache.prepared import prepare  # noqa: E402
from core.runs.store import store_root  # noqa: E402

SIDE, HELD = 224, 0.2


def squeezed(picture: np.ndarray) -> float:
    """Steps of grey across by those down, in the mean: above 1 where the picture was wider than tall, if structures have no direction."""
    grey = picture.astype(np.float32)
    across, down = np.abs(np.diff(grey, axis=1)).mean(), np.abs(np.diff(grey, axis=0)).mean()
    return float(across / down) if down else 1.0


def held_out(trace: np.ndarray, patients: np.ndarray, y_true: np.ndarray) -> np.ndarray:
    """(n,) bool: of each class the images of the patients whose trace is most like the other's."""
    if set(patients[y_true == 0]) & set(patients[y_true == 1]) or "" in patients:
        sys.exit("some patients are unknown or have images of both classes; here each must be known, with images of one class")
    held = np.zeros(len(trace), bool)
    means = [trace[y_true == value].mean() for value in (0, 1)]
    for value in (0, 1):
        rows = np.flatnonzero(y_true == value)
        towards = np.sign(means[1 - value] - means[value])
        names, unit = np.unique(patients[rows], return_inverse=True)
        order = np.argsort(-towards * np.bincount(unit, trace[rows]) / np.bincount(unit))
        images = np.bincount(unit)[order].cumsum()
        chosen = names[order[: int(np.searchsorted(images, HELD * len(rows))) + 1]]
        held |= (y_true == value) & np.isin(patients, chosen)
    return held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data")
    parser.add_argument("folder", type=Path)
    choice = parser.parse_args()
    dataset = registry.load(choice.data, store_root(None))
    prepared = prepare(dataset, SIDE, store_root(None), lambda done, total: None)
    rows = np.flatnonzero(prepared.dataset.splits != "test")
    pixels, y_true, patients = prepared.of(rows)[:], prepared.dataset.y[rows, 0], prepared.dataset.patients[rows]
    trace = np.array([squeezed(picture) for picture in pixels])
    held = held_out(trace, patients, y_true)
    for part, inside in (("train", ~held), ("test", held)):
        for value, name in enumerate(dataset.classes):
            of = inside & (y_true == value)
            print(f"{part} {name}: {of.sum()} images, trace {trace[of].mean():.2f}")
            folder = choice.folder / part / name
            folder.mkdir(parents=True, exist_ok=False)
            for row in np.flatnonzero(of):
                file = folder / f"{Path(prepared.dataset.image_ids[rows[row]]).stem}.png"
                if file.exists():
                    sys.exit(f"two images of {name} are called {file.stem}")
                Image.fromarray(pixels[row]).save(file)


if __name__ == "__main__":
    main()
