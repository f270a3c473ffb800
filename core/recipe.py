"""A recipe is everything needed to train one model again, and nothing else: plain data.

It imports no model, no torch and no Streamlit, so that every page can read one. The data set is not part of it: training a recipe on
a data set gives a run.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from core.errors import RecipeError
from core.layers import check_backbone, cnn_layers
from core.limits import AUGMENT_LIMITS, IMAGE_LIMITS, MODEL_LIMITS, RUN_PREFIX, SEED_LIMIT, TRAINING_LIMITS, Limit
from core.parts import CNN, LSTM, SVM, Augmentation, Ensemble, External, Forest, Image, Logistic, Training, Transfer

EXTERNAL = "external"  # a model trained elsewhere, whose scores alone are here: never trained
FAMILIES = tuple(family for family in MODEL_LIMITS if family != EXTERNAL)
NETWORK_FAMILIES = ("cnn", "transfer", "lstm")
CLASSICAL_FAMILIES = ("svm", "forest", "logistic")
FAMILY_TITLES = {
    "cnn": "CNN", "transfer": "Transfer learning", "lstm": "LSTM", "svm": "SVM", "forest": "Random forest",
    "logistic": "Logistic regression", "ensemble": "Ensemble", EXTERNAL: "Trained elsewhere",
}  # fmt: skip

MODEL_PARTS = {
    "cnn": CNN, "transfer": Transfer, "lstm": LSTM, "svm": SVM, "forest": Forest, "logistic": Logistic, "ensemble": Ensemble,
    EXTERNAL: External,
}  # fmt: skip
Model = CNN | Transfer | LSTM | SVM | Forest | Logistic | Ensemble | External

# The settings that the first recipes had. Those added since are left out of the digest where they have the value that older runs were
# trained with, which is their default: so old documents open, and keep their digests.
_FIRST_SETTINGS = {
    "image_size", "blocks", "filters", "convolutions", "kernel_size", "pooling", "batch_norm", "dropout", "summary", "dense_layers",
    "dense_units", "backbone", "pretrained", "trainable", "features", "kernel", "C", "class_weight", "n_estimators", "max_depth",
    "min_samples_leaf", "max_epochs", "batch_size", "learning_rate", "weight_decay", "optimizer", "schedule", "patience", "keep",
    "rotate", "shift", "zoom", "contrast", "brightness", "flip", "seed",
}  # fmt: skip

_RECORDING = {"epoch_scores"}  # settings of what is recorded: they change nothing that is learned


@dataclass(frozen=True)
class Recipe:
    """One model to train.

    `training` is None for the families that have no epochs; `image` is None where the model was trained elsewhere.
    """

    family: str
    image: Image | None
    model: Model
    training: Training | None
    seed: int

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that are equal for equal recipes only."""
        document = self.as_dict()
        limits = limits_of(self.family)
        document["settings"] = {
            name: value
            for name, value in self.settings.items()
            if name in _FIRST_SETTINGS or (value != limits[name].default and name not in _RECORDING)
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def settings(self) -> dict:
        """All settings by name, flat, in the order of their groups; the inverse of `build`."""
        if self.image is None:
            return asdict(self.model)
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

    @property
    def member_runs(self) -> tuple[str, ...]:
        """The ids of the runs whose scores an ensemble averages; none for other families."""
        named = getattr(self.model, "members", "").split(",")
        return tuple(run_id.strip() for run_id in named if run_id.strip())

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
    if family == EXTERNAL:
        return MODEL_LIMITS[family]
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
    model = _part(MODEL_PARTS[family], values)
    if family == EXTERNAL:
        return Recipe(family, None, model, None, SEED_LIMIT.default)
    recipe = Recipe(family, _part(Image, values), model, _training(family, values), values["seed"])
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


def _check_thaw(model: Transfer, max_epochs: int) -> None:
    if model.trainable != "head" and model.freeze_epochs >= max_epochs:
        raise RecipeError(
            f"freeze_epochs is {model.freeze_epochs}, and max_epochs {max_epochs}", "the backbone would never learn",
            "Freeze it for fewer epochs, or set trainable to head",
        )  # fmt: skip


def _check_together(recipe: Recipe) -> None:
    """Raise RecipeError for settings that are each within their limits, but cannot work together."""
    model, size = recipe.model, recipe.image.image_size
    if isinstance(model, CNN):
        cnn_layers(model, size, outputs=1)
    elif isinstance(model, Transfer):
        check_backbone(model.backbone, size, model.last_stages if model.trainable == "last" else 1)
        _check_thaw(model, recipe.training.max_epochs)
    elif recipe.family in CLASSICAL_FAMILIES:
        check_backbone(model.features, size)
