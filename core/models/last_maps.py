"""The last maps of a network, which still have places, and what the network makes of them: where an explanation begins.

A network is run up to here without gradients, as for a score; all that an explanation adds happens behind, where little is left to compute.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch

FEWEST_PLACES = 4  # fewer tell nothing of where
Rest = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, eq=False)
class LastMaps:
    """What B images are to a network before their places are brought together.

    Parameters
    ----------
    places : float32 (B, h * w, C), row by row. grid : (h, w).
    rest : float (B * k, h * w, C), k for each of the B images in their order, to what the head is given, (B * k, F).
    is_by_place : whether places count each by themselves in what follows, as where maps are laid out in one long vector; elsewhere
        they are averaged, or compared, and a map counts as a whole.
    is_unpooled : whether a pooling comes next, which takes neighbours together: a value here is finer than what counts.
    are_pixels : whether the places are the image's own pixels.
    """

    places: torch.Tensor
    grid: tuple[int, int]
    rest: Rest
    is_by_place: bool = False
    is_unpooled: bool = False
    are_pixels: bool = False


def of_maps(maps: torch.Tensor, rest: Rest, **kind: bool) -> LastMaps:
    """Of maps (B, C, h, w), and what follows on such maps; `kind` as the last fields of LastMaps."""
    height, width = maps.shape[2:]

    def on_places(places: torch.Tensor) -> torch.Tensor:
        return rest(places.transpose(1, 2).unflatten(2, (height, width)).contiguous(memory_format=torch.channels_last))

    return LastMaps(maps.flatten(2).transpose(1, 2), (height, width), on_places, **kind)


def averaged(maps: torch.Tensor) -> LastMaps:
    """Of maps (B, C, h, w) of which the mean over the image is taken, and nothing else."""
    return LastMaps(maps.flatten(2).transpose(1, 2), tuple(maps.shape[2:]), lambda places: places.mean(dim=1))
