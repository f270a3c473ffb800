"""The bounds, defaults and meaning of every setting: one truth for sliders, the command line and the checks.

A limit is plain data. What a setting does is decided elsewhere; here stands only what it may be.
"""

import math
from dataclasses import dataclass

from core.errors import RecipeError

OFFLINE_BACKBONES = ("tf_efficientnet_lite0", "tf_efficientnet_lite1", "tf_efficientnet_lite2")
HUB_BACKBONES = (
    "resnet18", "resnet50", "densenet121", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn", "efficientnet_b0", "mobilenetv3_small_100",
    "mobilenetv3_large_100", "vit_tiny_patch16_224", "vit_small_patch16_224",
)  # fmt: skip
RUN_PREFIX = "run:"
MOST_LAYERS = 32  # values that a list of one per layer may hold


@dataclass(frozen=True)
class Limit:
    """What one setting may be.

    `low` and `high` are inclusive. `choices`, where given, lists all values; with `open_choices` other texts are allowed too.
    With `each` a setting is one value for all layers of its kind, or a list with one value for each ("32,48,64" in text, a tuple
    in the recipe). `group` gathers settings on screen; `help` is its tooltip.
    """

    default: bool | int | float | str
    help: str
    group: str
    low: float | None = None
    high: float | None = None
    choices: tuple = ()
    open_choices: bool = False
    each: bool = False

    def check(self, name: str, value):
        """The value in the type of the default, or a tuple of such. Raises RecipeError with the bounds that were broken."""
        parts = self._parts(value) if self.each else None
        if parts is None:
            return self._one(name, value)
        if "" in parts:
            raise RecipeError(f"{name} is {value!r}", "one value or several with commas between them are expected", "Take out a comma")
        if not 1 <= len(parts) <= MOST_LAYERS:
            raise RecipeError(f"{name} lists {len(parts)} values", f"it must list 1 to {MOST_LAYERS}")
        found = tuple(self._one(name, part) for part in parts)
        return found[0] if len(found) == 1 else found

    def _parts(self, value) -> list | None:
        if isinstance(value, str) and "," in value:
            return [part.strip() for part in value.split(",")]
        return list(value) if isinstance(value, list | tuple) else None

    def _one(self, name: str, value):
        value = self._typed(name, value)
        if self.choices and not self.open_choices and value not in self.choices:
            raise RecipeError(f"{name} is {value!r}", f"it must be one of {', '.join(map(str, self.choices))}")
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


def _features(standardise: bool = True) -> dict[str, Limit]:
    """Where the features of a classical model come from, and what is done with them first."""
    return {
        "features": Limit(
            "tf_efficientnet_lite0",
            "The network whose features are classified: a backbone's name, or run:ID for a network trained here.",
            "model",
            choices=OFFLINE_BACKBONES + HUB_BACKBONES,
            open_choices=True,
        ),
        "layer": Limit("last", "The layer of that network that is read; maps are averaged over the image.", "model"),
        "standardise": Limit(standardise, "Scale each feature to mean 0 and spread 1 on train.", "model"),
        "pca": Limit(0, "Keep so many principal components of the features; 0 keeps the features.", "model", 0, 2048),
        "search": Limit(
            "none",
            "Take the settings as they are, or search around them on folds of train that part no patient.",
            "model",
            choices=("none", "grid"),
        ),
    }  # fmt: skip


def _input(channels: int) -> dict[str, Limit]:
    """How grey pixels enter a network."""
    return {
        "channels": Limit(channels, "Input channels: grey once, or the same grey three times.", "model", choices=(1, 3)),
        "normalisation": Limit(
            "own",
            "Pixels as the network sees them: own is what it was made for (a CNN: mean 0.5, std 0.25; a backbone: those of its weights), "
            "unit is 0..1, raw is 0..255, imagenet_grey is mean 0.485 and std 0.229, per_image is mean 0 and std 1 of each image.",
            "model",
            choices=("own", "unit", "raw", "imagenet_grey", "per_image"),
        ),
    }


_WEIGHT = Limit("balanced", "Weigh rare classes up.", "model", choices=("none", "balanced"))

