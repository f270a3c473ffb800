"""The last maps of a timm network: of a convolutional one before its pooling, of one with a class token those that enter its last block."""

import inspect
import math
from collections.abc import Callable

import torch
from torch import nn

from core.errors import ExplanationError
from core.models.last_maps import LastMaps, of_maps

Step = Callable[[torch.Tensor], torch.Tensor]

_SAME = 1e-5  # the most by which a network that was put together again may differ from itself, as a share of its largest value
_REMEDY = "Ask for an occlusion map"


def backbone_maps(backbone: nn.Module, images: torch.Tensor, normalise: Step, body: Step) -> LastMaps:
    """The last maps of grey images. Raises ExplanationError where the network has none that can be read.

    Parameters
    ----------
    images : float (B, 1, H, W) in 0..1. normalise : makes of them what the network wants, (B, C, H, W). body : makes of them what the
        network's `forward_features` does, in whatever way is quickest.
    """
    if not (hasattr(backbone, "forward_features") and hasattr(backbone, "forward_head")):
        raise ExplanationError("this network cannot be parted before its pooling", "", _REMEDY)
    if getattr(backbone, "num_prefix_tokens", 0) and _tells_prefix(backbone):
        return _before_last_block(backbone, normalise(images))
    found = body(images)
    if not isinstance(found, torch.Tensor):
        raise ExplanationError("the last features of this network are of several kinds", "", _REMEDY)
    if found.dim() == 3 and not getattr(backbone, "num_prefix_tokens", 0):
        return LastMaps(found, _grid(backbone, found.shape[1]), backbone.forward_head)
    if found.dim() != 4:
        raise ExplanationError("the last features of this network have no places in the image", "", _REMEDY)
    if getattr(backbone, "output_fmt", "NCHW") == "NHWC":
        return of_maps(found.permute(0, 3, 1, 2), lambda maps: backbone.forward_head(maps.permute(0, 2, 3, 1)))
    return of_maps(found, backbone.forward_head)


def _tells_prefix(backbone: nn.Module) -> bool:
    asked = getattr(backbone, "forward_intermediates", None)
    return asked is not None and "return_prefix_tokens" in inspect.signature(asked).parameters


def _before_last_block(backbone: nn.Module, images: torch.Tensor) -> LastMaps:
    """Tokens before the last block: behind it many networks read the class token alone, and the others change nothing."""
    one_before = [len(backbone.blocks) - 2]
    options = {"return_prefix_tokens": True, "norm": False, "output_fmt": "NLC"}
    end, [(places, prefix)] = backbone.forward_intermediates(images, indices=one_before, **options)

    def last(tokens: torch.Tensor) -> torch.Tensor:
        return backbone.norm(backbone.blocks[-1](tokens))

    def rest(places: torch.Tensor) -> torch.Tensor:
        before = prefix.repeat_interleave(len(places) // len(prefix), dim=0)
        return backbone.forward_head(last(torch.cat([before, places], dim=1)))

    try:
        again = last(torch.cat([prefix, places], dim=1))
    except TypeError:  # a block that is given more than tokens
        raise ExplanationError("the last block of this network cannot be run by itself", "", _REMEDY) from None
    if again.shape != end.shape or (again - end).abs().max() > _SAME * end.abs().max():
        raise ExplanationError("the last block of this network cannot be run by itself", "", _REMEDY)
    return LastMaps(places, _grid(backbone, places.shape[1]), rest)


def _grid(backbone: nn.Module, count: int) -> tuple[int, int]:
    found = getattr(getattr(backbone, "patch_embed", None), "grid_size", None) or (math.isqrt(count),) * 2
    if math.prod(found) != count:
        raise ExplanationError(f"the {count} tokens of this network are no grid of places", "", _REMEDY)
    return tuple(found)
