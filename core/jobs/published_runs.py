"""Published models as runs: on any data of their task, and whether the published figures may be compared with a run's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.data.dataset import Dataset
from core.errors import RecipeError
from core.jobs.job import OPEN
from core.jobs.queue import Queue
from core.jobs.submission import Submission, checked_seeds, fitting_recipe, submit
from core.limits import IMAGE_LIMITS, RUN_PREFIX
from core.published import catalogue
from core.published.published import Published, class_key
from core.recipe import Recipe, build, limits_of
from core.runs.operating import FIRST_RULE

TOLERANCE = 0.005  # share of a split's images that may be missing: some files cannot be read, some are left out by kind


def submit_published(
    root: Path, dataset: Dataset, published_id: str, seeds: Sequence[int | str] = (0,), changes: Mapping | None = None, again: bool = False
) -> list[Submission]:
    """Submit a published model once for each seed; the run whose features it reads is submitted first, if it is not there.

    `changes` are settings that shall differ from the published ones; for a model on features, those of the images and those that only
    the other model has are changes of that one. Raises RecipeError before anything is queued: for an unknown id, data of another task,
    and settings that cannot be.
    """
    published = catalogue.get(published_id)
    check_task(published, dataset)
    own, of_base = _parted(published, changes or {})
    settings = {**published.settings, **own}
    build(published.family, settings)
    if published.base is None:
        recipes = [build(published.family, {**settings, "seed": seed}) for seed in checked_seeds(seeds)]
        return [submit(root, dataset, recipe, again, _rule(published)) for recipe in recipes]
    bases = [_base_recipe(published, of_base, seed) for seed in checked_seeds(seeds)]
    return [_submit_on(root, dataset, published, settings, base, again) for base in bases]


def changed_settings(published: Published, recipe: Recipe, base: Recipe | None = None) -> dict:
    """What a recipe has otherwise than the published model, by name, its seed and the run whose features it reads aside.

    With the recipe of that run, its changes too, as "base.max_epochs"; those of the images are the same in both.
    """
    found = _changed(published, recipe)
    if published.base is None or base is None:
        return found
    of_base = _changed(catalogue.get(published.base), base)
    return found | {f"base.{name}": value for name, value in of_base.items() if name not in IMAGE_LIMITS}


def _changed(published: Published, recipe: Recipe) -> dict:
    left_out = {"seed", "features"} if published.base else {"seed"}
    theirs = published.recipe.settings
    return {name: value for name, value in recipe.settings.items() if name not in left_out and value != theirs[name]}


def not_comparable(published: Published, dataset: Dataset) -> str | None:
    """Why figures of a run on this data cannot be compared with the published ones, as a clause; None where they can."""
    original = published.original
    if dataset.task != original.task:
        return f"the data is {dataset.task}, the report's {original.task}"
    if dataset.synthetic:
        return "the images are synthetic"
    if sorted(map(class_key, dataset.classes)) != sorted(map(class_key, original.classes)):
        return f"the classes are {', '.join(dataset.classes)}, the report's {', '.join(original.classes)}"
    if original.side is not None and dataset.native_size < original.side:
        return f"the images have {dataset.native_size} px, fewer than the {original.side} px that the report's model sees"
    return next((reason for split in published.splits if (reason := _other_images(published, dataset, split))), None)


def _other_images(published: Published, dataset: Dataset, split: str) -> str | None:
    """Why a split cannot be the report's, by its counts."""
    original, found = published.original, dataset.counts().get(split, {"images": 0, "per_class": {}})
    if split in original.images and _differ(found["images"], original.images[split]):
        return f"{split} has {found['images']:,} images, the report's {original.images[split]:,}"
    counts = {class_key(name): count for name, count in found["per_class"].items()}
    for name, count in original.per_class.get(split, {}).items():
        if _differ(counts[class_key(name)], count):
            return f"{split} has {counts[class_key(name)]:,} images of {name}, the report's {count:,}"
    return None


def _differ(found: int, published: int) -> bool:
    return abs(found - published) > TOLERANCE * published


def check_task(published: Published, dataset: Dataset) -> None:
    """Raise RecipeError where a published model cannot be trained on the data."""
    if dataset.task != published.task:
        others = [model.id for model in catalogue.READY.values() if model.task == dataset.task]
        raise RecipeError(
            f"{published.id} is a model of {published.task} data",
            f"{dataset.title} is {dataset.task}",
            f"Recipes for it: {', '.join(others)}",
        )


def _parted(published: Published, changes: Mapping) -> tuple[dict, dict]:
    """The changes of the model itself and those of the model whose features it reads."""
    if published.base is None:
        return dict(changes), {}
    if "features" in changes:
        raise RecipeError(f"features is {changes['features']!r}", f"{published.id} reads those of {published.base}", "Leave features out")
    own = set(limits_of(published.family)) - set(IMAGE_LIMITS)
    return {name: changes[name] for name in changes if name in own}, {name: changes[name] for name in changes if name not in own}


def _base_recipe(published: Published, changes: Mapping, seed: int) -> Recipe:
    base = catalogue.get(published.base)
    return build(base.family, {**base.settings, **changes, "seed": seed})


def _submit_on(root: Path, dataset: Dataset, published: Published, settings: Mapping, base: Recipe, again: bool) -> Submission:
    waiting = {job.id for job in Queue(root).jobs(*OPEN)}
    found = submit(root, dataset, base)
    wanted = {name: value for name, value in settings.items() if name not in IMAGE_LIMITS}  # images are as the base run has them
    wanted |= {"features": f"{RUN_PREFIX}{found.run_id}", "seed": base.seed}
    submission = submit(root, dataset, fitting_recipe(root, dataset, published.family, wanted), again)
    return submission if found.cached or found.run_id in waiting else replace(submission, brought=found.run_id)


def _rule(published: Published) -> str | None:
    """The operating point that the run is given: where it tells published models of one recipe apart, or is not the first one."""
    base = catalogue.get(published.base).recipe if published.base else None
    is_shared = len(catalogue.of(published.recipe, base)) > 1
    return published.rule if is_shared or published.rule != FIRST_RULE else None