IMAGE_LIMITS = {
    "image_size": Limit(64, "Side in pixels to which every image is resized before the model sees it.", "image", 16, 512),
    "aspect": Limit(
        "squeeze",
        "How a picture that is not square becomes one: squeezed, with black bars, or cut at both ends of its long side.",
        "image",
        choices=("squeeze", "pad", "centre-crop"),
    ),
}

CNN_LIMITS = {
    "blocks": Limit(3, "Convolution blocks. Settings marked as per block take one value, or one for each.", "model", 1, 8),
    "filters": Limit(32, "Filters of the first block, twice as many in each further one up to 512; or a list, one per block.", "model",
                     4, 1024, each=True),
    "convolutions": Limit(2, "Convolutions in each block; per block.", "model", 1, 6, each=True),
    "kernel_size": Limit(3, "Side of the kernels in pixels, odd where the padding is same; per block.", "model", 1, 11, each=True),
    "stride": Limit(1, "Step of a block's first convolution in pixels; per block.", "model", 1, 4, each=True),
    "padding": Limit("same", "same keeps the maps' size with zeros around; valid cuts the borders off; per block.", "model",
                     choices=("same", "valid"), each=True),
    "activation": Limit("relu", "What bends the values between layers.", "model",
                        choices=("relu", "leaky_relu", "elu", "gelu", "silu", "tanh")),
    "pooling": Limit("max", "How a block shrinks its maps; per block.", "model", choices=("max", "average", "none"), each=True),
    "pool_size": Limit(2, "Side of the pooling window; per block.", "model", 2, 5, each=True),
    "pool_stride": Limit(0, "Step of the pooling window; 0 is its side; per block.", "model", 0, 5, each=True),
    "pool_padding": Limit("valid", "valid drops a border that fills no window; same keeps it; per block.", "model",
                          choices=("valid", "same"), each=True),
    "batch_norm": Limit(True, "Batch normalisation after each convolution.", "model"),
    "batch_norm_place": Limit("before_activation", "Where it stands; after pooling there is one in a block, on fewer values.", "model",
                              choices=("before_activation", "after_activation", "after_pooling")),
    "block_dropout": Limit(0.0, "Share of values set to zero at a block's end while training; per block.", "model", 0.0, 0.9, each=True),
    "dropout_kind": Limit("values", "What a block's dropout sets to zero: single values or whole channels.", "model",
                          choices=("values", "channels")),
    "summary": Limit("global_average", "How the last maps become one vector.", "model",
                     choices=("global_average", "global_max", "flatten")),
    "dense_layers": Limit(0, "Hidden dense layers before the output.", "model", 0, 6),
    "dense_units": Limit(64, "Width of the first dense layer, half as wide in each further one; or a list, one per layer.", "model",
                         4, 4096, each=True),
    "dense_batch_norm": Limit(False, "Batch normalisation after each hidden dense layer.", "model"),
    "dropout": Limit(0.1, "Share of values set to zero before each dense layer while training; or a list, one per dense layer and one "
                     "for the output.", "model", 0.0, 0.9, each=True),
    **_input(1),
}  # fmt: skip

TRANSFER_LIMITS = {
    "backbone": Limit("tf_efficientnet_lite0", "The network; any timm name is accepted.", "model",
                      choices=OFFLINE_BACKBONES + HUB_BACKBONES, open_choices=True),
    "pretrained": Limit(True, "Start from ImageNet weights instead of random ones.", "model"),
    "trainable": Limit("head", "Train the last layer only (frozen backbone), the last stages too, or the whole network.", "model",
                       choices=("head", "last", "all")),
    "last_stages": Limit(1, "Stages of the backbone that are trained where trainable is last.", "model", 1, 12),
    "backbone_rate": Limit(1.0, "Learning rate of the backbone as a share of that of the last layer.", "model", 0.001, 1.0),
    "freeze_epochs": Limit(0, "Epochs at the start in which the last layer learns alone, before the backbone does.", "model", 0, 100),
    "dropout": Limit(0.2, "Share of features set to zero before the last layer while training.", "model", 0.0, 0.9),
    **_input(3),
}  # fmt: skip

