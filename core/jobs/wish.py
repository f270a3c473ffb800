"""What a person asks to be trained: a family or a published recipe, settings, seeds, and perhaps several values of one setting.

A wish becomes recipes, to be looked at before anything starts; then jobs, or the command lines that would do the same.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.data.dataset import Dataset
from core.jobs.published_runs import check_task, submit_published
from core.jobs.series import Series, there_already
from core.jobs.submission import Submission, fitting_recipe, submit
from core.limits import RUN_PREFIX
from core.published.catalogue import PUBLISHED
from core.published.published import Published
from core.recipe import Recipe, build
from core.runs.run import Run


@dataclass(frozen=True)
class Wish:
    """`settings` are those that differ from the defaults on the data at hand, or from the published recipe."""

    family: str
    settings: Mapping
    series: Series = Series()
    published: Published | None = None

    def recipes(self, root: Path, dataset: Dataset) -> list[Recipe]:
        """One recipe per run: all seeds of the first value, then of the next. Raises RecipeError or StoreError.

        A published recipe on the features of another stands on a backbone as long as that other is neither trained nor on its way.
        """
        if self.published:
            check_task(self.published, dataset)
        variants = self.series.variants(self.settings)
        return [self._recipe(root, dataset, {**variant, "seed": seed}) for variant in variants for seed in self.series.seeds]

    def brought(self, root: Path, dataset: Dataset, seed: int) -> Recipe | None:
        """The recipe that is trained first, since its features are read, if it is neither trained nor on its way."""
        base = self._base(seed)
        return base if base and self._base_run(root, dataset, base) is None else None

    def submit(self, root: Path, dataset: Dataset, again: bool = False) -> list[Submission]:
        """Put all runs in the queue that are neither trained nor on their way; `again` trains them in any case."""
        if self.published is None:
            return [submit(root, dataset, recipe, again) for recipe in self.recipes(root, dataset)]
        variants = self.series.variants(self.settings)
        found = [submit_published(root, dataset, self.published.id, self.series.seeds, changes, again) for changes in variants]
        return [submission for several in found for submission in several]

    def commands(self, source: str) -> list[str]:
        """The command lines that train the same on `source`, one per value of the swept setting."""
        what = f"--recipe {self.published.id}" if self.published else f"--model {self.family}"
        seeds = self.series.seeds
        told = "" if seeds == (0,) else f" --seed {seeds[0]}" if len(seeds) == 1 else f" --seeds {','.join(map(str, seeds))}"
        first = f"python -m core train --data {shlex.quote(source)} {what}"
        return [f"{first}{_words(variant)}{told}" for variant in self.series.variants(self.settings)]

    def _recipe(self, root: Path, dataset: Dataset, settings: dict) -> Recipe:
        if self.published is None:
            return fitting_recipe(root, dataset, self.family, settings)
        return build(self.family, {**self.published.settings, **settings, **self._base_settings(root, dataset, settings["seed"])})

    def _base_settings(self, root: Path, dataset: Dataset, seed: int) -> dict:
        """Whose features a published recipe reads, where that is settled."""
        base = self._base(seed)
        run_id = base and self._base_run(root, dataset, base)
        return {"features": f"{RUN_PREFIX}{run_id}", **vars(base.image)} if run_id else {}

    def _base(self, seed: int) -> Recipe | None:
        if self.published is None or self.published.base is None:
            return None
        base = PUBLISHED[self.published.base]
        return build(base.family, {**base.settings, "seed": seed})

    @staticmethod
    def _base_run(root: Path, dataset: Dataset, base: Recipe) -> str | None:
        (found,) = there_already(root, dataset, [base])
        return found.run_id if isinstance(found, Run) else found


def _words(settings: Mapping) -> str:
    return "".join(f" --set {shlex.quote(f'{name}={_plain(value)}')}" for name, value in settings.items())


def _plain(value) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
