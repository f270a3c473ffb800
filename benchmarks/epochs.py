"""An epoch of the Portsmouth CNN, beside Keras on TensorFlow as its report trained it, and beside a plain PyTorch loop over files.

    .venv/bin/python benchmarks/epochs.py [--keras-python PATH] [--data ../shared/data/chest_xray | phantom] [--quick]

PATH is an interpreter that has TensorFlow (`python3 -m venv peers && peers/bin/pip install tensorflow pillow scipy`); without it Keras is
left out. All train the same network on the same images at 150 px, batch 32, with zoom 0.3 and vertical flips:

- keras: ImageDataGenerator and fit on decoded images, as the report has it; without XLA, with which a trial epoch did
  not end in many times the time;
- files, 0 or 2 workers: ImageFolder, torchvision transforms and DataLoader in float32, from JPEG files in every epoch;
- ours, as published: the recipe portsmouth-cnn through `Classifier.fit`, as a run trains it;
- ours, reordered: the same with batch norm after pooling and dropout of whole channels.

Each is a process of its own that trains one epoch to warm up and then one whenever it is its turn. Ratios are of two epochs of the same
round; the median of the rounds counts. Against files, five epochs are compared, and ours has to decode the files once. Wall clock; on
two quiet cores about five minutes, a fifth of that with --quick.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data.cache.prepared import prepare  # noqa: E402  (after the path is set)
from core.data.phantom.drawing import draw  # noqa: E402
from core.data.phantom.plan import plan  # noqa: E402
from core.data.registry import load  # noqa: E402
from core.layers import cnn_layers  # noqa: E402
from core.machine import this_machine  # noqa: E402
from core.published.catalogue import PUBLISHED  # noqa: E402
from core.recipe import Recipe, build  # noqa: E402
from core.runs.history import EpochRecord  # noqa: E402
from core.training.history import CancelledError, Progress  # noqa: E402

PUBLISHED_ID = "portsmouth-cnn"
REORDERED = {"batch_norm_place": "after_pooling", "dropout_kind": "channels"}
SIDE, FILE_SIDE, EPOCHS = 150, 512, 5  # px of the network and of drawn files; epochs beside files
OURS = {"ours, as published": {}, "ours, reordered": REORDERED}
BARS = {("keras", "ours, as published"): 1.8, ("keras", "ours, reordered"): 2.6,
        ("files, 0 workers", "ours, as published"): 2.6, ("files, 0 workers", "ours, reordered"): 3.5,
        ("files, 2 workers", "ours, as published"): 2.6, ("files, 2 workers", "ours, reordered"): 3.5}  # fmt: skip


class Contestant:
    """A process that trains an epoch whenever it is told to."""

    def __init__(self, name: str, command: list[str]):
        self.name = name
        environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.title = self._read()
        self._read()  # the epoch to warm up

    def epoch(self) -> float:
        """Seconds of one epoch."""
        print("go", file=self._process.stdin, flush=True)
        return float(self._read())

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def _read(self) -> str:
        line = self._process.stdout.readline().strip()
        return line or sys.exit(f"{self.name} failed")


def recipe_of(changes: dict) -> Recipe:
    return build("cnn", {**PUBLISHED[PUBLISHED_ID].settings, "max_epochs": 1000, **changes})


def fill(folder: Path, data: str, count: int) -> float:
    """Files, decoded pixels, labels and the plan of the network; the seconds that our decoding took."""
    make_files(folder / "files/train", data, count)
    begun = time.perf_counter()
    dataset = load(str(folder / "files"), folder / "store")
    prepared = prepare(dataset, SIDE, folder / "store")
    seconds = time.perf_counter() - begun
    np.save(folder / "pixels.npy", prepared.pixels[prepared.index])
    np.save(folder / "y.npy", prepared.dataset.y)
    layers = cnn_layers(recipe_of({}).model, SIDE, outputs=1)
    (folder / "plan.json").write_text(json.dumps([asdict(layer) for layer in layers]))
    return seconds


def make_files(folder: Path, data: str, count: int) -> None:
    """`count` JPEG files in class folders: copies of some of a data set, or drawn ones."""
    if data == "phantom":
        for number, case in enumerate(plan(count, 0)):
            path = folder / ("PNEUMONIA" if case.findings else "NORMAL") / f"{number:05d}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(draw(case, FILE_SIDE)).save(path, quality=90)
        return
    files = sorted(path for path in Path(data, "train").glob("*/*") if path.suffix.lower() in (".jpeg", ".jpg", ".png"))
    for number in np.random.default_rng(0).permutation(len(files))[:count]:
        goal = folder / files[number].parent.name
        goal.mkdir(parents=True, exist_ok=True)
        shutil.copy(files[number], goal)


class Turns:
    """A monitor that reports each epoch in seconds of wall clock, and lets the next one begin when a line comes."""

    def __init__(self):
        self._begun = time.perf_counter()

    def progress(self, progress: Progress) -> None:
        pass

    def epoch(self, record: EpochRecord) -> None:
        print(time.perf_counter() - self._begun, flush=True)
        if not sys.stdin.readline():
            raise CancelledError
        self._begun = time.perf_counter()


def train_ours(folder: Path, name: str) -> None:
    """Ours, in a process of its own; one batch is scored after each epoch, since a run validates."""
    from core.models.classifier import Labelled
    from core.models.registry import build_classifier

    pixels, y = np.load(folder / "pixels.npy"), np.load(folder / "y.npy")
    classifier = build_classifier(recipe_of(OURS[name]), "binary", 1, folder / "store")
    print(f"{classifier.device.title}, {classifier.parameters():,} parameters", flush=True)
    train, val = (Labelled(pixels[:count], y[:count], np.arange(count), (str(count),)) for count in (len(y), 32))
    with suppress(CancelledError):
        classifier.fit(train, val, Turns())


def contestants(folder: Path, keras_python: str | None) -> dict[str, Contestant]:
    """All that run, by name, each trained for an epoch."""
    here = Path(__file__).parent
    commands = {"keras": [keras_python, str(here / "keras_peer.py"), str(folder)]} if keras_python else {}
    for workers in (0, 2):
        commands[f"files, {workers} workers"] = [sys.executable, str(here / "files_peer.py"), str(folder), str(workers)]
    for name in OURS:
        commands[name] = [sys.executable, __file__, "--act", str(folder), name]
    return {name: Contestant(name, command) for name, command in commands.items()}


def compare(seconds: dict[str, list[float]], images: int, decoding: float) -> None:
    """Print what an epoch took, and our ratios beside their bars."""
    for name, found in seconds.items():
        rates = sorted(images / one for one in found)
        print(f"  {name}: {median(rates):.1f} images a second ({rates[0]:.1f} to {rates[-1]:.1f})")
    for (peer, ours), bar in BARS.items():
        if peer in seconds:
            ratios = sorted(_ratios(seconds[peer], seconds[ours], 0 if peer == "keras" else decoding))
            how = "an epoch" if peer == "keras" else f"{EPOCHS} epochs, decoding included"
            print(f"  {ours}, beside {peer}, {how}: {median(ratios):.2f} times as fast ({ratios[0]:.2f} to {ratios[-1]:.2f}), bar {bar}")


def _ratios(peer: list[float], ours: list[float], decoding: float) -> list[float]:
    return [EPOCHS * theirs / (EPOCHS * mine + decoding) for theirs, mine in zip(peer, ours, strict=True)]


def race(arguments: argparse.Namespace, folder: Path) -> None:
    count = arguments.images or (128 if arguments.quick else 384)
    rounds = arguments.rounds or (1 if arguments.quick else 3)
    decoding = fill(folder, arguments.data, count)
    images = len(np.load(folder / "y.npy"))
    print(f"{images} images of {arguments.data}, {rounds} rounds; ours decoded the files in {decoding:.2f} s", flush=True)
    racers = contestants(folder, arguments.keras_python)
    for name, racer in racers.items():
        print(f"  {name}: {racer.title}", flush=True)
    seconds = {name: [] for name in racers}
    for _ in range(rounds):
        for name, racer in racers.items():
            seconds[name].append(racer.epoch())
        print(f"  a round is over; load {os.getloadavg()[0]:.1f}", flush=True)
    for racer in racers.values():
        racer.close()
    compare(seconds, images, decoding)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keras-python", metavar="PATH", help="an interpreter that has TensorFlow")
    parser.add_argument("--data", default=str(ROOT.parent / "shared/data/chest_xray"), help="a folder with train/CLASS/picture, or phantom")
    parser.add_argument("--images", type=int, help="images of an epoch")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true", help="128 images, one round")
    parser.add_argument("--act", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.act:
        train_ours(Path(arguments.act[0]), arguments.act[1])
        return
    print(f"{this_machine().processor}, {this_machine().title}")
    with tempfile.TemporaryDirectory() as folder:
        race(arguments, Path(folder))


if __name__ == "__main__":
    main()
