"""How fast this machine trains: told by earlier runs of the same family on it, else by one matrix product. It imports no torch.

Runs of other families are taken on a GPU alone, where nothing else is known: networks of two families differ by more than the product errs.
"""

import json
import math
import statistics
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from core.errors import CoreError
from core.jobs.workload import is_frozen, step_work
from core.layers import cost_of
from core.machine import Machine, this_machine
from core.recipe import Recipe
from core.runs.files import write_json
from core.runs.run import Run
from core.runs.store import Store

FILE = "cache/machine_speed.json"
_NEWEST = 60  # runs that are looked at
_NEAREST = 3
LEAST_SECONDS = 5.0  # of training; what begins and ends an epoch weighs too much in shorter ones
_SIDE = 512  # of the matrices of the measurement
_TIMES = 8
_BF16_GAIN = 2.0  # of a processor that is quicker with bfloat16, over float32


@dataclass(frozen=True)
class Speed:
    """Work a second, in the unit of `core.jobs.workload`, and how that is known."""

    per_second: float
    says: str


@dataclass(frozen=True)
class _Past:
    """What an earlier run tells: the work of one of its images, and how much it did a second."""

    family: str
    device: str
    work: float
    per_second: float


def speed_of(root: Path, recipe: Recipe, work: float) -> Speed | None:
    """The speed expected for a recipe whose images take so much work; None on a GPU on which nothing was trained yet."""
    machine = this_machine()
    past = [one for one in pasts(root, _changed(root)) if one.device.startswith(device_title(machine))]
    same = [one for one in past if one.family == recipe.family] or (past if machine.gpus else [])
    nearest = sorted(same, key=lambda one: abs(math.log(one.work / work)))[:_NEAREST]
    if nearest:
        runs = f"{len(nearest)} earlier run{'s' if len(nearest) > 1 else ''}"
        return Speed(statistics.median(one.per_second for one in nearest), f"estimated from {runs} on this machine")
    if machine.gpus:
        return None
    return Speed(_measured(root, machine), "a rough estimate: nothing like it was trained on this machine yet")


def device_title(machine: Machine) -> str:
    """The beginning of the title that runs on this machine have as their device."""
    if machine.gpus:
        return f"cuda, {machine.gpus[0]}"
    return f"cpu, {machine.processor}, {machine.cores} cores, {'bf16' if machine.bf16 else 'float32'}"


def _changed(root: Path) -> int:
    """A number that changes whenever a run comes or goes."""
    folder = Store(root).folder
    return folder.stat().st_mtime_ns if folder.exists() else 0


@lru_cache(maxsize=8)
def pasts(root: Path, changed: int) -> tuple[_Past, ...]:
    store = Store(root)
    trained = [run for run in store.runs() if run.recipe.training and not is_frozen(run.recipe)][:_NEWEST]
    return tuple(found for run in trained if (found := _past(store, run)))


def _past(store: Store, run: Run) -> _Past | None:
    try:
        history, cost = store.history(run), cost_of(run.recipe, len(run.data.labels))
    except CoreError:  # damaged, or of a Cutpoint that allowed more: it tells nothing here
        return None
    if cost is None or sum(one.seconds for one in history) < LEAST_SECONDS:
        return None
    usual = statistics.median(one.images_per_second for one in history[1:] or history)
    work = step_work(run.recipe, cost)
    return _Past(run.recipe.family, run.device, work, usual * work)


def _measured(root: Path, machine: Machine) -> float:
    """Work a second by one matrix product, measured once for a machine and kept."""
    file, title = root / FILE, device_title(machine)
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if title not in kept:
        kept[title] = _products_per_second() * machine.cores * (_BF16_GAIN if machine.bf16 else 1.0)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, kept)
    return kept[title]


def _products_per_second() -> float:
    """Multiply-adds a second of one core in NumPy's float32 matrix product, by its own clock, which other work does not disturb."""
    left = np.random.default_rng(0).random((_SIDE, _SIDE), np.float32)
    best = math.inf
    with threadpool_limits(1):
        for _ in range(_TIMES):
            begun = time.thread_time()
            left @ left
            best = min(best, time.thread_time() - begun)
    return _SIDE**3 / best
