"""A timm network up to its pooling, of grey images, as it is written into a graph: its first convolution is given two planes, not three.

A convolution is linear. Of three channels that are one grey image, each less its mean and by its spread, it says the same as of the image
itself and a plane of ones, with the channels' weights added up for either: a third less to do in the largest maps, and nothing to
normalise. Padding stays right, for zeros surround both planes.
"""

import copy
from collections.abc import Iterator

import torch
from torch import nn

from core.models.normalise import Normalise


class GreyBody(nn.Module):
    """Float (B, 1, H, W) in 0..1 to what the network's `forward_features` says of them, normalised; `images` are such, to look at.

    As it is where the first convolution cannot be found, or has less than three channels, or images are normalised by themselves.
    """

    def __init__(self, normalise: Normalise, backbone: nn.Module, images: torch.Tensor):
        super().__init__()
        self.normalise, self.backbone = normalise, backbone
        name = _first_convolution(backbone, normalise(images)) if _is_fixed(normalise) else None
        self.has_planes = name is not None
        if name:
            self.backbone = copy.deepcopy(backbone, {id(tensor): tensor for tensor in _tensors(backbone)})
            first = self.backbone.get_submodule(name)
            first.weight = nn.Parameter(_of_planes(first.weight.detach(), normalise))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        seen = torch.cat([images, torch.ones_like(images)], dim=1) if self.has_planes else self.normalise(images)
        return self.backbone.forward_features(seen)


def _tensors(module: nn.Module) -> Iterator[torch.Tensor]:
    """What a copy shares with the original: all weights, so that it takes no memory."""
    yield from module.parameters()
    yield from module.buffers()


def _is_fixed(normalise: Normalise) -> bool:
    return normalise.channels > 2 and not normalise.is_per_image


def _of_planes(weight: torch.Tensor, normalise: Normalise) -> torch.Tensor:
    """Weights (F, 2, h, w) for the image and the ones, of those (F, C, h, w) for normalised channels."""
    scaled = weight / normalise.std
    return torch.stack([scaled.sum(dim=1), -(scaled * normalise.mean).sum(dim=1)], dim=1)


@torch.no_grad()
def _first_convolution(backbone: nn.Module, seen: torch.Tensor) -> str | None:
    """The name of the one convolution that is given the images themselves; None where it is not one."""
    found, hooks = [], []

    def meet(name: str):
        def look(conv: nn.Conv2d, inputs: tuple) -> None:
            if inputs[0] is seen and conv.groups == 1:
                found.append(name)

        return look

    for name, part in backbone.named_modules():
        if isinstance(part, nn.Conv2d):
            hooks.append(part.register_forward_pre_hook(meet(name)))
    backbone.forward_features(seen)
    for hook in hooks:
        hook.remove()
    return found[0] if len(found) == 1 else None