LSTM_LIMITS = {
    "hidden_size": Limit(128, "Values that the network remembers from row to row.", "model", 4, 1024),
    "layers": Limit(1, "LSTM layers, one above the other.", "model", 1, 4),
    "bidirectional": Limit(False, "Read the rows from below as well.", "model"),
    "dropout": Limit(0.1, "Share of values set to zero between layers and before the output while training.", "model", 0.0, 0.9),
    "normalisation": _input(1)["normalisation"],
}

MODEL_LIMITS = {
    "cnn": CNN_LIMITS,
    "transfer": TRANSFER_LIMITS,
    "lstm": LSTM_LIMITS,
    "svm": {
        **_features(),
        "kernel": Limit("linear", "Shape of the boundary.", "model", choices=("linear", "rbf")),
        "C": Limit(0.01, "Inverse strength of regularisation; small is smoother.", "model", 1e-6, 1e4),
        "gamma": Limit(0.0, "Reach of one image with the rbf kernel; 0 takes 1 / (features x their variance).", "model", 0.0, 100.0),
        "class_weight": _WEIGHT,
    },
    "forest": {
        **_features(standardise=False),
        "n_estimators": Limit(300, "Number of trees.", "model", 1, 2000),
        "max_depth": Limit(0, "Deepest level of a tree; 0 means no bound.", "model", 0, 100),
        "min_samples_leaf": Limit(2, "Fewest images in a leaf.", "model", 1, 500),
        "max_features": Limit("sqrt", "Features looked at in each split.", "model", choices=("sqrt", "log2", "all")),
        "class_weight": _WEIGHT,
    },
    "logistic": {
        **_features(),
        "C": Limit(0.01, "Inverse strength of regularisation; small is smoother.", "model", 1e-6, 1e4),
        "class_weight": _WEIGHT,
    },
    "ensemble": {
        "members": Limit("", "The ids of the runs whose scores are averaged, separated by commas.", "model"),
    },
    "external": {
        "name": Limit("", "What the model that was trained elsewhere is called.", "model"),
        "file_hash": Limit("", "The first digits of the sha256 of the file with its scores.", "model"),
    },
}

