"""Networks of the timm library: from a name to a network with a new last layer."""

from dataclasses import dataclass

import torch
from torch import nn

from core.backbone_names import check_backbone_name
from core.backbone_table import BACKBONES
from core.errors import RecipeError, WeightsError
from core.layers import check_backbone
from core.limits import OFFLINE_BACKBONES
from core.models import pretrained
from core.models.backbone_maps import backbone_maps
from core.models.grey_body import GreyBody
from core.models.last_maps import LastMaps, averaged
from core.models.normalise import Normalise
from core.models.quick_body import QuickBody, quick_body
from core.models.stages import Stages
from core.parts import Transfer

_IMAGENET_CLASSES = 1000
_USUAL_SIZE = 224  # those of the shipped table that take it take any larger one, unless their size is fixed as they are built
_UNFIT = (AssertionError, RuntimeError, TypeError, ValueError, IndexError)  # what timm and torch raise for an image of a wrong size


@dataclass(frozen=True)
class Entry:
    """How grey images enter a backbone: their side in pixels, input channels, and the normalisation as in `core.limits`."""

    image_size: int = _USUAL_SIZE
    channels: int = 3
    normalisation: str = "own"


class BackboneNet(nn.Module):
    """A timm network and one linear layer on its pooled features.

    `features` maps float (B, 1, H, W) in 0..1 to (B, F), pooled at the end, or at the end of one of `layers` (its stages, maps averaged
    over the image); `head` maps (B, F) to (B, L). All of it learns, unless `learn` says otherwise.
    """

    def __init__(self, backbone: nn.Module, width: int, normalise: Normalise, outputs: int, dropout: float):
        super().__init__()
        self.backbone, self.width, self.normalise = backbone, width, normalise
        self.head = nn.Sequential(nn.Dropout(dropout), nn.Linear(width, outputs))
        self._stages, self._frozen, self._rate = Stages(backbone), (), 1.0
        self._learns, self._freeze_epochs = ("all", 0), 0
        self._quick: QuickBody | None = None

    @property
    def layers(self) -> tuple[str, ...]:
        return self._stages.names

    def features(self, images: torch.Tensor, layer: str = "last") -> torch.Tensor:
        if layer != "last":
            return self._stages.pooled(layer, self.normalise(images))
        if self._quick and self._quick.takes(images):
            return self.backbone.forward_head(self._quick(images))
        return self.backbone(self.normalise(images))

    def last_maps(self, images: torch.Tensor, layer: str = "last") -> LastMaps:
        """What `features` averages or reads at the end. Raises ExplanationError where the network has no such maps."""
        if layer != "last":
            return averaged(self._stages.maps(layer, self.normalise(images)))
        return backbone_maps(self.backbone, images, self.normalise, self._body)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(images))

    @torch.no_grad()
    def quicken(self, images: torch.Tensor) -> bool:
        """Make `features` and `last_maps` quicker where no gradients are wanted, for images of the size of these, float (B, 1, H, W).

        Returns whether that is so. The network must not be trained from then on.
        """
        if not (hasattr(self.backbone, "forward_features") and hasattr(self.backbone, "forward_head")):
            return False
        self._quick = quick_body(GreyBody(self.normalise, self.backbone, images).eval(), images, self._body(images))
        return self._quick is not None

    def _body(self, images: torch.Tensor) -> torch.Tensor:
        """What stands before the pooling, of float images (B, 1, H, W) in 0..1."""
        if self._quick and self._quick.takes(images):
            return self._quick(images)
        return self.backbone.forward_features(self.normalise(images))

    def learn(self, trainable: str, last_stages: int, rate: float, freeze_epochs: int = 0) -> None:
        """Say what learns: `trainable`, `last_stages` and `freeze_epochs` as in `core.limits`; `rate` is the backbone's share."""
        self._learns, self._rate, self._freeze_epochs = (trainable, last_stages), rate, freeze_epochs
        self._freeze(*self._learns)

    def begin(self, epochs: int) -> None:
        """Let learn what learns after so many epochs."""
        self._freeze(*(("head", 0) if epochs < self._freeze_epochs else self._learns))

    def _freeze(self, trainable: str, last_stages: int) -> None:
        self._frozen = ()
        self.backbone.requires_grad_(True)
        if trainable == "head":
            self._frozen = (self.backbone,)
            self.backbone.requires_grad_(False)
        elif trainable == "last":
            self._frozen, parameters = self._stages.before_last(last_stages)
            for parameter in parameters:
                parameter.requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> "BackboneNet":
        """Also keeps frozen parts as they score: their batch norms count nothing, and nothing is dropped in them."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def rates(self) -> list[tuple[float, list[nn.Parameter]]]:
        """Shares of the learning rate, and the parameters that learn at each."""
        body = [parameter for parameter in self.backbone.parameters() if parameter.requires_grad]
        return ([(self._rate, body)] if body else []) + [(1.0, list(self.head.parameters()))]


def build_transfer(model: Transfer, image_size: int, outputs: int, is_new: bool) -> BackboneNet:
    """The network of transfer settings; pretrained weights are read only into a new one. Raises as `build_backbone`."""
    entry = Entry(image_size, model.channels, model.normalisation)
    network = build_backbone(model.backbone, model.pretrained and is_new, outputs, model.dropout, entry)
    network.learn(model.trainable, model.last_stages, model.backbone_rate, model.freeze_epochs)
    _quicken_learning(network.backbone)
    return network


def build_backbone(name: str, is_pretrained: bool, outputs: int, dropout: float = 0.0, entry: Entry = Entry()) -> BackboneNet:
    """A backbone by its timm name.

    Raises RecipeError for a name that timm does not know and for images that the network does not take, WeightsError where its weights
    cannot be had here.
    """
    check_backbone_name(name)
    check_backbone(name, entry.image_size)
    options = {"in_chans": entry.channels} | ({"img_size": entry.image_size} if _has_fixed_size(name) else {})
    module = _from_hub(name, options) if is_pretrained and not pretrained.is_offline(name) else _random(name, options)
    if is_pretrained and pretrained.is_offline(name):
        pretrained.load_offline(module, name)
    settings = module.pretrained_cfg
    module.reset_classifier(0)
    width = _width(module, name, entry, "img_size" in options)
    normalise = Normalise(entry.normalisation, entry.channels, settings["mean"], settings["std"])
    return BackboneNet(module, width, normalise, outputs, dropout)


def weights_id(name: str, is_pretrained: bool, seed: int = 0, entry: Entry = Entry()) -> str:
    """A text that is equal for equal features of an untrained backbone on the same pixels, to name kept features by."""
    weights = f"{name}-imagenet" if is_pretrained else f"{name}-random-{seed}"
    channels = "" if entry.channels == 3 else f"-{entry.channels}ch"
    return weights + channels + ("" if entry.normalisation == "own" else f"-{entry.normalisation}")


def _quicken_learning(backbone: nn.Module) -> None:
    from core.models.quick_layers import quicken_learning  # late, for it reads timm, as what calls this has done

    quicken_learning(backbone)


def _has_fixed_size(name: str) -> bool:
    import timm

    settings = timm.get_pretrained_cfg(name)
    return bool(settings and settings.fixed_input_size)


def _width(module: nn.Module, name: str, entry: Entry, is_fixed: bool) -> int:
    """Pooled features per image, found by a forward pass: timm's num_features leaves out some networks' last layer."""
    side = min(entry.image_size, _USUAL_SIZE) if name in BACKBONES and not is_fixed else entry.image_size
    module.eval()
    try:
        with torch.inference_mode():
            return module(torch.zeros(1, entry.channels, side, side)).shape[1]
    except _UNFIT as error:
        raise _unfit(name, f"images of {entry.image_size} px", error) from None


def _random(name: str, options: dict) -> nn.Module:
    import timm

    try:
        return timm.create_model(name, num_classes=_IMAGENET_CLASSES, **options)
    except _UNFIT as error:
        raise _unfit(name, ", ".join(f"{option} {value}" for option, value in options.items()), error) from None


def _unfit(name: str, what: str, error: Exception) -> RecipeError:
    return RecipeError(f"{name} does not take {what} ({error})", "", "Take another image_size or another backbone")


def _from_hub(name: str, options: dict) -> nn.Module:
    import timm
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    try:
        return timm.create_model(name, pretrained=True, **options)
    except (OSError, RuntimeError, HfHubHTTPError, LocalEntryNotFoundError) as error:
        raise WeightsError(
            f"the weights of {name} could not be fetched ({type(error).__name__})",
            "a network is needed for them",
            f"Offline choices: {', '.join(OFFLINE_BACKBONES)}; or set pretrained to false",
        ) from None
