"""Networks of the timm library as feature extractors, with a new last layer."""

import torch
from torch import nn

from core.errors import RecipeError, WeightsError
from core.limits import OFFLINE_BACKBONES
from core.models import pretrained

_IMAGENET_CLASSES = 1000


class BackboneNet(nn.Module):
    """A timm network and one linear layer on its pooled features.

    Grey images are given to it as three equal channels, normalised as the backbone's weights expect. `features` maps float
    (B, 1, H, W) in 0..1 to (B, F); `head` maps (B, F) to (B, L).
    """

    def __init__(self, backbone: nn.Module, width: int, mean: tuple[float, ...], std: tuple[float, ...], outputs: int, dropout: float):
        super().__init__()
        self.backbone, self.width = backbone, width
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1), persistent=False)
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, outputs))

    def features(self, images: torch.Tensor) -> torch.Tensor:
        return self.backbone((images - self.mean) / self.std)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(images))


def build_backbone(name: str, is_pretrained: bool, outputs: int, dropout: float = 0.0) -> BackboneNet:
    """A backbone by its timm name.

    Raises RecipeError for a name that timm does not know, WeightsError where its weights cannot be had here.
    """
    import timm

    if not timm.is_model(name):
        raise RecipeError(f"{name!r} is no timm model", "a timm name is expected", f"Offline choices: {', '.join(OFFLINE_BACKBONES)}")
    module = _with_weights(name) if is_pretrained else timm.create_model(name)
    settings = module.pretrained_cfg
    module.reset_classifier(0)
    return BackboneNet(module, _width(module, settings["input_size"]), settings["mean"], settings["std"], outputs, dropout)


def weights_id(name: str, is_pretrained: bool, seed: int = 0) -> str:
    """A text that is equal for equal weights of an untrained backbone, to name kept features by."""
    return f"{name}-imagenet" if is_pretrained else f"{name}-random-{seed}"


def _width(module: nn.Module, input_size: tuple[int, int, int]) -> int:
    """Pooled features per image, found by a forward pass: timm's num_features leaves out some networks' last layer."""
    module.eval()
    with torch.inference_mode():
        return module(torch.zeros(1, *input_size)).shape[1]


def _with_weights(name: str) -> nn.Module:
    import timm

    if pretrained.is_offline(name):
        module = timm.create_model(name, num_classes=_IMAGENET_CLASSES)
        pretrained.load_offline(module, name)
        return module
    return _from_hub(name)


def _from_hub(name: str) -> nn.Module:
    import timm
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return timm.create_model(name, pretrained=True)
    except (OSError, RuntimeError, HfHubHTTPError, LocalEntryNotFoundError) as error:
        raise WeightsError(
            f"the weights of {name} could not be fetched ({type(error).__name__})",
            "a network is needed for them",
            f"Offline choices: {', '.join(OFFLINE_BACKBONES)}; or set pretrained to false",
        ) from None