TRAINING_LIMITS = {
    "max_epochs": Limit(12, "Passes over the training images.", "training", 1, 1000),
    "batch_size": Limit(64, "Images in one step.", "training", 2, 1024),
    "learning_rate": Limit(0.003, "Largest step of the optimizer; the schedule scales it down.", "training", 1e-6, 1.0),
    "optimizer": Limit("adamw", "Rule that moves the weights.", "training", choices=("adamw", "adam", "sgd", "rmsprop")),
    "schedule": Limit("one_cycle", "How the learning rate moves over the run; plateau lowers it when the monitored value stands still.",
                      "training", choices=("one_cycle", "cosine", "constant", "plateau")),
    "class_weight": Limit("none", "Weigh rare classes up in the loss.", "training", choices=("none", "balanced")),
    "patience": Limit(0, "Stop after so many epochs in which the monitored value was no better; 0 never stops early.", "training", 0, 100),
    "keep": Limit("last", "Keep the weights of the last epoch, or of the best by the monitored value, ROC AUC if it is auto.", "training",
                  choices=("last", "best")),
    "monitor": Limit("auto", "The value that early stopping, plateau and keep look at; auto is the validation loss for stopping and "
                     "plateau, and ROC AUC for keep.", "training",
                     choices=("auto", "val_loss", "val_roc_auc", "val_accuracy", "val_f1", "train_loss")),
    "epoch_scores": Limit(True, "Keep the validation scores of each epoch, to draw metrics at any threshold over epochs: 2 bytes a score, "
                          "157 MB for 112,120 images, 14 labels and 50 epochs. Beyond 256 MB only every second epoch is kept, or every "
                          "third, and so on. It changes nothing that is learned.", "training"),
    "loss": Limit("auto", "What training makes small; auto is cross-entropy for several classes, and binary cross-entropy otherwise.",
                  "loss", choices=("auto", "bce", "cross_entropy", "focal", "f1")),
    "focal_gamma": Limit(2.0, "Focal loss: how much easy images are turned down.", "loss", 0.0, 10.0),
    "focal_alpha": Limit(0.0, "Focal loss: weight of positives, 1 - alpha for negatives; 0 weighs none.", "loss", 0.0, 1.0),
    "label_smoothing": Limit(0.0, "Share of certainty taken from each label.", "loss", 0.0, 0.5),
    "l2_kernel": Limit(0.0, "Added to the loss: this times the sum of squared kernels.", "loss", 0.0, 1.0),
    "l2_bias": Limit(0.0, "Added to the loss: this times the sum of squared biases.", "loss", 0.0, 1.0),
    "weight_decay": Limit(0.01, "Pull of the weights towards zero.", "optimizer", 0.0, 1.0),
    "momentum": Limit(0.9, "Momentum of sgd (Nesterov) and rmsprop.", "optimizer", 0.0, 0.999),
    "beta1": Limit(0.9, "Adam: memory of the gradient's mean.", "optimizer", 0.0, 0.999),
    "beta2": Limit(0.999, "Adam: memory of the gradient's square; also of rmsprop.", "optimizer", 0.0, 0.99999),
    "epsilon": Limit(1e-8, "Adam and rmsprop: added below the fraction.", "optimizer", 1e-12, 1.0),
    "clip_norm": Limit(0.0, "Largest norm of the gradient; 0 clips nothing.", "optimizer", 0.0, 1000.0),
    "warm_up_epochs": Limit(0.0, "Epochs in which the rate rises from zero before any other schedule than one_cycle begins.", "optimizer",
                            0.0, 100.0),
    "plateau_factor": Limit(0.3, "Plateau: what the rate is multiplied by.", "optimizer", 0.01, 0.99),
    "plateau_patience": Limit(1, "Plateau: epochs to wait.", "optimizer", 0, 50),
    "ema": Limit(0.0, "Memory of a running mean of the weights, which is scored and kept instead of them; 0 keeps none.", "optimizer",
                 0.0, 0.9999),
    "sampling": Limit("as_is", "Each training image once; fewer of common classes; or rare ones repeatedly.", "sampling",
                      choices=("as_is", "under", "over")),
    "sampling_to": Limit(0, "Images that a class comes to; 0 is as many as the rarest (under) or commonest has.", "sampling", 0, 10**7),
    "sampling_classes": Limit("", "Classes that are changed, separated by commas; empty is all; commonest is the one with most images.",
                              "sampling"),
    "flip_at_test": Limit(False, "Score each image as it is and mirrored, and take the mean.", "augmentation"),
    "stretch_at_test": Limit(False, "Score each image also a little wider and taller (epochs are not), and take the mean.", "augmentation"),
}  # fmt: skip

AUGMENT_LIMITS = {
    "rotate": Limit(8.0, "Largest turn, in degrees.", "augmentation", 0.0, 45.0),
    "shift": Limit(0.06, "Largest shift, as a share of the side.", "augmentation", 0.0, 0.5),
    "zoom": Limit(0.1, "Largest zoom in or out, as a share.", "augmentation", 0.0, 0.5),
    "stretch": Limit(0.0, "Largest stretch: width to height is multiplied by 1 / (1 + stretch) to 1 + stretch.", "augmentation", 0.0, 1.0),
    "contrast": Limit(0.2, "Largest change of contrast, as a share.", "augmentation", 0.0, 0.9),
    "brightness": Limit(0.1, "Largest change of brightness, as a share of white.", "augmentation", 0.0, 0.5),
    "gamma": Limit(0.0, "Largest change of gamma: grey levels are raised to a power from 1 / (1 + gamma) to 1 + gamma.", "augmentation",
                   0.0, 2.0),
    "noise": Limit(0.0, "Largest standard deviation of added noise, as a share of white.", "augmentation", 0.0, 0.5),
    "erase": Limit(0.0, "Largest share of the image that a grey rectangle covers, in half of the images.", "augmentation", 0.0, 0.5),
    "flip": Limit(True, "Mirror half of the images left to right.", "augmentation"),
    "vertical_flip": Limit(False, "Turn half of the images upside down.", "augmentation"),
}  # fmt: skip

SEED_LIMIT = Limit(0, "Start of all random numbers: the same seed repeats the run.", "training", 0, 2**31 - 1)
