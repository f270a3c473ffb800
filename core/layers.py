"""The layers that a network's settings mean: their shapes, parameters and cost, before anything is built.

A plan is plain data; `core.models.cnn` and `core.models.lstm` build their modules from it, so a network is what its plan says. It
needs no torch: a recipe that cannot work is refused as it is written, and its size is known before it starts.
"""

from dataclasses import dataclass
from math import prod
from typing import Protocol

from core.backbone_table import BACKBONES
from core.errors import RecipeError
from core.layer_rows import BLOCK_COLUMNS, per_layer
from core.parts import CNN, LSTM, Each, Image, Transfer

MOST_PARAMETERS = 500_000_000
_POOLS = ("pool_size", "pool_stride", "pool_padding")  # of no account where nothing is pooled
_PADDING_OF = {"kernel_size": "padding", "pool_size": "pool_padding"}


@dataclass(frozen=True)
class Layer:
    """One layer of a plan.

    `kind` is convolution, batch_norm, activation, pooling, dropout, summary, dense or lstm. `name` begins with the part of the network
    that it belongs to ("block1.convolution2"). Shapes are (channels, height, width) or (values,), of one image. `parameters` are
    learned numbers; `multiply_adds` those of one image forwards. The others are there where the kind has them: `how` (which activation,
    pooling, dropout or summary), `size` and `stride` in pixels, `pads` (zeros before and after each side of the maps), `share` (of
    values set to zero), `bias`, and of an LSTM `depth` and `directions`.
    """

    kind: str
    name: str
    shape_in: tuple[int, ...]
    shape_out: tuple[int, ...]
    parameters: int = 0
    multiply_adds: int = 0
    how: str = ""
    size: int = 0
    stride: int = 1
    pads: tuple[int, int] = (0, 0)
    share: float = 0.0
    bias: bool = True
    depth: int = 1
    directions: int = 1

    @property
    def part(self) -> str:
        """The part of the network: "block1", "summary", "dense1", "rows" or "output"."""
        return self.name.split(".")[0]


@dataclass(frozen=True)
class Cost:
    """What a network costs: learned numbers, and of one image forwards the multiply-adds and the values that its layers give out."""

    parameters: int
    multiply_adds: int
    activations: int


class Costed(Protocol):
    """As much of a recipe as its cost depends on."""

    image: Image
    model: object


def cost_of(recipe: Costed, outputs: int) -> Cost | None:
    """The cost of a recipe's network with so many labels; of a classical model, that of the backbone that yields its features.

    None where it cannot be told: a timm name that is not in the shipped table, or features of a run.
    """
    model, size = recipe.model, recipe.image.image_size
    if isinstance(model, CNN):
        return _total(cnn_layers(model, size, outputs))
    if isinstance(model, LSTM):
        return _total(lstm_layers(model, size, outputs))
    return _backbone_cost(model, size, outputs)


def cnn_layers(model: CNN, image_size: int, outputs: int) -> tuple[Layer, ...]:
    """The layers of a CNN on square images of `image_size` pixels.

    In a block: convolution, norm, activation, norm, pooling, norm, dropout; which of them there are is told by the settings. Raises
    RecipeError where settings do not fit each other, and says which block, and from which size.
    """
    _check_lists(model)
    plan = _Plan((model.channels, image_size, image_size))
    for block in range(model.blocks):
        _add_block(plan, model, block)
    plan.add("summary", "summary", (plan.shape[0],) if model.summary != "flatten" else (prod(plan.shape),), how=model.summary)
    for number in range(model.dense_layers):
        _add_dense(plan, model, number)
    plan.add("dropout", "output.dropout", plan.shape, how="values", share=_each(model.dropout, model.dense_layers))
    plan.add_dense("output.dense", outputs)
    return _of_bearable_size(plan.layers)


