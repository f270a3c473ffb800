"""From wishes to work: settings become a recipe that fits the data, and a recipe becomes a job, unless it was trained already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from core.backbone_names import check_backbone_name
from core.data import registry
from core.data.dataset import Dataset
from core.errors import RecipeError
from core.jobs.feature_source import check_features
from core.jobs.first_point import begin_with
from core.jobs.members import checked_members
from core.jobs.queue import Queue
from core.jobs.series import there_already
from core.limits import SEED_LIMIT
from core.parts import Image
from core.recipe import CLASSICAL_FAMILIES, Recipe, build, fitting_image_size
from core.runs.operating import choose_point, freeze
from core.runs.run import Run, run_name
from core.runs.store import Store, new_run_id
from core.training.sampling import sampled_rows


@dataclass(frozen=True)
class Submission:
    """A run that is there, or on its way: `cached` says that it was trained before and nothing was queued.

    `brought` is the id of the job that was queued only because this one reads the features of its run.
    """

    run_id: str
    recipe: Recipe
    cached: bool
    brought: str | None = None


def fitting_recipe(root: Path, dataset: Dataset, family: str, settings: Mapping) -> Recipe:
    """A recipe of a family with these settings; an image size that is left out is taken from the data, or from the base run or
    the first member.

    Raises RecipeError where settings, or the members of an ensemble, do not fit, StoreError for a base run or member that is not there.
    """
    recipe = build(family, settings)
    _check_network(recipe)
    if family == "ensemble":
        first = checked_members(Store(root), recipe, dataset)[0]
        return _with_image(recipe, settings, first.recipe.image, f"its first member {first.run_id}")
    base = recipe.base_run and _recipe_of(root, recipe.base_run)
    if family in CLASSICAL_FAMILIES:
        check_features(recipe, base)
    if base:
        return _with_image(recipe, settings, base.image, f"run {recipe.base_run}, whose features are used,")
    if "image_size" in settings:
        return recipe
    return build(family, {**settings, "image_size": fitting_image_size(family, dataset.native_size)})


def submit(root: Path, dataset: Dataset, recipe: Recipe, again: bool = False, rule: str | None = None) -> Submission:
    """Queue a recipe, unless its run is in the store or on its way already; `again` trains it in any case.

    With a fixed threshold as `rule` ("0.4") that is the run's operating point, also of a run that is there; without, a new run has 0.5.
    Raises RecipeError or DataError where the recipe asks for what the data does not have.
    """
    _check_network(recipe)
    _check_data(recipe, dataset)
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / "submission.lock"):  # two who wish the same at once shall not both find nothing
        found = None if again else _there_already(root, dataset, recipe)
        if found and rule is not None:
            _set_rule(root, found, rule)
        return found or _queue(root, dataset, recipe, rule)


def submit_seeds(
    root: Path, dataset: Dataset, family: str, settings: Mapping, seeds: Sequence[int | str], again: bool = False
) -> list[Submission]:
    """Submit a recipe once for each seed, in their order; a seed that is named twice counts once.

    Raises RecipeError before anything is queued.
    """
    recipes = [fitting_recipe(root, dataset, family, {**settings, "seed": seed}) for seed in checked_seeds(seeds)]
    return [submit(root, dataset, recipe, again) for recipe in recipes]


def checked_seeds(seeds: Sequence[int | str]) -> tuple[int, ...]:
    """Each seed once. Raises RecipeError where there is none, or one breaks its limit."""
    found = tuple(dict.fromkeys(SEED_LIMIT.check("seed", seed) for seed in seeds))
    if not found:
        raise RecipeError("no seed is given", "at least one is needed")
    return found


def _check_network(recipe: Recipe) -> None:
    """A network that timm does not have: told now, not by the worker."""
    if recipe.family == "transfer":
        check_backbone_name(recipe.model.backbone)
    elif recipe.family in CLASSICAL_FAMILIES and recipe.base_run is None:
        check_backbone_name(recipe.model.features)


def _check_data(recipe: Recipe, dataset: Dataset) -> None:
    """Classes to sample that are not there, and more components than images can have: told now, not after the features were computed."""
    rows = dataset.rows("train")
    if recipe.training:
        sampled_rows(recipe.training, dataset.y[rows], dataset.task, dataset.classes, recipe.seed)
    if recipe.family in CLASSICAL_FAMILIES and recipe.model.pca > len(rows):
        expected = f"train has {len(rows):,} images, which have at most as many components"
        raise RecipeError(f"pca is {recipe.model.pca:,}", expected, "Take fewer components, or 0 for the features themselves")


def _there_already(root: Path, dataset: Dataset, recipe: Recipe) -> Submission | None:
    (found,) = there_already(root, dataset, [recipe])
    if isinstance(found, Run):
        return Submission(found.run_id, recipe, True)
    return found and Submission(found, recipe, False)


def _set_rule(root: Path, submission: Submission, rule: str) -> None:
    """The run's operating point, now if it is complete, else when it is."""
    store = Store(root)
    if not submission.cached:
        begin_with(root, submission.run_id, rule)
    run = next((run for run in store.runs() if run.run_id == submission.run_id), None)
    if run and run.operating_point.rule != rule:
        freeze(store, run, choose_point(store, run, rule))


def _queue(root: Path, dataset: Dataset, recipe: Recipe, rule: str | None) -> Submission:
    run_id = new_run_id(recipe)
    if rule is not None:
        begin_with(root, run_id, rule)
    base = recipe.base_run
    depends_on = base if base in {job.id for job in Queue(root).jobs("queued", "running")} else None
    Queue(root).submit(run_id, run_name(recipe), dataset.source, recipe, depends_on)
    registry.remember(dataset, root)
    return Submission(run_id, recipe, False)


def _with_image(recipe: Recipe, settings: Mapping, image: Image, owner: str) -> Recipe:
    """The recipe with another's image settings. Raises RecipeError where it was asked for with different ones."""
    for name, value in vars(image).items():
        if settings.get(name) not in (None, value, str(value)):
            raise RecipeError(f"{name} is {settings[name]}", f"{owner} has {value}", f"Leave {name} out")
    return build(recipe.family, {**settings, **vars(image)})


def _recipe_of(root: Path, run_id: str) -> Recipe:
    """The recipe of a run that is complete or still in the queue."""
    waiting = {job.id: job for job in Queue(root).jobs("queued", "running")}
    return waiting[run_id].recipe if run_id in waiting else Store(root).get(run_id).recipe
