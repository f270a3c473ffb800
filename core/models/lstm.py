"""A recurrent network that reads an image row by row, from the top to the bottom."""

import torch
from torch import nn

from core.errors import RecipeError
from core.layers import lstm_layers
from core.models.last_maps import LastMaps, of_maps
from core.models.normalise import Normalise
from core.parts import LSTM


class RowLSTM(nn.Module):
    """Grey images in, one number per label out; each row of pixels is one step.

    `features` maps float (B, 1, H, W) in 0..1 to (B, F): what is remembered after the last row (of both directions, where it reads from
    below as well); the layer "rows" is the mean of what is remembered after each row. `head` maps (B, F) to (B, L).
    """

    layers = ("rows",)

    def __init__(self, settings: LSTM, image_size: int, outputs: int):
        super().__init__()
        rows, _, dropout, dense = lstm_layers(settings, image_size, outputs)
        self.normalise = Normalise(settings.normalisation, 1)
        self.rows = nn.LSTM(image_size, rows.size, rows.depth, batch_first=True, dropout=rows.share, bidirectional=rows.directions == 2)
        self.head = nn.Sequential(nn.Dropout(dropout.share), nn.Linear(*dense.shape_in, *dense.shape_out))
        self.width = dense.shape_in[0]

    def features(self, images: torch.Tensor, layer: str = "last") -> torch.Tensor:
        if layer not in ("last", *self.layers):
            raise RecipeError(f"layer is {layer!r}", f"this network has last, {', '.join(self.layers)}")
        return self._read(self.normalise(images), layer)

    def last_maps(self, images: torch.Tensor, layer: str = "last") -> LastMaps:
        """The pixels themselves, (B, H * W, 1) as the network is given them: it has no other places."""
        return of_maps(self.normalise(images), lambda maps: self._read(maps, layer), are_pixels=True)

    def _read(self, images: torch.Tensor, layer: str) -> torch.Tensor:
        rows = images[:, 0].contiguous()
        with torch.autocast("cpu", enabled=False):  # bfloat16 halves the speed of small steps on a processor
            each, (remembered, _) = self.rows(rows)  # (B, H, F), (depth x directions, B, hidden)
        if layer == "rows":
            return each.mean(dim=1)
        directions = 2 if self.rows.bidirectional else 1
        return torch.cat(tuple(remembered[-directions:]), dim=1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(images))

    def rates(self) -> list[tuple[float, list[nn.Parameter]]]:
        """See `ConvNet.rates`."""
        return [(1.0, list(self.parameters()))]
