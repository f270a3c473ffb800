"""A convolutional network whose blocks, filters, kernel, pooling, dropout and dense layers are settings."""

import torch
from torch import nn

from core.recipe import CNN

_MOST_FILTERS = 512
_GREY_MEAN, _GREY_SPREAD = 0.5, 0.25  # of a usual radiograph in 0..1


class ConvNet(nn.Module):
    """Grey images in, one number per label out.

    `features` maps float (B, 1, H, W) in 0..1 to (B, F), what the last hidden layer says; `head` maps (B, F) to (B, L).
    """

    def __init__(self, settings: CNN, image_size: int, outputs: int):
        super().__init__()
        widths = [min(settings.filters * 2**block, _MOST_FILTERS) for block in range(settings.blocks)]
        self.body = nn.Sequential(*[_block(settings, a, b) for a, b in zip([1, *widths], widths, strict=False)])
        self.summary = _summary(settings.summary)
        side = image_size // 2**settings.blocks
        width = widths[-1] * (1 if settings.summary == "global_average" else side * side)
        self.dense, width = _dense(settings, width)
        self.head = nn.Sequential(nn.Dropout(settings.dropout), nn.Linear(width, outputs))
        self.width = width

    def features(self, images: torch.Tensor) -> torch.Tensor:
        centred = (images - _GREY_MEAN) / _GREY_SPREAD
        return self.dense(self.summary(self.body(centred)))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(images))


def _block(settings: CNN, width_in: int, width_out: int) -> nn.Sequential:
    layers = []
    for number in range(settings.convolutions):
        channels = width_in if number == 0 else width_out
        layers.append(nn.Conv2d(channels, width_out, settings.kernel_size, padding="same", bias=not settings.batch_norm))
        if settings.batch_norm:
            layers.append(nn.BatchNorm2d(width_out))
        layers.append(nn.ReLU(inplace=True))
    layers.append(nn.MaxPool2d(2) if settings.pooling == "max" else nn.AvgPool2d(2))
    return nn.Sequential(*layers)


def _summary(kind: str) -> nn.Module:
    if kind == "global_average":
        return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    return nn.Flatten()


def _dense(settings: CNN, width: int) -> tuple[nn.Sequential, int]:
    layers = []
    for number in range(settings.dense_layers):
        units = max(settings.dense_units // 2**number, 1)
        layers += [nn.Dropout(settings.dropout), nn.Linear(width, units), nn.ReLU(inplace=True)]
        width = units
    return nn.Sequential(*layers), width