def lstm_layers(model: LSTM, image_size: int, outputs: int) -> tuple[Layer, ...]:
    """The layers of an LSTM that reads images row by row. Parameters as torch counts them: two biases for each gate."""
    directions = 2 if model.bidirectional else 1
    widths_in = [image_size] + [model.hidden_size * directions] * (model.layers - 1)
    weights = sum(directions * 4 * model.hidden_size * (width + model.hidden_size) for width in widths_in)
    biases = model.layers * directions * 8 * model.hidden_size
    plan = _Plan((1, image_size, image_size))
    plan.add("lstm", "rows.lstm", (image_size, model.hidden_size * directions), weights + biases, weights * image_size, depth=model.layers,
             directions=directions, size=model.hidden_size, share=model.dropout if model.layers > 1 else 0.0)  # fmt: skip
    plan.add("summary", "summary", (model.hidden_size * directions,), how="last_row")
    plan.add("dropout", "output.dropout", plan.shape, how="values", share=model.dropout)
    plan.add_dense("output.dense", outputs)
    return tuple(plan.layers)


def check_backbone(name: str, image_size: int, last_stages: int = 1) -> None:
    """Raise RecipeError where a backbone of the shipped table cannot take such images, or has not so many stages."""
    known = BACKBONES.get(name)
    if known is None:
        return
    if image_size < known.smallest:
        raise RecipeError(f"image_size is {image_size}", f"{name} needs at least {known.smallest} px", "Take larger images")
    if image_size % known.patch:
        below = image_size // known.patch * known.patch
        raise RecipeError(
            f"image_size is {image_size}", f"{name} cuts images into squares of {known.patch} px", f"Take {below} or {below + known.patch}"
        )
    if last_stages > known.stages:
        raise RecipeError(f"last_stages is {last_stages}", f"{name} has {known.stages}", "Take fewer, or train all of it")


class _Plan:
    """Layers in the making; each takes what the one before gives."""

    def __init__(self, shape: tuple[int, ...]):
        self.shape, self.layers = shape, []

    def add(self, kind: str, name: str, shape_out: tuple[int, ...], parameters: int = 0, multiply_adds: int = 0, **details) -> None:
        self.layers.append(Layer(kind, name, self.shape, shape_out, parameters, multiply_adds, **details))
        self.shape = shape_out

    def add_dense(self, name: str, width: int, bias: bool = True) -> None:
        weights = self.shape[0] * width
        self.add("dense", name, (width,), weights + width * bias, weights, bias=bias)

    def add_norm(self, name: str) -> None:
        self.add("batch_norm", name, self.shape, 2 * self.shape[0], prod(self.shape))


def _add_block(plan: _Plan, model: CNN, block: int) -> None:
    part = f"block{block + 1}"
    for number in range(_each(model.convolutions, block)):
        _add_convolution(plan, model, block, number)
        if model.batch_norm and model.batch_norm_place == "before_activation":
            plan.add_norm(f"{part}.norm{number + 1}")
        plan.add("activation", f"{part}.activation{number + 1}", plan.shape, how=model.activation)
        if model.batch_norm and model.batch_norm_place == "after_activation":
            plan.add_norm(f"{part}.norm{number + 1}")
    if _each(model.pooling, block) != "none":
        _add_pooling(plan, model, block)
    if model.batch_norm and model.batch_norm_place == "after_pooling":
        plan.add_norm(f"{part}.norm")
    if share := _each(model.block_dropout, block):
        plan.add("dropout", f"{part}.dropout", plan.shape, how=model.dropout_kind, share=share)


def _add_convolution(plan: _Plan, model: CNN, block: int, number: int) -> None:
    size, stride = _each(model.kernel_size, block), _each(model.stride, block) if number == 0 else 1
    channels, side, _ = plan.shape
    side_out, pads = _slide(block, "kernel_size", side, size, stride, _each(model.padding, block))
    filters = per_layer("filters", model.filters, model.blocks)[block]
    weights = filters * channels * size * size
    bias = not (model.batch_norm and model.batch_norm_place == "before_activation")  # such a norm takes a bias away again
    plan.add("convolution", f"block{block + 1}.convolution{number + 1}", (filters, side_out, side_out), weights + filters * bias,
             weights * side_out**2, size=size, stride=stride, pads=pads, bias=bias)  # fmt: skip


def _add_pooling(plan: _Plan, model: CNN, block: int) -> None:
    size = _each(model.pool_size, block)
    stride = _each(model.pool_stride, block) or size
    channels, side, _ = plan.shape
    side_out, pads = _slide(block, "pool_size", side, size, stride, _each(model.pool_padding, block))
    plan.add("pooling", f"block{block + 1}.pooling", (channels, side_out, side_out), how=_each(model.pooling, block), size=size,
             stride=stride, pads=pads)  # fmt: skip


