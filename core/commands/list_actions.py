"""What the commands that list do: the published recipes, and every model with its hyperparameters."""

import argparse
from collections.abc import Callable
from pathlib import Path

from core.backbone_table import BACKBONES
from core.layers import cost_of
from core.limits import Limit
from core.published import catalogue
from core.published.published import Published
from core.recipe import FAMILIES, FAMILY_TITLES, build, family_defaults, limits_of

_BACKBONE_SETTINGS = ("backbone", "features")


def recipes(root: Path, arguments: argparse.Namespace) -> list[dict] | dict:
    """All published recipes, or one of them whole."""
    if arguments.recipe_id is None:
        return [_listed(model) for model in catalogue.PUBLISHED.values()]
    model = catalogue.get(arguments.recipe_id)
    data = {name: value for name, value in vars(model.original).items() if value}
    return _listed(model) | {"base": model.base, "rule": model.rule, "settings": dict(model.settings), "data": data}


def models(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """Every model with its hyperparameters; for a person one line for each of them."""
    return [_model(family, _facts if arguments.json else _words) for family in FAMILIES]


def _listed(model: Published) -> dict:
    return {
        "id": model.id, "title": model.title, "task": model.task, "family": model.family, "parameters": catalogue.cost(model).parameters,
        "source": model.source, "published": [figure.as_dict() for figure in model.figures], "open_points": list(model.open_points),
    }  # fmt: skip


def _model(family: str, tell_limit: Callable) -> dict:
    defaults, limits = family_defaults(family), limits_of(family)
    told = {name: tell_limit(defaults[name], limit) for name, limit in limits.items()}
    found = {"family": family, "title": FAMILY_TITLES[family], "hyperparameters": told}
    offered = next((limits[name].choices for name in _BACKBONE_SETTINGS if name in limits), ())
    return found | ({"backbones": [_backbone(name) for name in offered]} if offered else {})


def _facts(default, limit: Limit) -> dict:
    return {
        "default": default, "type": type(limit.default).__name__, "low": limit.low, "high": limit.high, "choices": list(limit.choices),
        "open_choices": limit.open_choices, "each": limit.each, "group": limit.group, "help": limit.help,
    }  # fmt: skip


def _words(default, limit: Limit) -> str:
    bounds = f"{limit.low:g} to {limit.high:g}" if limit.low is not None else ", ".join(map(str, limit.choices)) or "true or false"
    if not limit.choices and isinstance(limit.default, str):
        bounds = "any text"
    several = "; one, or a list" if limit.each else "; or another name" if limit.open_choices else ""
    return f"{'none' if default == '' else default} ({bounds}{several}). {limit.help}"


def _backbone(name: str) -> dict:
    """A backbone without its last layer, on images of 224 px with three channels."""
    recipe = build("svm", {"features": name, "image_size": 224})
    return {"name": name, **vars(cost_of(recipe, 1)), "features": BACKBONES[name].width}
