"""What data and augmentation cost of a training step, with 20,000 and with 200,000 images that lie in a file.

    .venv/bin/python benchmarks/data_cost.py [--images 20000 200000] [--seconds 60] [--quick]

It makes a file of uint8 images of 150 px (200,000 take 4.5 GB, in the system's folder for temporary files) and removes it. The Portsmouth
CNN is trained through `Trainer`, in its quicker form (batch norm after pooling, dropout of whole channels) and with its augmentation, for
so many seconds. Reading counts whole, though a thread does it while the network computes; so does what makes a batch of it, scaling and
augmentation. The system's memory is cleared of the file first. Each size is a process of its own; its memory is told at the fifth part
of the time and at the end.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.machine import this_machine  # noqa: E402  (after the path is set)
from core.published.catalogue import PUBLISHED  # noqa: E402
from core.recipe import build  # noqa: E402
from core.training.history import CancelledError, Progress  # noqa: E402

SIDE, BAR = 150, 0.10
CHUNK = 1000  # images that are made, and written, at once
QUICKER = {"batch_norm_place": "after_pooling", "dropout_kind": "channels"}


def make_file(file: Path, images: int) -> None:
    """Random pixels, a thousand images over and over, each time moved by a byte; on the disk and not in memory."""
    block = np.random.default_rng(0).integers(0, 256, CHUNK * SIDE * SIDE, dtype=np.uint8)
    with file.open("wb") as stream:
        for number in range(images // CHUNK):
            stream.write(np.roll(block, number))
        stream.flush()
        os.fsync(stream.fileno())
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Clock:
    """Seconds spent in something, whichever thread does it."""

    def __init__(self):
        self.seconds = 0.0

    def timed(self, work):
        """A function that does the same and counts."""

        def counted(*given):
            begun = time.perf_counter()
            try:
                return work(*given)
            finally:
                self.seconds += time.perf_counter() - begun

        return counted


class TimedRows:
    """Rows of a file whose reading is counted."""

    def __init__(self, rows, clock: Clock):
        self.rows, self.shape, self.read = rows, rows.shape, clock.timed(rows.__getitem__)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows) -> np.ndarray:
        return self.read(rows)


class Watch:
    """A monitor that stops the training when its time is over; counts begin after a tenth of it, memory after a fifth."""

    def __init__(self, seconds: float, clocks: dict[str, Clock]):
        self.seconds, self.clocks, self.begun = seconds, clocks, None
        self.first, self.early_memory = None, None

    def progress(self, progress: Progress) -> None:
        now = time.perf_counter()
        self.begun = self.begun or now
        self.last = now, progress.done, {name: clock.seconds for name, clock in self.clocks.items()}
        if self.first is None and now - self.begun > self.seconds / 10:
            self.first = self.last
        if self.early_memory is None and now - self.begun > self.seconds / 5:
            self.early_memory = _memory()
        if now - self.begun > self.seconds:
            raise CancelledError

    def epoch(self, record) -> None:
        pass

    def told(self) -> str:
        """Steps, milliseconds of a step and of each part of it, and memory, in words."""
        steps, seconds = self.last[1] - self.first[1], self.last[0] - self.first[0]
        parts = {name: self.last[2][name] - self.first[2][name] for name in self.clocks}
        share = sum(parts.values()) / seconds
        each = ", ".join(f"{name} {1e3 * part / steps:.1f}" for name, part in parts.items())
        return (f"{steps} steps of {1e3 * seconds / steps:.0f} ms; of these {each}: {share:.1%} of a step (bar {BAR:.0%}); "
                f"memory {self.early_memory:.0f}, then {_memory():.0f} MB")  # fmt: skip


def _memory() -> float:
    """What this process alone has, in MB."""
    return psutil.Process().memory_info().rss / 1e6


def train(file: Path, seconds: float) -> None:
    """Train on a file for some seconds; say what it cost."""
    import torch

    from core.data.cache.pixel_rows import PixelRows
    from core.models.registry import build_classifier
    from core.training.augment import augment
    from core.training.features import as_images
    from core.training.samples import Samples
    from core.training.trainer import Task, Trainer

    recipe = build("cnn", {**PUBLISHED["portsmouth-cnn"].settings, **QUICKER})
    classifier = build_classifier(recipe, "binary", 1, file.parent)
    clocks = {"reading": Clock(), "scaling and augmentation": Clock()}
    images = file.stat().st_size // SIDE**2
    rows = PixelRows(file, 0, SIDE, np.arange(images))
    y, random = (np.arange(images) % 2).astype(np.float32)[:, None], torch.Generator().manual_seed(0)

    def prepare(batch: torch.Tensor) -> torch.Tensor:
        return augment(as_images(batch), recipe.training.augmentation, random)

    task = Task("binary", clocks["scaling and augmentation"].timed(prepare), lambda batch: [as_images(batch)], random)
    watch = Watch(seconds, clocks)
    trainer = Trainer(classifier.module, task, recipe.training, 0, classifier.device, watch)
    with suppress(CancelledError):
        trainer.fit(Samples(TimedRows(rows, clocks["reading"]), y), Samples(rows[:32], y[:32]))
    print(f"  {images:,} images, {classifier.device.title}, torch {torch.__version__}: {watch.told()}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--seconds", type=float, help="of training with each number of images")
    parser.add_argument("--quick", action="store_true", help="20 seconds each")
    parser.add_argument("--act", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    seconds = arguments.seconds or (20 if arguments.quick else 60)
    if arguments.act:
        train(Path(arguments.act), seconds)
        return
    print(f"{this_machine().processor}, {this_machine().title}; one run of {seconds:.0f} s each", flush=True)
    for images in arguments.images:
        with tempfile.TemporaryDirectory() as folder:
            if shutil.disk_usage(folder).free < 1.2 * images * SIDE**2:
                sys.exit(f"{images:,} images take {images * SIDE**2 / 1e9:.1f} GB, which {folder} has no room for")
            make_file(Path(folder) / "pixels", images)
            subprocess.run([sys.executable, __file__, "--act", f"{folder}/pixels", "--seconds", str(seconds)], check=True)


if __name__ == "__main__":
    main()
