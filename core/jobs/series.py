"""Several runs at once: seeds of one recipe, and values of one of its settings. What of them is there already is not trained again."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.data.dataset import Dataset
from core.errors import RecipeError
from core.jobs.queue import Queue
from core.limits import SEED_LIMIT, Limit
from core.recipe import Recipe
from core.runs.run import Run
from core.runs.store import Store

MOST_RUNS = 200


@dataclass(frozen=True)
class Series:
    """The seeds, and the values of the setting `swept`; both as one of each where only one run is wanted."""

    seeds: tuple[int, ...] = (0,)
    swept: str | None = None
    values: tuple = ()

    def variants(self, settings: Mapping) -> list[dict]:
        """The settings of each value. Raises RecipeError where there would be more than MOST_RUNS runs."""
        found = [{**settings, self.swept: value} for value in self.values] if self.swept else [dict(settings)]
        if len(found) * len(self.seeds) > MOST_RUNS:
            raise RecipeError(f"this would be {len(found) * len(self.seeds)} runs", f"at most {MOST_RUNS} can be queued at once")
        return found


def read_seeds(text: str) -> tuple[int, ...]:
    """Seeds in their order, each once ("0, 1, 2"). Raises RecipeError."""
    return read_values("seed", SEED_LIMIT, text)


def read_values(name: str, limit: Limit, text: str) -> tuple:
    """The values of a setting in a text, each once. Raises RecipeError where there is none or one breaks the limit.

    They are parted by commas; those of a setting that may list a value per layer by semicolons ("32; 16,32,64").
    """
    parts = [part.strip() for part in text.split(";" if limit.each and ";" in text else ",")]
    found = tuple(dict.fromkeys(limit.check(name, part) for part in parts if part))
    if not found:
        raise RecipeError(f"no value of {name} is given", "at least one is needed, as in 1, 2, 3")
    return found


def there_already(root: Path, dataset: Dataset, recipes: list[Recipe]) -> list[Run | str | None]:
    """For each recipe its newest run on this data, else the id of the job that will make it, else None.

    The queue is asked first: a run that is completed meanwhile is found in the store then.
    """
    waiting = {job.recipe: job.id for job in Queue(root).jobs("queued", "running") if job.source == dataset.source}
    runs = [run for run in reversed(Store(root).runs()) if run.data.fingerprint == dataset.fingerprint]
    newest = {run.recipe: run for run in runs}
    return [newest.get(recipe) or waiting.get(recipe) for recipe in recipes]
