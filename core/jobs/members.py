"""Which runs an ensemble may average: asked before it is queued, and again when its turn comes."""

from core.data.dataset import Dataset
from core.errors import RecipeError
from core.jobs.queue import Queue
from core.recipe import Recipe
from core.runs.run import Run
from core.runs.store import Store

_FEWEST = 2


def checked_members(store: Store, recipe: Recipe, dataset: Dataset) -> list[Run]:
    """The members of an ensemble: complete runs of single models, each once, on this data as it is now.

    Raises RecipeError with the reason for any other, StoreError for one that is not there.
    """
    named = recipe.member_runs
    if len(named) < _FEWEST:
        raise RecipeError(f"members names {len(named)} runs", f"an ensemble is the mean of {_FEWEST} or more", "Name run ids, with commas")
    twice = [run_id for number, run_id in enumerate(named) if run_id in named[:number]]
    if twice:
        raise RecipeError(f"members names {twice[0]} twice", "each run counts once")
    _check_complete(store, named)
    members = [store.get(run_id) for run_id in named]
    for run in members:
        _check_fits(run, dataset)
    return members


def _check_complete(store: Store, named: tuple[str, ...]) -> None:
    for job in Queue(store.root).jobs("queued", "running"):
        if job.id in named:
            raise RecipeError(f"member {job.id} is {job.state}", "a member must be a complete run", "Wait until it is done")


def _check_fits(run: Run, dataset: Dataset) -> None:
    if not run.has_weights:
        raise RecipeError(f"member {run.run_id} ({run.title}) was trained elsewhere", "a member must be a model that was trained here")
    if run.recipe.family == "ensemble":
        raise RecipeError(f"member {run.run_id} is an ensemble", "a member must be a single model", "Name its members instead")
    if run.data.fingerprint != dataset.fingerprint:
        found, expected = f"member {run.run_id} was trained on other data ({run.data.title})", f"{dataset.title}, as it is now"
        raise RecipeError(found, expected, "Choose runs of one data set")
    if (run.data.task, run.data.labels) != (dataset.task, dataset.labels):
        found = f"member {run.run_id} tells {', '.join(run.data.labels)} ({run.data.task})"
        raise RecipeError(found, f"{dataset.title} has {', '.join(dataset.labels)} ({dataset.task})")
