"""In which settings runs differ, so that a table may show these alone."""

from collections.abc import Sequence

from core.recipe import EXTERNAL, family_defaults
from core.runs.run import Run


def settings_of(run: Run) -> dict:
    """The family and all settings of a run, by name, in their usual order."""
    return {"family": run.recipe.family, **run.recipe.settings}


def telling_settings(runs: Sequence[Run]) -> list[str]:
    """The names of the settings that tell runs apart, in their usual order.

    Those that have several values among the runs that have them; and those that only some families have, where a run has another value
    than its family's default. So a CNN beside an SVM is told by what was chosen, not by all that the other cannot have.
    """
    settings = [settings_of(run) for run in runs]
    names = dict.fromkeys(name for one in settings for name in one)
    return [name for name in names if _differs(name, settings) or _is_chosen(name, runs, settings)]


def _differs(name: str, settings: Sequence[dict]) -> bool:
    return len({repr(one[name]) for one in settings if name in one}) > 1


def _is_chosen(name: str, runs: Sequence[Run], settings: Sequence[dict]) -> bool:
    if all(name in one for one in settings):
        return False
    having = [(run.recipe.family, one[name]) for run, one in zip(runs, settings, strict=True) if name in one]
    return any(family == EXTERNAL or value != family_defaults(family)[name] for family, value in having)
