"""Which places of an image a score rests on: Grad-CAM and its kin for networks, leaving places out for heads on a network's features.

For a network the gradient of a label's logit is taken at the last maps, so that only what lies behind them is run backwards. Grad-CAM
(Selvaraju et al. 2017) weights each map by its mean gradient. Where the places count each by themselves in what follows (maps laid out
in one long vector, the rows of an LSTM), a mean over them would mix what they say, and each place has its own gradient times its value
(HiResCAM, Draelos and Carin 2020; for pixels, gradient times input, Shrikumar et al. 2016). Where maps are averaged both are the same.

A forest has no gradient. For every head of scikit-learn's a window of the last maps is left out at a time (its places get the mean of
the others) and the drop of the score is shared among the window's places: occlusion (Zeiler and Fergus 2014) of maps instead of pixels,
for the price of one pass of the network.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.models.last_maps import LastMaps
from core.models.windows import spread, windows_of

GRAD_CAM, BY_PLACE, BY_PIXEL, LEFT_OUT = "Grad-CAM", "Grad-CAM, place by place", "gradient times input", "leaving places out"
_CELLS = 16  # a side of the grid in which pixels are added up: single ones say nothing to an eye
_WINDOWS = 3  # windows side by side on the maps; they overlap by half
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
    if found.are_pixels:
        return logits.detach(), _in_cells(maps), BY_PIXEL
    return logits.detach(), maps, BY_PLACE if found.is_by_place else GRAD_CAM


def by_leaving_out(found: LastMaps, score: Head, columns: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Scores (1, L) and signed maps (1, l, h, w) of one image; `score` takes features float32 (m, F) to scores (m, L)."""
    whole = score(found.rest(found.places).cpu().numpy())
    windows = _windows(found.grid)
    marks = torch.from_numpy(windows.reshape(len(windows), -1, 1)).to(found.places.device)
    left = [score(found.rest(_without(found.places, some)).cpu().numpy()) for some in marks.split(_AT_ONCE)]
    drops = (whole - np.concatenate(left))[:, list(columns)]
    return whole, spread(drops, windows)[None]


def _windows(grid: tuple[int, int]) -> np.ndarray:
    side = max(1, round(min(grid) / _WINDOWS))
    return windows_of(grid, side, max(1, side // 2))


def _without(places: torch.Tensor, marks: torch.Tensor) -> torch.Tensor:
    """Places (m, N, C) of one image, those marked in (m, N, 1) given the mean of the others."""
    kept = ~marks
    mean = (places * kept).sum(dim=1, keepdim=True) / kept.sum(dim=1, keepdim=True)
    return torch.where(marks, mean, places)


def _in_cells(maps: torch.Tensor) -> torch.Tensor:
    """Pixels added up in cells, (B, l, cells, cells)."""
    height, width = maps.shape[2:]
    return functional.adaptive_avg_pool2d(maps, (min(_CELLS, height), min(_CELLS, width)))