def _add_dense(plan: _Plan, model: CNN, number: int) -> None:
    part = f"dense{number + 1}"
    plan.add("dropout", f"{part}.dropout", plan.shape, how="values", share=_each(model.dropout, number))
    units = per_layer("dense_units", model.dense_units, model.dense_layers)[number]
    plan.add_dense(f"{part}.dense", units, bias=not model.dense_batch_norm)
    if model.dense_batch_norm:
        plan.add_norm(f"{part}.norm")
    plan.add("activation", f"{part}.activation", plan.shape, how=model.activation)


def _slide(block: int, name: str, side: int, size: int, stride: int, padding: str) -> tuple[int, tuple[int, int]]:
    """The side of the maps after a window went over them, and the zeros before and after them.

    "same" as Keras has it: ceil(side / stride), and an odd zero goes after. Raises RecipeError where no window fits.
    """
    if padding == "same":
        side_out = -(-side // stride)
        pad = max((side_out - 1) * stride + size - side, 0)
        return side_out, (pad // 2, pad - pad // 2)
    if size > side:
        remedy = f"Take fewer blocks, {_PADDING_OF[name]} same, or a larger image_size"
        raise RecipeError(f"block {block + 1}: {name} is {size}, and the maps there have {side} px", "it must fit them", remedy)
    return (side - size) // stride + 1, (0, 0)


def _each(value: Each, number: int):
    return value[number] if isinstance(value, tuple) else value


def _has_pooling(model: CNN) -> bool:
    return any(_each(model.pooling, block) != "none" for block in range(model.blocks))


def _check_lists(model: CNN) -> None:
    wanted = [(name, model.blocks, "one for each block") for name in BLOCK_COLUMNS if name not in _POOLS or _has_pooling(model)]
    wanted += [("dense_units", model.dense_layers, "one for each dense layer")] if model.dense_layers else []
    wanted += [("dropout", model.dense_layers + 1, "one for each dense layer and one for the output")]
    for name, count, whose in wanted:
        value = getattr(model, name)
        if isinstance(value, tuple) and len(value) != count:
            raise RecipeError(f"{name} lists {len(value)} values", f"it must list {count}, {whose}, or be a single one for all")
    for block in range(model.blocks):
        size = _each(model.kernel_size, block)
        if size % 2 == 0 and _each(model.padding, block) == "same":
            raise RecipeError(
                f"block {block + 1}: kernel_size is {size}", "with padding same it must be odd, so that a kernel has a middle"
            )


def _of_bearable_size(layers: list[Layer]) -> tuple[Layer, ...]:
    parameters = sum(layer.parameters for layer in layers)
    if parameters > MOST_PARAMETERS:
        largest = max(layers, key=lambda layer: layer.parameters)
        raise RecipeError(
            f"this network has {parameters:,} parameters, {largest.parameters:,} of them in {largest.name}",
            f"it may have {MOST_PARAMETERS:,}",
            "Take a smaller summary, fewer filters or units, or smaller images",
        )
    return tuple(layers)


def _total(layers: tuple[Layer, ...]) -> Cost:
    return Cost(
        sum(layer.parameters for layer in layers),
        sum(layer.multiply_adds for layer in layers),
        sum(prod(layer.shape_out) for layer in layers),
    )


def _backbone_cost(model: object, image_size: int, outputs: int) -> Cost | None:
    is_transfer = isinstance(model, Transfer)
    known = BACKBONES.get(model.backbone if is_transfer else getattr(model, "features", ""))
    if known is None:
        return None
    area = (image_size / 224) ** 2
    head = (known.width + 1) * outputs if is_transfer else 0
    spared = known.stem_per_channel * (3 - model.channels) if is_transfer else 0
    places = (image_size // known.patch) ** 2 - (224 // known.patch) ** 2 if known.patch > 1 else 0  # a ViT learns one vector for each
    return Cost(
        known.parameters + places * known.width - spared + head,
        round(known.multiply_adds * area) + known.fixed_multiply_adds + head,
        round(known.activations * area) + outputs * is_transfer,
    )
