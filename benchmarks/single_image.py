"""From a picture's bytes to the answer: a ResNet-18 at 224 px, beside Pillow and the plain network in float32.

    .venv/bin/python benchmarks/single_image.py [--rounds 40] [--threads N]

The picture is drawn as a JPEG of 1,200 x 900 pixels. The run is trained here for one epoch on a few phantoms, so its weights say nothing;
time does not depend on them. Ours is what a page and `predict` do: decode, gate, prepare, score, decide. The peer opens the file with
Pillow, makes it grey, shrinks it and asks timm's network in float32, as an evaluation script would. With the map means Grad-CAM in the same
pass. They take turns; medians count. About a minute.
"""

import argparse
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data import registry  # noqa: E402  (after the path is set)
from core.data.phantom.drawing import draw, plan  # noqa: E402
from core.images.decode import decode  # noqa: E402
from core.inference.predictor import Predictor  # noqa: E402
from core.jobs.submission import fitting_recipe  # noqa: E402
from core.jobs.train_run import train_run  # noqa: E402
from core.machine import this_machine  # noqa: E402
from core.runs.store import Store  # noqa: E402
from core.training.history import Silence  # noqa: E402

SOURCE, SIDE = "phantom:binary:images=60:size=64:seed=0", 224
SETTINGS = {"backbone": "resnet18", "pretrained": False, "trainable": "all", "image_size": SIDE, "max_epochs": 1}
DRAWN, BAR, MAP_BAR = 40, 1.5, 1.3


def predictor(root: Path) -> Predictor:
    """A run of ResNet-18, ready to be asked."""
    dataset = registry.load(SOURCE, root)
    train_run(root, "resnet18", SOURCE, fitting_recipe(root, dataset, "transfer", SETTINGS), Silence())
    store = Store(root)
    return Predictor(store, store.get("resnet18"))


def picture(number: int) -> Image.Image:
    """One of DRAWN drawn X-rays, 1,200 x 900."""
    return Image.fromarray(draw(plan(DRAWN, 0)[number % DRAWN], 1024)).resize((1200, 900))


def jpeg(number: int = 0) -> bytes:
    """The same as a file."""
    stream = io.BytesIO()
    picture(number).save(stream, "JPEG", quality=90)
    return stream.getvalue()


def peer(channels: int) -> Callable[[bytes], float]:
    """Pillow and the plain network."""
    network = timm.create_model("resnet18", pretrained=False, in_chans=channels, num_classes=1).eval()

    @torch.inference_mode()
    def answer(data: bytes) -> float:
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32)
        image = torch.from_numpy((pixels / 255 - 0.485) / 0.229)[None, None]
        return float(network(image).sigmoid())

    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    data = jpeg()
    with tempfile.TemporaryDirectory() as folder:
        ours = predictor(Path(folder))
        ways = {
            "peer": peer(1),
            "ours": lambda data: ours.answer("x", data),
            "ours with the map": lambda data: ours.explain(decode(data, SIDE)),
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(arguments.rounds + 3):
            for name, way in ways.items():
                begun = time.perf_counter()
                way(data)
                if turn >= 3:
                    taken[name].append(1000 * (time.perf_counter() - begun))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    setting = f"torch {torch.__version__}, {arguments.threads} threads; n = {arguments.rounds}"
    print(f"{this_machine().title}; {setting}; a JPEG of {len(data):,} bytes")
    for name, median in medians.items():
        print(f"{name:18} {median:7.1f} ms   quickest {min(taken[name]):7.1f}")
    print(f"answer: {medians['peer'] / medians['ours']:.2f} times as fast as the peer (bar {BAR})")
    print(f"with the map: {medians['ours with the map'] / medians['ours']:.2f} times the time of the answer (bar {MAP_BAR})")


if __name__ == "__main__":
    main()
