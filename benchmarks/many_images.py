"""Many pictures answered one by one, beside the features of the same files computed in bulk: `python benchmarks/many_images.py`.

Each file is a drawn X-ray of 1,200 x 900 pixels as JPEG. In bulk means what training does before it fits a head: read all files, reduced
to 224 px, into the cache, then send them through the network. Answering also decodes each in full and looks at it. Both begin with the
files and take turns. The network is that of `single_image.py`, ResNet-18. Memory is the largest of the whole process while answering, less
that before.
"""

import argparse
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from single_image import DRAWN, picture, predictor  # noqa: E402  (after the path is set)

from core.data import registry  # noqa: E402
from core.inference.many import Asker, answer_many  # noqa: E402
from core.inference.sources import of_paths  # noqa: E402
from core.machine import this_machine  # noqa: E402

BAR, CLASSES = 0.8, ("NORMAL", "PNEUMONIA")


def write(folder: Path, images: int) -> None:
    """JPEGs in two class folders: a few drawings, each of its copies with noise of its own."""
    chance = np.random.default_rng(0)
    drawings = [np.asarray(picture(number), np.int16) for number in range(DRAWN)]
    for number in range(images):
        place = folder / CLASSES[number % 2] / f"{number:05d}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        noise = chance.integers(-3, 4, (900, 1200), np.int16)
        Image.fromarray((drawings[number % DRAWN] + noise).clip(0, 255).astype(np.uint8)).save(place, quality=85)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def grown(work: Callable[[], object]) -> float:
    """By how many MB the process grows while it works, at most."""
    process, done = psutil.Process(), threading.Event()
    before, found = process.memory_info().rss, [0]

    def watch() -> None:
        while not done.wait(0.05):
            found[0] = max(found[0], process.memory_info().rss - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    done.set()
    watcher.join()
    return found[0] / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, pictures = Path(folder) / "store", Path(folder) / "pictures"
        ours = predictor(root)
        write(pictures, asked.images)
        seconds: dict[str, list[float]] = {"bulk": [], "answers": []}

        def bulk() -> None:
            shutil.rmtree(root / "cache", ignore_errors=True)
            dataset = registry.load(str(pictures), root)
            for split in ("train", "val", "test"):
                ours.features_of(dataset, split)

        def answers() -> None:
            rows = list(answer_many([Asker(ours)], of_paths([pictures])))
            assert len(rows) == asked.images and all(row.answers for row in rows)

        memory = grown(answers)
        for _ in range(asked.rounds):
            seconds["bulk"].append(timed(bulk))
            seconds["answers"].append(timed(answers))
    print(f"{this_machine().title}; {asked.images} pictures, {asked.rounds} rounds")
    rates = {name: asked.images / statistics.median(times) for name, times in seconds.items()}
    print(f"bulk {rates['bulk']:.1f} pictures a second, answers {rates['answers']:.1f}; memory while answering {memory:.0f} MB more")
    print(f"answers at {rates['answers'] / rates['bulk']:.2f} of the speed of bulk (bar {BAR})")


if __name__ == "__main__":
    main()
