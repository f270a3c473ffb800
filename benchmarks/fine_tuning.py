"""Fine-tuning a whole network at 160 px, batch 32: our trainer beside a plain PyTorch loop with the same network.

    .venv/bin/python benchmarks/fine_tuning.py [--network tf_efficientnet_lite0] [--images 640] [--rounds 5]

Ours trains epochs of random pixels, kept as uint8, through `Trainer`, as a run does. The peer is what anyone would write: the timm
network, images that lie in memory as float32 with three channels, a forward pass, a backward pass and a step of AdamW. Both begin with
random weights, and neither changes images. They take turns in one process; a ratio is of two turns of a round, and the median of the
rounds counts. Three minutes on two cores.
"""

import argparse
import sys
import time
from pathlib import Path
from statistics import median

import numpy as np
import timm
import torch
from torch import nn

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.machine import this_machine  # noqa: E402  (after the path is set)
from core.models.backbones import build_transfer  # noqa: E402
from core.recipe import build  # noqa: E402
from core.runs.history import EpochRecord  # noqa: E402
from core.training.device import best_device  # noqa: E402
from core.training.features import as_images  # noqa: E402
from core.training.history import Progress  # noqa: E402
from core.training.samples import Samples  # noqa: E402
from core.training.trainer import Task, Trainer  # noqa: E402

SIDE, BATCH = 160, 32


class Plain:
    """The peer, on the processor or the GPU that ours takes."""

    def __init__(self, network: str, pixels: np.ndarray, y: np.ndarray):
        device = best_device().torch
        self.network = timm.create_model(network, num_classes=1).to(device).train()
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=1e-4)
        self.x = (torch.from_numpy(pixels).float().unsqueeze(1) / 255).repeat(1, 3, 1, 1).to(device)
        self.y = torch.from_numpy(y).to(device)

    def epoch(self) -> float:
        """Images a second."""
        begun = time.perf_counter()
        for x, y in zip(self.x.split(BATCH), self.y.split(BATCH), strict=True):
            self.optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(self.network(x), y).backward()
            self.optimizer.step()
        if self.x.is_cuda:
            torch.cuda.synchronize()
        return len(self.x) / (time.perf_counter() - begun)


class Turns:
    """A monitor that gives the peer its turn after each epoch of ours; the first turns warm up."""

    def __init__(self, peer: Plain):
        self.peer, self.ratios = peer, []

    def progress(self, progress: Progress) -> None:
        pass

    def epoch(self, record: EpochRecord) -> None:
        ours, plain = record.images_per_second, self.peer.epoch()
        if record.epoch > 1:
            self.ratios.append(ours / plain)
            print(f"  ours {ours:.1f}, plain {plain:.1f} images a second", flush=True)


def measure(network: str, images: int, rounds: int) -> list[float]:
    rng, device = np.random.default_rng(0), best_device()
    pixels = rng.integers(0, 256, (images, SIDE, SIDE), dtype=np.uint8)
    y = (rng.random((images, 1)) < 0.5).astype(np.float32)
    settings = {"backbone": network, "pretrained": False, "trainable": "all", "image_size": SIDE, "batch_size": BATCH,
                "optimizer": "adamw", "learning_rate": 1e-4, "max_epochs": rounds + 1}  # fmt: skip
    recipe = build("transfer", settings)
    ours = build_transfer(recipe.model, SIDE, 1, is_new=True).train().to(device.torch, memory_format=torch.channels_last)
    task = Task("binary", as_images, lambda x: [as_images(x)], torch.Generator().manual_seed(1))
    turns = Turns(Plain(network, pixels, y))
    Trainer(ours, task, recipe.training, 0, device, turns).fit(Samples(pixels, y), Samples(pixels[:BATCH], y[:BATCH]))
    return turns.ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", default="tf_efficientnet_lite0")
    parser.add_argument("--images", type=int, default=640)
    parser.add_argument("--rounds", type=int, default=5)
    choice = parser.parse_args()
    print(f"{this_machine().processor}, {this_machine().title}; torch {torch.__version__}, timm {timm.__version__}", flush=True)
    ratios = measure(choice.network, choice.images, choice.rounds)
    print(f"{choice.network}: {median(ratios):.2f} times as fast ({min(ratios):.2f} to {max(ratios):.2f}), {len(ratios)} rounds")


if __name__ == "__main__":
    main()
