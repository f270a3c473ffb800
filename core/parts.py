"""The parts of a recipe: what it says of images, of a model and of its training, as plain data.

What every setting may be stands in `core.limits`; how parts become a recipe, in `core.recipe`.
"""

from dataclasses import dataclass, field
from typing import TypeVar

Value = TypeVar("Value", int, float, str)
Each = Value | tuple[Value, ...]


@dataclass(frozen=True)
class Image:
    """How an image is prepared for the model."""

    image_size: int
    aspect: str


@dataclass(frozen=True)
class CNN:
    """A convolutional network trained from random weights. `Each` is one value, or a tuple with one per block or dense layer."""

    blocks: int
    filters: Each[int]
    convolutions: Each[int]
    kernel_size: Each[int]
    stride: Each[int]
    padding: Each[str]
    activation: str
    pooling: Each[str]
    pool_size: Each[int]
    pool_stride: Each[int]
    pool_padding: Each[str]
    batch_norm: bool
    batch_norm_place: str
    block_dropout: Each[float]
    dropout_kind: str
    summary: str
    dense_layers: int
    dense_units: Each[int]
    dense_batch_norm: bool
    dropout: Each[float]
    channels: int
    normalisation: str


@dataclass(frozen=True)
class Transfer:
    """A pretrained backbone with a new last layer."""

    backbone: str
    pretrained: bool
    trainable: str
    last_stages: int
    backbone_rate: float
    freeze_epochs: int
    dropout: float
    channels: int
    normalisation: str


@dataclass(frozen=True)
class LSTM:
    """A recurrent network that reads an image row by row."""

    hidden_size: int
    layers: int
    bidirectional: bool
    dropout: float
    normalisation: str


@dataclass(frozen=True)
class SVM:
    """A support vector machine on network features."""

    features: str
    layer: str
    standardise: bool
    pca: int
    search: str
    kernel: str
    C: float
    gamma: float
    class_weight: str


@dataclass(frozen=True)
class Forest:
    """A random forest on network features."""

    features: str
    layer: str
    standardise: bool
    pca: int
    search: str
    n_estimators: int
    max_depth: int
    min_samples_leaf: int
    max_features: str
    class_weight: str


@dataclass(frozen=True)
class Logistic:
    """A logistic regression on network features."""

    features: str
    layer: str
    standardise: bool
    pca: int
    search: str
    C: float
    class_weight: str


@dataclass(frozen=True)
class Ensemble:
    """The mean of the scores of other runs, `members` by their ids, separated by commas."""

    members: str


@dataclass(frozen=True)
class External:
    """A model that was trained elsewhere: only its scores are here, under a name, from the file with this hash."""

    name: str
    file_hash: str


@dataclass(frozen=True)
class Augmentation:
    """Random changes of each training image; all zero and False means none."""

    rotate: float
    shift: float
    zoom: float
    stretch: float
    contrast: float
    brightness: float
    gamma: float
    noise: float
    erase: float
    flip: bool
    vertical_flip: bool


@dataclass(frozen=True)
class Training:
    """How a network's weights are found."""

    max_epochs: int
    batch_size: int
    learning_rate: float
    optimizer: str
    schedule: str
    class_weight: str
    patience: int
    keep: str
    monitor: str
    loss: str
    focal_gamma: float
    focal_alpha: float
    label_smoothing: float
    l2_kernel: float
    l2_bias: float
    weight_decay: float
    momentum: float
    beta1: float
    beta2: float
    epsilon: float
    clip_norm: float
    warm_up_epochs: float
    plateau_factor: float
    plateau_patience: int
    ema: float
    sampling: str
    sampling_to: int
    sampling_classes: str
    flip_at_test: bool
    stretch_at_test: bool
    epoch_scores: bool = field(compare=False)  # what is recorded, not what is learned
    augmentation: Augmentation
