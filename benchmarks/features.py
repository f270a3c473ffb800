"""Features of tf_efficientnet_lite0 at 224 px, beside the same network in plain eager float32.

    .venv/bin/python benchmarks/features.py [--data ../shared/data/chest_xray | phantom] [--images 512] [--rounds 3] [--quick]

The peer is what anyone would write: the same timm module and weights, `no_grad`, batches of 32 in torch's usual memory order, all cores.
Ours is `extract`, which classical models get their features from. Each is a process of its own; they take turns on the same images, the
ratio is of two turns of a round, and the median of the rounds counts. It also tells how far the features are apart. Two minutes on two
cores.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data.cache.prepared import prepare  # noqa: E402  (after the path is set)
from core.data.registry import load  # noqa: E402
from core.machine import this_machine  # noqa: E402

BACKBONE, SIDE, BATCH, BAR = "tf_efficientnet_lite0", 224, 32, 2.2
CLOSE = 1e-5  # of a feature's size, or of 1 where it is smaller
WARM_UP = 64  # images


def plain(pixels: np.ndarray) -> np.ndarray:
    """Features float32 (n, F) of uint8 (n, H, W) by a plain loop."""
    import torch

    network, found = _network().eval(), []
    with torch.no_grad():
        for start in range(0, len(pixels), BATCH):
            images = torch.from_numpy(pixels[start : start + BATCH]).float().unsqueeze(1) / 255
            images = (images.repeat(1, 3, 1, 1) - network.normalise.mean) / network.normalise.std
            found.append(network.backbone(images).numpy())
    return np.concatenate(found)


def ours(pixels: np.ndarray) -> np.ndarray:
    """The same as a run gets them."""
    import torch

    from core.training.device import best_device
    from core.training.features import extract
    from core.training.history import SILENCE

    device = best_device()
    network = _network().to(device.torch, memory_format=torch.channels_last)
    return extract(network, pixels, device, SILENCE)


def _network():
    from core.models.backbones import build_backbone

    return build_backbone(BACKBONE, True, outputs=1)


ACTS = {act.__name__: act for act in (plain, ours)}


def act(name: str, folder: Path) -> None:
    """Compute them once for each line that comes; print the seconds, keep the features."""
    import timm
    import torch

    pixels = np.load(folder / "pixels.npy")
    ACTS[name](pixels[:WARM_UP])
    print(f"torch {torch.__version__}, timm {timm.__version__}, {torch.get_num_threads()} threads", flush=True)
    while sys.stdin.readline():
        begun = time.perf_counter()
        found = ACTS[name](pixels)
        print(time.perf_counter() - begun, flush=True)
        np.save(folder / f"{name}.npy", found)


def started(name: str, folder: Path) -> subprocess.Popen:
    command = [sys.executable, __file__, "--act", name, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    print(f"  {name}: {_line(process)}", flush=True)
    return process


def seconds_of(process: subprocess.Popen) -> float:
    print("go", file=process.stdin, flush=True)
    return float(_line(process))


def _line(process: subprocess.Popen) -> str:
    return process.stdout.readline().strip() or sys.exit("a process failed")


def race(folder: Path, rounds: int) -> None:
    images = len(np.load(folder / "pixels.npy"))
    processes = {name: started(name, folder) for name in ACTS}
    seconds = [{name: seconds_of(process) for name, process in processes.items()} for _ in range(rounds)]
    for process in processes.values():
        process.communicate()
    for name in ACTS:
        rates = sorted(images / one[name] for one in seconds)
        print(f"  {name}: {median(rates):.1f} images a second ({rates[0]:.1f} to {rates[-1]:.1f})")
    ratios = sorted(one["plain"] / one["ours"] for one in seconds)
    print(
        f"  ratio {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) in {rounds} rounds, bar {BAR}; load {os.getloadavg()[0]:.1f}"
    )
    tell_distance(folder)


def tell_distance(folder: Path) -> None:
    found, expected = np.load(folder / "ours.npy"), np.load(folder / "plain.npy")
    apart = np.abs(found - expected)
    share = (apart / np.maximum(np.abs(expected), 1)).max()
    print(f"  features are up to {np.abs(expected).max():.1f}; largest difference {apart.max():.1e}, {share:.1e} of a feature's size"
          f" ({'within' if share <= CLOSE else 'NOT within'} {CLOSE:g})")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=str(ROOT.parent / "shared/data/chest_xray"), help="a data set by name or path")
    parser.add_argument("--images", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true", help="96 images, one round")
    parser.add_argument("--act", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.act:
        act(arguments.act[0], Path(arguments.act[1]))
        return
    count = arguments.images or (96 if arguments.quick else 512)
    rounds = arguments.rounds or (1 if arguments.quick else 3)
    print(f"{this_machine().processor}, {this_machine().title}; {BACKBONE} at {SIDE} px, {count} images of {arguments.data}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        dataset = load(arguments.data, Path(name) / "store")
        rows = np.random.default_rng(0).permutation(len(dataset))[:count]
        prepared = prepare(dataset.select(np.sort(rows)), SIDE, Path(name) / "store")
        np.save(Path(name) / "pixels.npy", np.asarray(prepared.pixels[prepared.index]))
        race(Path(name), rounds)


if __name__ == "__main__":
    main()
