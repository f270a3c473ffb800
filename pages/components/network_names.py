"""Backbones in words: where their weights are, how large they are, and which of their layers can be read."""

from collections.abc import Mapping

from core.backbone_table import BACKBONES
from core.layers import cnn_layers
from core.limits import OFFLINE_BACKBONES
from core.runs.run import Run
from pages.components.wording import short_count

_LAST = "last"


def words(name: str) -> str:
    """A backbone with its place, size and cost ("resnet18 (from the hub) · 11.2 M parameters · 1.81 G MACs")."""
    where = "weights here" if name in OFFLINE_BACKBONES else "from the hub"
    known = BACKBONES.get(name)
    if known is None:
        return f"{name} ({where})"
    cost = short_count(known.multiply_adds + known.fixed_multiply_adds)
    return f"{name} ({where}) · {short_count(known.parameters)} parameters · {cost} MACs"


def layers_of(source: str, runs: Mapping[str, Run]) -> list[str]:
    """The layers of a backbone or of a run's network whose values can be read; the last first."""
    if source in runs:
        return [_LAST, *_run_layers(runs[source])]
    stages = BACKBONES[source].stages if source in BACKBONES else 0
    return [_LAST, *(f"stage{number}" for number in range(1, stages + 1))]


def _run_layers(run: Run) -> list[str]:
    recipe = run.recipe
    if recipe.family == "cnn":
        layers = cnn_layers(recipe.model, recipe.image.image_size, len(run.data.labels))
        return [part for part in dict.fromkeys(layer.part for layer in layers) if part.startswith(("block", "dense"))]
    return ["rows"] if recipe.family == "lstm" else layers_of(recipe.model.backbone, {})[1:]
