"""The stages of a timm network, which may be read, or trained, by themselves."""

import torch
from torch import nn

from core.errors import RecipeError


class Stages:
    """The parts of a network between which timm says that features may be taken ("stage1", ...), in the order of its forward pass.

    The stem belongs to the first stage, what comes after the last point to the last one. A network that timm has no such points for
    has no stages.
    """

    def __init__(self, backbone: nn.Module):
        self._backbone = backbone
        has_points = hasattr(backbone, "forward_intermediates") and hasattr(backbone, "feature_info")
        self._ends = [point["module"] for point in backbone.feature_info] if has_points else []

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"stage{number + 1}" for number in range(len(self._ends)))

    def pooled(self, name: str, images: torch.Tensor) -> torch.Tensor:
        """What a stage says of images (B, C, H, W), averaged over its maps or tokens: (B, F). Raises RecipeError for an unknown one."""
        return self.maps(name, images).mean(dim=(2, 3))

    def maps(self, name: str, images: torch.Tensor) -> torch.Tensor:
        """A stage's maps, or its tokens laid out as such, (B, F, h, w). Raises RecipeError for an unknown one."""
        if name not in self.names:
            raise RecipeError(f"layer is {name!r}", f"this network has {', '.join(('last', *self.names))}")
        options = {"intermediates_only": True, "stop_early": True, "output_fmt": "NCHW"}
        return self._backbone.forward_intermediates(images, indices=[self.names.index(name)], **options)[0]

    def before_last(self, count: int) -> tuple[tuple[nn.Module, ...], list[nn.Parameter]]:
        """The modules and parameters that come before the last stages. Raises RecipeError where there are not so many."""
        if count > len(self._ends):
            raise RecipeError(f"last_stages is {count}", f"this network has {len(self._ends)}", "Take fewer, or train all of it")
        if count == len(self._ends):
            return (), []
        end = self._ends[-count - 1]
        modules = list(self._backbone.named_modules())  # in the order in which they are defined, which is that of the forward pass
        last = max(place for place, (name, _) in enumerate(modules) if f"{name}.".startswith(f"{end}."))
        before = modules[: last + 1]
        parameters = [parameter for _, module in before for parameter in module.parameters(recurse=False)]
        whole = tuple(module for name, module in before if name and not end.startswith(f"{name}."))
        return whole, parameters
