"""A recipe is everything needed to train one model again, and nothing else: plain data.

It imports no model, no torch and no Streamlit, so that every page can read one. The data set is not part of it: training a recipe on
a data set gives a run.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from core.errors import RecipeError
from core.limits import AUGMENT_LIMITS, IMAGE_LIMITS, MODEL_LIMITS, RUN_PREFIX, SEED_LIMIT, TRAINING_LIMITS, Limit

FAMILIES = tuple(MODEL_LIMITS)
NETWORK_FAMILIES = ("cnn", "transfer")
FAMILY_TITLES = {"cnn": "CNN", "transfer": "Transfer learning", "svm": "SVM", "forest": "Random forest"}


@dataclass(frozen=True)
class Image:
    """How an image is prepared for the model."""

    image_size: int
    aspect: str


@dataclass(frozen=True)
class CNN:
    """A convolutional network trained from random weights."""

    blocks: int
    filters: int
    convolutions: int
    kernel_size: int
    pooling: str
    batch_norm: bool
    dropout: float
    summary: str
    dense_layers: int
    dense_units: int


@dataclass(frozen=True)
class Transfer:
    """A pretrained backbone with a new last layer."""

    backbone: str
    pretrained: bool
    trainable: str
    dropout: float


@dataclass(frozen=True)
class SVM:
    """A support vector machine on network features."""

    features: str
    kernel: str
    C: float
    class_weight: str


@dataclass(frozen=True)
class Forest:
    """A random forest on network features."""

    features: str
    n_estimators: int
    max_depth: int
    min_samples_leaf: int
    class_weight: str


@dataclass(frozen=True)
class Augmentation:
    """Random changes of each training image; all zero and False means none."""

    rotate: float
    shift: float
    zoom: float
    contrast: float
    brightness: float
    flip: bool


@dataclass(frozen=True)
class Training:
    """How a network's weights are found."""

    max_epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    optimizer: str
    schedule: str
    class_weight: str
    patience: int
    keep: str
    augmentation: Augmentation


# Settings that older recipes lack, and the value that those were trained with: as their default it lets old documents open, and left out
# of the digest it keeps old digests.
_ADDED = {"aspect": "squeeze"}
MODEL_PARTS = {"cnn": CNN, "transfer": Transfer, "svm": SVM, "forest": Forest}


@dataclass(frozen=True)
class Recipe:
    """One model to train.

    `training` is None for the families that have no epochs (svm, forest).
    """

    family: str
    image: Image
    model: CNN | Transfer | SVM | Forest
    training: Training | None
    seed: int

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that are equal for equal recipes only."""
        document = self.as_dict()
        document["settings"] = {name: value for name, value in self.settings.items() if _ADDED.get(name) != value}
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
    if recipe.model.kernel_size % 2 == 0:
        raise RecipeError(f"kernel_size is {recipe.model.kernel_size}", "it must be odd, so that a kernel has a middle")
    smallest = recipe.image.image_size // 2**recipe.model.blocks
    if smallest < 1:
        raise RecipeError(
            f"{recipe.model.blocks} blocks halve {recipe.image.image_size} px to nothing",
            "at least 1 px must remain",
            "Take fewer blocks or a larger image_size",
        )
