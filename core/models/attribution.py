"""Which places of an image a score rests on: Grad-CAM for networks with maps, leaving places out where there are none or no gradient.

For a network the gradient of a label's logit is taken at the last maps, so that only what lies behind them is run backwards. Grad-CAM
(Selvaraju et al. 2017) weights each map by its mean gradient. Where maps are laid out in one long vector the places count each by
themselves; a mean over them would mix what they say, and each place has its own gradient times its value (HiResCAM, Draelos and Carin
2020). Where maps are averaged both are the same.

Before a last pooling the maps are finer than what the pooling hands on, and single places stand out by chance: there they are smoothed by
a binomial kernel. On two phantom runs this, with cubic enlarging, raised the hits of the pointing game on val from .67 to .69 and from .62
to .80.

A forest has no gradient. For every head of scikit-learn's a window of the last maps is left out at a time (its places get the mean of
the others) and the drop of the score is shared among the window's places: occlusion (Zeiler and Fergus 2014) of maps instead of pixels,
for the price of one pass of the network. An LSTM has no maps: there windows of pixels are left out. Its gradient times its input was
tried and points at the dark ground, whose values are far from 0, not at what was drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.models.last_maps import LastMaps
from core.models.windows import spread, windows_of

GRAD_CAM, BY_PLACE, LEFT_OUT = "Grad-CAM", "Grad-CAM, place by place", "leaving places out"
_WINDOWS = 3  # windows side by side on the maps; they overlap by half
_WINDOWS_OF_PIXELS = 6
_AT_ONCE = 64  # windows

Head = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Attribution:
    """Scores float32 (n, L), and for the asked labels in their order what each place adds to them, `maps` float32 (n, l, h, w).

    Above 0 a place speaks for the label, below against it. The unit is the method's own: a map is compared with itself only.
    """

    scores: np.ndarray
    maps: np.ndarray
    method: str


def by_gradient(found: LastMaps, head: nn.Module, columns: Sequence[int]) -> tuple[torch.Tensor, torch.Tensor, str]:
    """Logits (B, L) and signed maps (B, l, h, w) of the labels in `columns`, and the method's name."""
    with torch.enable_grad():
        places = found.places.detach().requires_grad_(True)
        logits = head(found.rest(places))
        gradients = [torch.autograd.grad(logits[:, column].sum(), places, retain_graph=True)[0] for column in columns]
    places = places.detach()
    weights = gradients if found.is_by_place else [one.mean(dim=1, keepdim=True) for one in gradients]
    maps = torch.stack([(places * one).sum(dim=2).unflatten(1, found.grid) for one in weights], dim=1)
    if found.is_by_place:
        return logits.detach(), maps, BY_PLACE
    return logits.detach(), _smooth(maps) if found.is_unpooled else maps, GRAD_CAM


def by_leaving_out(found: LastMaps, score: Head, columns: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Scores (1, L) and signed maps (1, l, h, w) of one image; `score` takes features float32 (m, F) to scores (m, L)."""
    whole = score(found.rest(found.places).cpu().numpy())
    windows = _windows(found)
    marks = torch.from_numpy(windows.reshape(len(windows), -1, 1)).to(found.places.device)
    left = [score(found.rest(_without(found.places, some)).cpu().numpy()) for some in marks.split(_AT_ONCE)]
    drops = (whole - np.concatenate(left))[:, list(columns)]
    return whole, spread(drops, windows)[None]


def _windows(found: LastMaps) -> np.ndarray:
    side = max(1, round(min(found.grid) / (_WINDOWS_OF_PIXELS if found.are_pixels else _WINDOWS)))
    return windows_of(found.grid, side, max(1, side // 2))


def _without(places: torch.Tensor, marks: torch.Tensor) -> torch.Tensor:
    """Places (m, N, C) of one image, those marked in (m, N, 1) given the mean of the others."""
    kept = ~marks
    mean = (places * kept).sum(dim=1, keepdim=True) / kept.sum(dim=1, keepdim=True)
    return torch.where(marks, mean, places)


def _smooth(maps: torch.Tensor) -> torch.Tensor:
    """Maps (B, l, h, w), each place taken together with its neighbours by 1, 2, 1 both ways; the edge is repeated."""
    line = torch.tensor([1.0, 2.0, 1.0], device=maps.device) / 4
    kernel = torch.outer(line, line)[None, None]
    return functional.conv2d(functional.pad(maps.flatten(0, 1)[:, None], (1, 1, 1, 1), mode="replicate"), kernel)[:, 0].unflatten(
        0, maps.shape[:2]
    )
