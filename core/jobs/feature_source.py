"""Which networks yield features, and which of their layers can be read: asked before a job is queued, without torch."""

from core.backbone_table import BACKBONES
from core.errors import RecipeError
from core.layers import cnn_layers
from core.parts import CNN, LSTM
from core.recipe import NETWORK_FAMILIES, Recipe


def check_features(recipe: Recipe, base: Recipe | None) -> None:
    """Raises RecipeError where a classical model's network, that of the run `base` if there is one, is none or has not the layer asked for.

    The layers of a timm network that is not in the shipped table are not known here; they are looked up when it is built.
    """
    if base and base.family not in NETWORK_FAMILIES:
        found = f"run {recipe.base_run}, whose features are used, is of family {base.family}"
        raise RecipeError(found, f"it must be one of {', '.join(NETWORK_FAMILIES)}")
    layer, known = recipe.model.layer, _layers(base, recipe.model.features)
    if known is not None and layer not in known:
        raise RecipeError(f"layer is {layer!r}", f"{recipe.model.features} has {', '.join(known)}")


def _layers(base: Recipe | None, backbone: str) -> tuple[str, ...] | None:
    """The names of what can be read, None where they are not known."""
    if base and isinstance(base.model, CNN):
        parts = dict.fromkeys(layer.part for layer in cnn_layers(base.model, base.image.image_size, outputs=1))
        return ("last", *(part for part in parts if part not in ("summary", "output")))
    if base and isinstance(base.model, LSTM):
        return ("last", "rows")
    known = BACKBONES.get(base.model.backbone if base else backbone)
    return known and ("last", *(f"stage{number + 1}" for number in range(known.stages)))
