"""Training of ResNet-50 on a CUDA GPU: our trainer on a whole set, beside the same network on one batch that lies on the GPU.

    .venv/bin/python benchmarks/gpu.py [--images 20000] [--rounds 3] [--quick] [--device cpu --images 64 --side 64 --batch 8]

The network is that of the recipe beltran-resnet50: one input channel, 224 px, 14 labels, batches of 64, Adam, bf16, random weights.
Ours trains epochs of random pixels, kept as uint8, through `Trainer`, as a run does: batches are gathered, scaled and scored, the loss is
added up. The peer repeats forward pass, backward pass and a fused Adam step on a single batch of floats. They take turns in one process;
the quickest turn of each counts. At the end stands what the published 50 epochs on 78,468 images would take, beside the more than 5.5
hours of its report on an RTX 3070; training only, without decoding and validation. A few minutes. Without a GPU nothing is measured
(exit code 2); `--device cpu` only shows that the script runs.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import timm
import torch
from torch import nn

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.machine import this_machine  # noqa: E402  (after the path is set)
from core.models.backbones import build_transfer  # noqa: E402
from core.published.catalogue import PUBLISHED  # noqa: E402
from core.recipe import Recipe, build  # noqa: E402
from core.runs.history import EpochRecord  # noqa: E402
from core.training.augment import augment  # noqa: E402
from core.training.device import Device, best_device  # noqa: E402
from core.training.features import as_images  # noqa: E402
from core.training.history import Progress  # noqa: E402
from core.training.samples import Samples  # noqa: E402
from core.training.trainer import Task, Trainer  # noqa: E402

LABELS, EPOCHS, IMAGES, HOURS, BAR = 14, 50, 78_468, 5.5, 0.95


class Resident:
    """The peer: a plain training loop on one batch that is never changed."""

    def __init__(self, recipe: Recipe, device: Device, steps: int):
        self.device, self.steps, batch, side = device, steps, recipe.training.batch_size, recipe.image.image_size
        self.network = network_of(recipe, device)
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=1e-4, fused=True)
        self.x = torch.rand(batch, 1, side, side, device=device.torch).to(memory_format=torch.channels_last)
        self.y = (torch.rand(batch, LABELS, device=device.torch) < 0.1).float()
        self.rate()  # to warm up

    def rate(self) -> float:
        """Images a second."""
        finish(self.device)
        begun = time.perf_counter()
        for _ in range(self.steps):
            with self.device.autocast():
                logits = self.network(self.x)
            nn.functional.binary_cross_entropy_with_logits(logits.float(), self.y).backward()
            self.optimizer.step()
            self.optimizer.zero_grad(set_to_none=True)
        finish(self.device)
        return self.steps * len(self.x) / (time.perf_counter() - begun)


class Turns:
    """A monitor that gives the peer its turn after each epoch of ours, and gathers the rates of both."""

    def __init__(self, resident: Resident):
        self.resident, self.ours, self.peers = resident, [], []

    def progress(self, progress: Progress) -> None:
        pass

    def epoch(self, record: EpochRecord) -> None:
        self.ours.append(record.images_per_second)
        self.peers.append(self.resident.rate())
        print(f"  epoch {record.epoch}: ours {self.ours[-1]:.1f}, resident batch {self.peers[-1]:.1f} images a second", flush=True)


def network_of(recipe: Recipe, device: Device) -> nn.Module:
    network = build_transfer(recipe.model, recipe.image.image_size, LABELS, is_new=True).train()
    return network.to(device.torch, memory_format=torch.channels_last)


def finish(device: Device) -> None:
    if device.torch.type == "cuda":
        torch.cuda.synchronize()


def measure(recipe: Recipe, device: Device, images: int) -> Turns:
    """The first epoch of ours warms up; the turns after it count."""
    rng = np.random.default_rng(0)
    side, training = recipe.image.image_size, recipe.training
    pixels = rng.integers(0, 256, (images, side, side), dtype=np.uint8)
    y = (rng.random((images, LABELS)) < 0.1).astype(np.float32)
    random = torch.Generator().manual_seed(1)
    task = Task("multilabel", lambda batch: augment(as_images(batch), training.augmentation, random), lambda x: [as_images(x)], random)
    turns = Turns(Resident(recipe, device, max(images // training.batch_size // 4, 2)))
    trainer = Trainer(network_of(recipe, device), task, training, 0, device, turns)
    few = training.batch_size
    trainer.fit(Samples(pixels, y), Samples(pixels[:few], y[:few]))
    return turns


def tell(turns: Turns, device: Device, side: int) -> None:
    ours, peer = max(turns.ours[1:]), max(turns.peers[1:])
    print(f"{device.title}: ResNet-50, one channel, {side} px, training: ours {ours:.1f}, resident batch {peer:.1f} images a second, "
          f"{ours / peer:.1%} (bar {BAR:.0%}), best of {len(turns.ours) - 1}")  # fmt: skip
    hours = EPOCHS * IMAGES / ours / 3600
    print(f"  {EPOCHS} epochs on {IMAGES:,} images would take {hours:.2f} hours; published: more than {HOURS} ({HOURS / hours:.1f} times)")
    if device.torch.type == "cuda":
        print(f"  most memory of the GPU: {torch.cuda.max_memory_allocated() / 1e9:.1f} GB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, help="images of an epoch of ours")
    parser.add_argument("--rounds", type=int, default=3, help="turns that count")
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--quick", action="store_true", help="4,000 images")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    arguments = parser.parse_args()
    if arguments.device == "cuda" and not torch.cuda.is_available():
        print("there is no CUDA GPU here: nothing was measured; --device cpu --images 64 --side 64 --batch 8 shows that the script runs")
        return 2
    device = best_device() if arguments.device == "cuda" else Device(torch.device("cpu"), this_machine().bf16, "cpu, as a trial")
    print(f"{this_machine().processor}, {this_machine().title}; torch {torch.__version__}, timm {timm.__version__}", flush=True)
    changes = {"max_epochs": arguments.rounds + 1, "image_size": arguments.side, "batch_size": arguments.batch, "learning_rate": 1e-4}
    recipe = build("transfer", {**PUBLISHED["beltran-resnet50"].settings, **changes})
    images = arguments.images or (4_000 if arguments.quick else 20_000)
    tell(measure(recipe, device, images), device, arguments.side)
    return 0


if __name__ == "__main__":
    sys.exit(main())
