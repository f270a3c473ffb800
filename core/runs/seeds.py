"""Runs of one recipe on the same data that differ in their seed alone, found among others."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.recipe import CLASSICAL_FAMILIES, NETWORK_FAMILIES, Recipe
from core.runs.run import Run


@dataclass(frozen=True)
class SeedGroup:
    """One or more runs, in the order in which they were given, and their seeds."""

    runs: tuple[Run, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        return tuple(run.recipe.seed for run in self.runs)


def seed_groups(runs: Sequence[Run]) -> list[SeedGroup]:
    """Each run in one group, groups in the order of their first runs.

    Runs are of one group where data (by fingerprint) and all settings but the seed are the same. Features of a run count as the same
    where that run's recipe is the same but for its seed. A seed that occurs twice is one training repeated: both stay in the group.
    """
    groups: dict[tuple, list[Run]] = {}
    for run in runs:
        groups.setdefault(_key(run), []).append(run)
    return [SeedGroup(tuple(members)) for members in groups.values()]


def _key(run: Run) -> tuple:
    if run.recipe.family not in NETWORK_FAMILIES + CLASSICAL_FAMILIES:
        return (run.run_id,)
    return (run.data.fingerprint, _but_seed(run.recipe), run.base and _but_seed(run.base.recipe))


def _but_seed(recipe: Recipe) -> tuple:
    """The family and all settings but the seed and, where they are a run's, the name of the features."""
    left_out = {"seed", "features"} if recipe.base_run else {"seed"}
    return recipe.family, tuple((name, repr(value)) for name, value in recipe.settings.items() if name not in left_out)
