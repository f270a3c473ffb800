"""From wishes to work: settings become a recipe that fits the data, and a recipe becomes a job, unless it was trained already."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core.data import registry
from core.data.dataset import Dataset
from core.errors import RecipeError
from core.jobs.queue import Queue
from core.recipe import Recipe, build, fitting_image_size
from core.runs.run import run_name
from core.runs.store import Store, new_run_id


@dataclass(frozen=True)
class Submission:
    """A run that is there, or on its way: `cached` says that it was trained before and nothing was queued."""

    run_id: str
    recipe: Recipe
    cached: bool


def fitting_recipe(root: Path, dataset: Dataset, family: str, settings: Mapping) -> Recipe:
    """A recipe of a family with these settings; an image size that is left out is taken from the data or from the base run.

    Raises RecipeError where settings do not fit, StoreError for a base run that is not there.
    """
    recipe = build(family, settings)
    if recipe.base_run is not None:
        return _on_base(root, recipe, settings)
    if "image_size" in settings:
        return recipe
    return build(family, {**settings, "image_size": fitting_image_size(family, dataset.native_size)})


def submit(root: Path, dataset: Dataset, recipe: Recipe, again: bool = False) -> Submission:
    """Queue a recipe, unless its run is in the store or on its way already; `again` trains it in any case."""
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / "submission.lock"):  # two who wish the same at once shall not both find nothing
        return (None if again else _there_already(root, dataset, recipe)) or _queue(root, dataset, recipe)


def _there_already(root: Path, dataset: Dataset, recipe: Recipe) -> Submission | None:
    """The queue is asked first: a run that is completed meanwhile is found in the store then."""
    waiting = [job for job in Queue(root).jobs("queued", "running") if job.source == dataset.source and job.recipe == recipe]
    run = Store(root).find(recipe, dataset.fingerprint)
    if run:
        return Submission(run.run_id, recipe, True)
    return Submission(waiting[0].id, recipe, False) if waiting else None


def _queue(root: Path, dataset: Dataset, recipe: Recipe) -> Submission:
    run_id = new_run_id(recipe)
    base = recipe.base_run
    depends_on = base if base in {job.id for job in Queue(root).jobs("queued", "running")} else None
    Queue(root).submit(run_id, run_name(recipe), dataset.source, recipe, depends_on)
    registry.remember(dataset, root)
    return Submission(run_id, recipe, False)


def _on_base(root: Path, recipe: Recipe, settings: Mapping) -> Recipe:
    """The recipe with the image settings of its base run, which may still be in the queue."""
    image = vars(_recipe_of(root, recipe.base_run).image)
    for name, value in image.items():
        if settings.get(name) not in (None, value, str(value)):
            found, expected = f"{name} is {settings[name]}", f"run {recipe.base_run}, whose features are used, has {value}"
            raise RecipeError(found, expected, f"Leave {name} out")
    return build(recipe.family, {**settings, **image})


def _recipe_of(root: Path, run_id: str) -> Recipe:
    waiting = {job.id: job for job in Queue(root).jobs("queued", "running")}
    return waiting[run_id].recipe if run_id in waiting else Store(root).get(run_id).recipe
