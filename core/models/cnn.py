"""A convolutional network, built layer by layer from the plan that its settings mean."""

from dataclasses import replace
from itertools import groupby, pairwise

import torch
from torch import nn
from torch.nn import functional

from core.errors import RecipeError
from core.layers import Layer, cnn_layers
from core.models.dropout import Dropout
from core.models.last_maps import LastMaps, averaged, of_maps
from core.models.normalise import Normalise
from core.models.quick_block import QuickBlock
from core.parts import CNN

_NEVER_FALLING = ("relu", "leaky_relu", "elu", "tanh")
_ACTIVATIONS = {"leaky_relu": nn.LeakyReLU, "elu": nn.ELU, "gelu": nn.GELU, "silu": nn.SiLU, "tanh": nn.Tanh}


class ConvNet(nn.Module):
    """Grey images in, one number per label out.

    `features` maps float (B, 1, H, W) in 0..1 to (B, F), what the last hidden layer says, or what one of `layers` does, maps averaged
    over the image; `head` maps (B, F) to (B, L). Raises RecipeError where the settings do not fit each other.
    """

    def __init__(self, settings: CNN, image_size: int, outputs: int):
        super().__init__()
        parts = _parts(cnn_layers(settings, image_size, outputs))
        blocks, dense = [[layers for name, layers in parts.items() if name.startswith(kind)] for kind in ("block", "dense")]
        self.layers = tuple(name for name in parts if name not in ("summary", "output"))
        self.normalise = Normalise(settings.normalisation, settings.channels)
        self.body = nn.Sequential(*[QuickBlock(*map(_module, quick_order(layers))) for layers in blocks])
        self.summary = _module(parts["summary"][0])
        self.dense = nn.Sequential(*[_module(layer) for layers in dense for layer in layers])
        self.head = nn.Sequential(*map(_module, parts["output"]))
        self.width = parts["output"][0].shape_in[0]
        self._last_plan, self._is_flat = blocks[-1], parts["summary"][0].how == "flatten"
        self._steps_per_dense = len(dense[0]) if dense else 0

    def features(self, images: torch.Tensor, layer: str = "last") -> torch.Tensor:
        if layer != "last" and layer not in self.layers:
            raise RecipeError(f"layer is {layer!r}", f"this network has last, {', '.join(self.layers)}")
        maps = self.normalise(images)
        if layer.startswith("block"):
            return self.body[: int(layer.removeprefix("block"))](maps).mean(dim=(2, 3))
        return self._told(self.body(maps), layer)

    def last_maps(self, images: torch.Tensor, layer: str = "last") -> LastMaps:
        """The maps of the last block before it pools them, or of another block, averaged."""
        maps = self.normalise(images)
        if layer.startswith("block"):
            return averaged(self.body[: int(layer.removeprefix("block"))](maps))
        before, after = (nn.Sequential(*modules) for modules in self._last_block())
        kind = {"is_by_place": self._is_flat, "is_unpooled": any(layer.kind == "pooling" for layer in self._last_plan)}
        return of_maps(before(self.body[:-1](maps)), lambda found: self._told(after(found), layer), **kind)

    def _last_block(self) -> tuple[list[nn.Module], list[nn.Module]]:
        """The last block's modules before its pooling, and from there on; activations before what is pooled, as in its plan."""
        modules = dict(zip((layer.name for layer in quick_order(self._last_plan)), self.body[-1], strict=True))
        in_plan, kinds = [modules[layer.name] for layer in self._last_plan], [layer.kind for layer in self._last_plan]
        cut = kinds.index("pooling") if "pooling" in kinds else len(kinds)
        return in_plan[:cut], in_plan[cut:]

    def _told(self, maps: torch.Tensor, layer: str) -> torch.Tensor:
        """What a dense layer, or the last of them, makes of the last block's maps."""
        vector = self.summary(maps)
        if layer.startswith("dense"):
            return self.dense[: int(layer.removeprefix("dense")) * self._steps_per_dense](vector)
        return self.dense(vector)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(images))

    def rates(self) -> list[tuple[float, list[nn.Parameter]]]:
        """Shares of the learning rate, and the parameters that learn at each: here all at the full one."""
        return [(1.0, list(self.parameters()))]


