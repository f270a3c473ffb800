"""What a training will take, before it starts: size, memory, time. Always an estimate, and said to be one. It imports no torch."""

from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from core.backbone_table import BACKBONES
from core.data.dataset import Dataset
from core.errors import CoreError
from core.jobs.queue import Queue
from core.jobs.speed import Speed, speed_of
from core.jobs.workload import Images, fit_seconds, forward_work, frozen_work, is_frozen, memory_bytes, step_work
from core.layers import Cost, cost_of
from core.machine import gigabytes, this_machine
from core.recipe import Recipe, Transfer
from core.runs.run import run_name
from core.runs.store import Store
from core.training.views import epoch_views, views_of

_FEATURES = 512  # of a network whose width is not known here


@dataclass(frozen=True)
class Forecast:
    """What a recipe on a data set is expected to take; None where it cannot be told.

    `parameters` and `multiply_adds` (of one image forwards) are exact, of the network that is trained, or that yields features.
    `memory_bytes` is the most that the training process holds. `seconds_per_epoch` counts training and validation; `total_seconds`
    all epochs, or features and fit, and scoring. `says` tells how the times are known, and what stands against it.
    """

    parameters: int | None
    multiply_adds: int | None
    memory_bytes: int | None
    seconds_per_epoch: float | None
    total_seconds: float | None
    says: str


_UNKNOWN = Forecast(None, None, None, None, None, "")


def forecast(root: Path, recipe: Recipe, dataset: Dataset, brought: Recipe | None = None) -> Forecast:
    """What training a recipe on a data set will take on this machine, and `brought`, whose features it reads and which is trained first.

    Raises RecipeError where settings do not fit each other, or the classes of the data.
    """
    if recipe.family == "ensemble":
        return _UNKNOWN
    if brought is None:
        return _forecast(root, recipe, dataset, _network(root, recipe))
    first, then = _forecast(root, brought, dataset, brought), _forecast(root, recipe, dataset, brought)
    is_timed = first.total_seconds is not None and then.total_seconds is not None
    total = first.total_seconds + then.total_seconds if is_timed else None
    return replace(first, total_seconds=total, says=f"{run_name(brought)} is trained first, for its features. {first.says}")


def _forecast(root: Path, recipe: Recipe, dataset: Dataset, network: Recipe | None) -> Forecast:
    """Of one recipe, whose network is told."""
    cost = network and cost_of(network, len(dataset.labels))
    if cost is None:
        return _with_words(_UNKNOWN, ["Its size and time are not known before it runs."])
    images, features = Images.of(recipe, dataset), _width(network)
    memory = memory_bytes(recipe, cost, images, features)
    speed = speed_of(root, recipe, step_work(recipe, cost))
    epoch, whole = _times(recipe, cost, images, features, len(dataset.labels), speed)
    return Forecast(cost.parameters, cost.multiply_adds, memory, epoch, whole, " ".join(_sentences(recipe, memory, speed)))


def _network(root: Path, recipe: Recipe) -> Recipe | None:
    """The recipe whose network costs: its own, or that of the run whose features are used; None where that is not there."""
    if recipe.base_run is None:
        return recipe
    waiting = {job.id: job for job in Queue(root).jobs("queued", "running")}
    try:
        return waiting[recipe.base_run].recipe if recipe.base_run in waiting else Store(root).get(recipe.base_run).recipe
    except CoreError:
        return None


def _width(network: Recipe) -> int:
    """How many features the network yields."""
    model = network.model
    known = BACKBONES.get(model.backbone if isinstance(model, Transfer) else getattr(model, "features", ""))
    return known.width if known else _FEATURES


def _times(
    recipe: Recipe, cost: Cost, images: Images, features: int, labels: int, speed: Speed | None
) -> tuple[float | None, float | None]:
    """Seconds of an epoch and of all; None, None where the speed is not known."""
    if speed is None:
        return None, None
    scored = forward_work(recipe, cost) / speed.per_second
    if recipe.training is None:
        fit = fit_seconds(recipe, images, features, labels) / this_machine().cores
        return None, images.all * scored + fit
    trained = Cost(cost.parameters, features * labels, features) if is_frozen(recipe) else cost
    views = len(views_of(recipe.training))
    validated = images.val * len(epoch_views(recipe.training)) * (0.0 if is_frozen(recipe) else scored)
    epoch = images.shown * step_work(recipe, trained) / speed.per_second + validated
    whole = recipe.training.max_epochs * epoch + images.all * views * scored
    return epoch, whole - _saved(recipe, cost) * images.shown / speed.per_second


def _saved(recipe: Recipe, cost: Cost) -> float:
    """The work of one image that is saved in the epochs in which the backbone is still frozen."""
    if not isinstance(recipe.model, Transfer) or is_frozen(recipe):
        return 0.0
    return recipe.model.freeze_epochs * (step_work(recipe, cost) - frozen_work(recipe, cost))


def _sentences(recipe: Recipe, memory: int, speed: Speed | None) -> list[str]:
    told = []
    if speed:
        told.append(f"Time: {speed.says}.")
    else:
        told.append("The time is known after the first run on this GPU.")
    if recipe.training is None or is_frozen(recipe):
        told.append("Features are computed once and kept.")
    return told + _shortage(memory)


def _shortage(needed: int) -> list[str]:
    """Whether memory will not do; of a GPU it is not known here."""
    machine, free = this_machine(), psutil.virtual_memory().available
    if machine.gpus or needed <= free:
        return []
    has = f"this machine has {gigabytes(machine.memory)}"
    if needed <= machine.memory:
        has += f", of which {gigabytes(free)} are free now"
    return [f"It needs about {gigabytes(needed)} of memory; {has}. Take a smaller batch_size, image_size or network."]


def _with_words(forecast: Forecast, words: list[str]) -> Forecast:
    return Forecast(**{**vars(forecast), "says": " ".join(words)})
