"""The bounds, defaults and meaning of every setting: one truth for sliders, the command line and the checks.

A limit is plain data. What a setting does is decided elsewhere; here stands only what it may be.
"""

import math
from dataclasses import dataclass

from core.errors import RecipeError

OFFLINE_BACKBONES = ("tf_efficientnet_lite0", "tf_efficientnet_lite1", "tf_efficientnet_lite2")
HUB_BACKBONES = ("resnet18", "resnet50", "densenet121", "mobilenetv3_large_100", "vgg16_bn")
RUN_PREFIX = "run:"


@dataclass(frozen=True)
class Limit:
    """What one setting may be.

    `low` and `high` are inclusive. `choices`, where given, lists all values; with `open_choices` other texts are allowed too.
    `group` gathers settings on screen; `help` is its tooltip.
    """

    default: bool | int | float | str
    help: str
    group: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    open_choices: bool = False

    def check(self, name: str, value):
        """The value in the type of the default. Raises RecipeError with the bounds that were broken."""
        value = self._typed(name, value)
        if self.choices and not self.open_choices and value not in self.choices:
            raise RecipeError(f"{name} is {value!r}", f"it must be one of {', '.join(self.choices)}")
        if self.low is not None and not self.low <= value <= self.high:
            raise RecipeError(f"{name} is {value}", f"it must lie between {self.low:g} and {self.high:g}")
        return value

    def _typed(self, name: str, value):
        kind = type(self.default)
        if kind is bool:
            return _as_bool(name, value)
        if kind is str and isinstance(value, str):
            return value
        if kind in (int, float):
            return _as_number(name, value, kind)
        raise RecipeError(f"{name} is {value!r}", f"it must be {_KIND_NAMES[kind]}")


_KIND_NAMES = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


def _as_bool(name: str, value) -> bool:
    if isinstance(value, bool):
        return value
    found = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(str(value).lower())
    if found is None:
        raise RecipeError(f"{name} is {value!r}", "it must be true or false")
    return found


def _as_number(name: str, value, kind: type):
    wrong = RecipeError(f"{name} is {value!r}", f"it must be {_KIND_NAMES[kind]}")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong
    try:
        number = float(value)
    except ValueError:
        raise wrong from None
    if not math.isfinite(number) or (kind is int and number != int(number)):
        raise wrong
    return kind(number)


def _features(default_help: str) -> Limit:
    return Limit("tf_efficientnet_lite0", default_help, "model", choices=OFFLINE_BACKBONES + HUB_BACKBONES, open_choices=True)


_FEATURES_HELP = "The network whose features are classified: a backbone's name, or run:ID for a CNN or transfer run trained here."

IMAGE_LIMITS = {
    "image_size": Limit(64, "Side in pixels to which every image is resized before the model sees it.", "image", 16, 512),
    "aspect": Limit(
        "squeeze",
        "How a picture that is not square becomes one: squeezed, with black bars, or cut at both ends of its long side.",
        "image",
        choices=("squeeze", "pad", "centre-crop"),
    ),
}

MODEL_LIMITS = {
    "cnn": {
        "blocks": Limit(3, "Convolution blocks, each followed by pooling that halves the image.", "model", 1, 6),
        "filters": Limit(32, "Filters of the first block; each further block has twice as many, up to 512.", "model", 4, 256),
        "convolutions": Limit(2, "Convolutions in each block.", "model", 1, 4),
        "kernel_size": Limit(3, "Side of each convolution's kernel in pixels; odd.", "model", 1, 11),
        "pooling": Limit("max", "How each block shrinks its maps.", "model", choices=("max", "average")),
        "batch_norm": Limit(True, "Batch normalisation after each convolution.", "model"),
        "dropout": Limit(0.1, "Share of values set to zero before each dense layer while training.", "model", 0.0, 0.9),
        "summary": Limit("global_average", "How the last maps become one vector.", "model", choices=("global_average", "flatten")),
        "dense_layers": Limit(0, "Hidden dense layers before the output.", "model", 0, 4),
        "dense_units": Limit(64, "Width of the first dense layer; each further one is half as wide.", "model", 4, 2048),
    },
    "transfer": {
        "backbone": _features("The pretrained network; any timm name is accepted."),
        "pretrained": Limit(True, "Start from ImageNet weights instead of random ones.", "model"),
        "trainable": Limit("head", "Train the last layer only (frozen backbone), or the whole network.", "model", choices=("head", "all")),
        "dropout": Limit(0.2, "Share of features set to zero before the last layer while training.", "model", 0.0, 0.9),
    },
    "svm": {
        "features": _features(_FEATURES_HELP),
        "kernel": Limit("linear", "Shape of the boundary.", "model", choices=("linear", "rbf")),
        "C": Limit(0.01, "Inverse strength of regularisation; small is smoother.", "model", 1e-6, 1e4),
        "class_weight": Limit("balanced", "Weigh rare classes up.", "model", choices=("none", "balanced")),
    },
    "forest": {
        "features": _features(_FEATURES_HELP),
        "n_estimators": Limit(300, "Number of trees.", "model", 1, 2000),
        "max_depth": Limit(0, "Deepest level of a tree; 0 means no bound.", "model", 0, 100),
        "min_samples_leaf": Limit(2, "Fewest images in a leaf.", "model", 1, 500),
        "class_weight": Limit("balanced", "Weigh rare classes up.", "model", choices=("none", "balanced")),
    },
}

TRAINING_LIMITS = {
    "max_epochs": Limit(12, "Passes over the training images.", "training", 1, 1000),
    "batch_size": Limit(64, "Images in one step.", "training", 2, 1024),
    "learning_rate": Limit(0.003, "Largest step of the optimizer; the schedule scales it down.", "training", 1e-6, 1.0),
    "weight_decay": Limit(0.01, "Pull of the weights towards zero.", "training", 0.0, 1.0),
    "optimizer": Limit("adamw", "Rule that moves the weights.", "training", choices=("adamw", "adam", "sgd")),
    "schedule": Limit("one_cycle", "How the learning rate moves over the run.", "training", choices=("one_cycle", "cosine", "constant")),
    "class_weight": Limit("none", "Weigh rare classes up in the loss.", "training", choices=("none", "balanced")),
    "patience": Limit(0, "Stop after so many epochs without a better validation loss; 0 never stops early.", "training", 0, 100),
    "keep": Limit("last", "Keep the weights of the last epoch, or of the best validation ROC AUC.", "training", choices=("last", "best")),
}

AUGMENT_LIMITS = {
    "rotate": Limit(8.0, "Largest turn, in degrees.", "augmentation", 0.0, 45.0),
    "shift": Limit(0.06, "Largest shift, as a share of the side.", "augmentation", 0.0, 0.5),
    "zoom": Limit(0.1, "Largest zoom in or out, as a share.", "augmentation", 0.0, 0.5),
    "contrast": Limit(0.2, "Largest change of contrast, as a share.", "augmentation", 0.0, 0.9),
    "brightness": Limit(0.1, "Largest change of brightness, as a share of white.", "augmentation", 0.0, 0.5),
    "flip": Limit(True, "Mirror half of the images left to right.", "augmentation"),
}

SEED_LIMIT = Limit(0, "Start of all random numbers: the same seed repeats the run.", "training", 0, 2**31 - 1)
