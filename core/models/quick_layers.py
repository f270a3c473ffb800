"""Layers of timm's networks that learn quicker on a processor: depthwise convolutions by `core.models.depthwise`, and batch norms with
the ReLU after them by `core.models.quick_norm`.

A layer becomes one of a kind of its own in place: it keeps its weights, their names and its settings, and scores as before. Norms alone and
other convolutions stay torch's, which was measured to be as quick.
"""

import torch
from timm.layers import BatchNormAct2d, Conv2dSame, get_same_padding
from torch import nn

from core.models import depthwise
from core.models.quick_norm import Bend, is_learning, is_quick, normed

_BENDS = {nn.ReLU: Bend(low=0.0), nn.ReLU6: Bend(low=0.0, high=6.0)}


class _QuickNormAct(BatchNormAct2d):
    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        bend = _BENDS.get(type(self.act)) if type(self.drop) is nn.Identity else None
        return normed(maps, self, bend) if bend and is_learning(self) and is_quick(maps) else super().forward(maps)


class _QuickConvolution(nn.Conv2d):
    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        if self.training and is_quick(maps) and not isinstance(self.padding, str):
            pads = tuple((side, side) for side in self.padding)
            if depthwise.suits(self, pads):
                return depthwise.convolved(maps, self, pads)
        return super().forward(maps)


class _QuickConvolutionSame(Conv2dSame):
    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        if self.training and is_quick(maps):
            wanted = map(get_same_padding, maps.shape[2:], self.kernel_size, self.stride, self.dilation)
            pads = tuple((count // 2, count - count // 2) for count in wanted)
            if depthwise.suits(self, pads):
                return depthwise.convolved(maps, self, pads)
        return super().forward(maps)


_KINDS = {BatchNormAct2d: _QuickNormAct, nn.Conv2d: _QuickConvolution, Conv2dSame: _QuickConvolutionSame}


def quicken_learning(network: nn.Module) -> None:
    """Let the layers of a network learn in quicker ways, to some 1e-5 of the largest value, where there are such."""
    for layer in network.modules():
        layer.__class__ = _KINDS.get(type(layer), type(layer))
