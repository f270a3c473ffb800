"""All published models by id, in order, with our own in `READY`, and which of them a recipe is."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from core.errors import RecipeError
from core.layers import Cost, cost_of
from core.published import beltran, guita, novaims, own, portsmouth, tomeh
from core.published.published import Published
from core.recipe import Recipe

_REPORTS = (tomeh, guita, beltran, portsmouth, novaims)
PUBLISHED: Mapping[str, Published] = MappingProxyType({model.id: model for report in _REPORTS for model in report.MODELS})
READY: Mapping[str, Published] = MappingProxyType({**PUBLISHED, **{model.id: model for model in own.MODELS}})


def get(published_id: str) -> Published:
    """A published model, or our own. Raises RecipeError for an id that is none, with those that are close."""
    if published_id in READY:
        return READY[published_id]
    close = difflib.get_close_matches(published_id, READY, n=5, cutoff=0.4)
    meant = f"close to it are {', '.join(close)}" if close else "it must be an id of the list"
    raise RecipeError(f"there is no published recipe {published_id[:80]!r}", meant, "See: python -m core recipes")


def cost(model: Published) -> Cost:
    """What its network costs on the data of its report; of an SVM or a forest, the network whose features it reads."""
    network = get(model.base) if model.base else model
    return cost_of(network.recipe, len(network.original.labels))


def of(recipe: Recipe, base: Recipe | None = None) -> tuple[Published, ...]:
    """The published models, and our own, that a recipe is, whatever its seed; often none.

    `base` is the recipe of the run whose features it reads, which must be the published one too. Models that differ in their operating
    point alone are one recipe.
    """
    return tuple(model for model in READY.values() if _is(model, recipe, base))


def _is(model: Published, recipe: Recipe, base: Recipe | None) -> bool:
    if model.family != recipe.family or (model.base is None) != (recipe.base_run is None):
        return False
    if model.base is not None and (base is None or not _is(get(model.base), base, None)):
        return False
    return _compared(model.recipe, model.base) == _compared(recipe, model.base)


def _compared(recipe: Recipe, base: str | None) -> dict:
    left_out = {"seed"} if base is None else {"seed", "features"}
    return {name: value for name, value in recipe.settings.items() if name not in left_out}
