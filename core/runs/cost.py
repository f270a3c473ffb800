"""What a run costs: to train, to keep, and to ask. Recorded where it was recorded, counted on disk, or measured and kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from core.errors import StoreError
from core.runs.files import write_json
from core.runs.history import EpochRecord
from core.runs.run import Run

_LATENCY = "latency.json"
_WEIGHTS = ("*.safetensors", "*.skops")


@dataclass(frozen=True)
class Latency:
    """How long one picture takes, from its decoded pixels to its scores, in milliseconds: median, and the middle 95 % of the repeats.

    `picture` is the picture's side in pixels, `device` where it was measured.
    """

    median: float
    low: float
    high: float
    repeats: int
    picture: int
    device: str


@dataclass(frozen=True)
class Cost:
    """`parameters` learned, `seconds` of training, `images_per_second` while training (None without epochs), `size` of the weights on disk
    in bytes (None for a run that has none here), `latency` where it was measured."""

    parameters: int
    seconds: float
    images_per_second: float | None
    size: int | None
    latency: Latency | None


def cost_of(run: Run, history: Sequence[EpochRecord]) -> Cost:
    """What a run costs. Images per second are the median over its epochs; the first often waits for images to be decoded."""
    rates = [record.images_per_second for record in history]
    rate = float(np.median(rates)) if rates else None
    return Cost(run.parameters, run.seconds, rate, weights_size(run), kept_latency(run))


def weights_size(run: Run) -> int | None:
    """Bytes of all files that scoring needs, those of an ensemble's members too; None where there are none."""
    sizes = [file.stat().st_size for pattern in _WEIGHTS for file in run.folder.rglob(pattern)]
    return sum(sizes) or None


def keep_latency(run: Run, latency: Latency) -> None:
    """Keep a measurement beside the run's own files; a later one takes its place."""
    write_json(run.folder / _LATENCY, asdict(latency))


def kept_latency(run: Run) -> Latency | None:
    """The last measurement, if there is one. Raises StoreError for one that cannot be read."""
    file = run.folder / _LATENCY
    if not file.exists():
        return None
    try:
        return Latency(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise StoreError(f"{_LATENCY} of {run.run_id} cannot be read", "", "Delete this file and measure again") from None
