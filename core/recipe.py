"""A recipe is everything needed to train one model again, and nothing else: plain data.

It imports no model, no torch and no Streamlit, so that every page can read one. The data set is not part of it: training a recipe on
a data set gives a run.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import TypeVar

from core.errors import RecipeError
from core.limits import AUGMENT_LIMITS, IMAGE_LIMITS, MODEL_LIMITS, RUN_PREFIX, SEED_LIMIT, TRAINING_LIMITS, Limit

Value = TypeVar("Value", int, float, str)
Each = Value | tuple[Value, ...]

FAMILIES = tuple(MODEL_LIMITS)
NETWORK_FAMILIES = ("cnn", "transfer", "lstm")
CLASSICAL_FAMILIES = ("svm", "forest", "logistic")
FAMILY_TITLES = {
    "cnn": "CNN", "transfer": "Transfer learning", "lstm": "LSTM", "svm": "SVM", "forest": "Random forest",
    "logistic": "Logistic regression", "ensemble": "Ensemble",
}  # fmt: skip


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
class Augmentation:
    """Random changes of each training image; all zero and False means none."""

    rotate: float
    shift: float
    zoom: float
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
    augmentation: Augmentation


MODEL_PARTS = {"cnn": CNN, "transfer": Transfer, "lstm": LSTM, "svm": SVM, "forest": Forest, "logistic": Logistic, "ensemble": Ensemble}
Model = CNN | Transfer | LSTM | SVM | Forest | Logistic | Ensemble

# The settings that the first recipes had. Those added since are left out of the digest where they have the value that older runs were
# trained with, which is their default: so old documents open, and keep their digests.
_FIRST_SETTINGS = {
    "image_size", "blocks", "filters", "convolutions", "kernel_size", "pooling", "batch_norm", "dropout", "summary", "dense_layers",
    "dense_units", "backbone", "pretrained", "trainable", "features", "kernel", "C", "class_weight", "n_estimators", "max_depth",
    "min_samples_leaf", "max_epochs", "batch_size", "learning_rate", "weight_decay", "optimizer", "schedule", "patience", "keep",
    "rotate", "shift", "zoom", "contrast", "brightness", "flip", "seed",
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """One model to train.

    `training` is None for the families that have no epochs.
    """

    family: str
    image: Image
    model: Model
    training: Training | None
    seed: int

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that are equal for equal recipes only."""
        document = self.as_dict()
        limits = limits_of(self.family)
        document["settings"] = {
            name: value for name, value in self.settings.items() if name in _FIRST_SETTINGS or value != limits[name].default
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def settings(self) -> dict:
        """All settings by name, flat, in the order of their groups; the inverse of `build`."""
        parts = {**asdict(self.image), **asdict(self.model)}
        if self.training:
            training = asdict(self.training)
            augmentation = training.pop("augmentation")
            parts |= training | augmentation
        return parts | {"seed": self.seed}

    @property
    def base_run(self) -> str | None:
        """The id of the run whose network yields the features, if it is one."""
        source = getattr(self.model, "features", "")
        return source.removeprefix(RUN_PREFIX) if source.startswith(RUN_PREFIX) else None

    def as_dict(self) -> dict:
        """The recipe as JSON can hold it: `{family, settings}`."""
        return {"family": self.family, "settings": self.settings}

    @classmethod
    def from_dict(cls, document: Mapping) -> "Recipe":
        """A recipe from `as_dict`, checked again. Raises RecipeError."""
        return build(document["family"], document["settings"])


def limits_of(family: str) -> dict[str, Limit]:
    """The limits of all settings of a family, by name. Raises RecipeError for a family that is none."""
    if family not in MODEL_LIMITS:
        raise RecipeError(f"model is {family!r}", f"it must be one of {', '.join(FAMILIES)}")
    training = {**TRAINING_LIMITS, **AUGMENT_LIMITS} if family in NETWORK_FAMILIES else {}
    return {**IMAGE_LIMITS, **MODEL_LIMITS[family], **training, "seed": SEED_LIMIT}


def build(family: str, settings: Mapping | None = None) -> Recipe:
    """A checked recipe of a family; settings left out take their defaults.

    Raises RecipeError for an unknown setting, a value outside its limits, or settings that do not fit each other.
    """
    limits = limits_of(family)
    unknown = sorted(set(settings or {}) - set(limits))
    if unknown:
        raise RecipeError(f"{family} has no setting {unknown[0]!r}", f"it has {', '.join(limits)}")
    values = family_defaults(family) | {name: limits[name].check(name, value) for name, value in (settings or {}).items()}
    recipe = Recipe(family, _part(Image, values), _part(MODEL_PARTS[family], values), _training(family, values), values["seed"])
    _check_together(recipe)
    return recipe


def family_defaults(family: str) -> dict:
    """The default of every setting of a family, by name."""
    values = {name: limit.default for name, limit in limits_of(family).items()}
    return values | _FAMILY_DEFAULTS.get(family, {})


def fitting_image_size(family: str, native_size: int) -> int:
    """The default side for images of a native size: what a CNN can learn in minutes, what a backbone was made for.

    CNN: at most 96 px. Backbones: 96 to 224 px, since they see little below that and were trained near 224.
    """
    return min(max(native_size, 16), 96) if family == "cnn" else min(max(native_size, 96), 224)


_FAMILY_DEFAULTS = {
    "transfer": {"image_size": 224, "learning_rate": 0.001, "max_epochs": 20},
    "svm": {"image_size": 224},
    "forest": {"image_size": 224},
    "logistic": {"image_size": 224},
}


def _part(kind: type, values: Mapping):
    return kind(**{field.name: values[field.name] for field in fields(kind) if field.name in values})


def _training(family: str, values: Mapping) -> Training | None:
    if family not in NETWORK_FAMILIES:
        return None
    return _part(Training, values | {"augmentation": _part(Augmentation, values)})


def _check_together(recipe: Recipe) -> None:
    if not isinstance(recipe.model, CNN):
        return
    if isinstance(recipe.model.kernel_size, int) and recipe.model.kernel_size % 2 == 0:
        raise RecipeError(f"kernel_size is {recipe.model.kernel_size}", "it must be odd, so that a kernel has a middle")
    smallest = recipe.image.image_size // 2**recipe.model.blocks
    if smallest < 1:
        raise RecipeError(
            f"{recipe.model.blocks} blocks halve {recipe.image.image_size} px to nothing",
            "at least 1 px must remain",
            "Take fewer blocks or a larger image_size",
        )