class PaddedPool(nn.Module):
    """Pooling of maps with a border that counts neither in a maximum nor in an average, as Keras has it with padding "same"."""

    def __init__(self, layer: Layer):
        super().__init__()
        self.size, self.stride, self.pads, self.is_max = layer.size, layer.stride, layer.pads * 2, layer.how == "max"
        inside = functional.avg_pool2d(functional.pad(torch.ones(1, *layer.shape_in[1:]), self.pads), self.size, self.stride)
        self.register_buffer("inside", inside, persistent=False)  # (1, h, w): the share of each window that lies on the maps

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        if self.is_max:
            return functional.max_pool2d(functional.pad(maps, self.pads, value=-torch.inf), self.size, self.stride)
        return functional.avg_pool2d(functional.pad(maps, self.pads), self.size, self.stride) / self.inside


def _parts(layers: tuple[Layer, ...]) -> dict[str, list[Layer]]:
    return {part: list(found) for part, found in groupby(layers, key=lambda layer: layer.part)}


def quick_order(layers: list[Layer]) -> list[Layer]:
    """A block's layers with a maximum taken before the activation that stands before it: the same values, of fewer to bend.

    It holds for activations that never fall. Layers with weights keep their places, and so their names.
    """
    order = list(layers)
    for number, (one, other) in enumerate(pairwise(layers)):
        if (one.kind, other.kind, other.how) == ("activation", "pooling", "max") and one.how in _NEVER_FALLING:
            pooled = replace(other, shape_in=one.shape_in)
            order[number : number + 2] = pooled, replace(one, shape_in=pooled.shape_out, shape_out=pooled.shape_out)
    return order


def _module(layer: Layer) -> nn.Module:
    return _BUILDERS[layer.kind](layer)


def _convolution(layer: Layer) -> nn.Module:
    sizes = layer.shape_in[0], layer.shape_out[0], layer.size, layer.stride
    before, after = layer.pads
    if layer.size == 1 and layer.stride > 1:
        return SparseConv2d(*sizes, bias=layer.bias)
    if before == after:
        return nn.Conv2d(*sizes, padding=before, bias=layer.bias)
    return PaddedConv2d(*sizes, bias=layer.bias, pads=layer.pads)


class PaddedConv2d(nn.Conv2d):
    """A convolution with one more zero after the maps than before them, which strides may ask for."""

    def __init__(self, *sizes: int, bias: bool, pads: tuple[int, int]):
        super().__init__(*sizes, bias=bias)
        self.pads = pads * 2

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return super().forward(functional.pad(maps, self.pads))


class SparseConv2d(nn.Conv2d):
    """A convolution of single places, of which each stride is taken first: less to do, and torch 2.15 can write past its memory else.

    Seen on a processor with two threads, maps in channels_last and few channels.
    """

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return functional.conv2d(maps[..., :: self.stride[0], :: self.stride[1]], self.weight, self.bias)


def _batch_norm(layer: Layer) -> nn.Module:
    kind = nn.BatchNorm2d if len(layer.shape_in) == 3 else nn.BatchNorm1d
    return kind(layer.shape_in[0])


def _activation(layer: Layer) -> nn.Module:
    return nn.ReLU(inplace=True) if layer.how == "relu" else _ACTIVATIONS[layer.how]()


def _pooling(layer: Layer) -> nn.Module:
    before, after = layer.pads
    if layer.how == "max" and not before and after < layer.stride:
        return nn.MaxPool2d(layer.size, layer.stride, ceil_mode=after > 0)  # a window over the edge, without a copy of the maps
    if after:
        return PaddedPool(layer)
    return (nn.MaxPool2d if layer.how == "max" else nn.AvgPool2d)(layer.size, layer.stride)


def _dropout(layer: Layer) -> nn.Module:
    return (nn.Dropout2d if layer.how == "channels" else Dropout)(layer.share)


def _summary(layer: Layer) -> nn.Module:
    pool = {"global_average": nn.AdaptiveAvgPool2d, "global_max": nn.AdaptiveMaxPool2d}.get(layer.how)
    return nn.Sequential(pool(1), nn.Flatten()) if pool else nn.Flatten()


def _dense(layer: Layer) -> nn.Module:
    return nn.Linear(layer.shape_in[0], layer.shape_out[0], bias=layer.bias)


_BUILDERS = {
    "convolution": _convolution, "batch_norm": _batch_norm, "activation": _activation, "pooling": _pooling, "dropout": _dropout,
    "summary": _summary, "dense": _dense,
}  # fmt: skip
