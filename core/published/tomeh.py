"""Five Keras CNNs for three labels of a course competition."""

from core.published.competition import DATA
from core.published.frameworks import KERAS_CNN
from core.published.published import Figure, Published, class_figures, figures_of

_SOURCE = "Student report on the course competition 'Medical image multi-label': Keras CNNs tuned by hand."
_KERAS_ACCURACY = "Keras's accuracy; what it counts is not told, and by its size not the same thing in all models."
_MICRO = "Over all labels together, as Keras counts it."
_COMMON = {
    **KERAS_CNN, "image_size": 128, "channels": 1, "normalisation": "raw", "loss": "bce", "blocks": 3, "filters": (32, 64, 128),
    "kernel_size": 3, "dense_layers": 1, "dense_units": 128,
}  # fmt: skip
_LARGE_KERNELS = {"kernel_size": 5, "pool_size": 3, "dropout": 0.5}
_OPEN = (
    "Image size: all images have one, which is not told; 128 px here.",
    "Blocks and filters: three blocks of one convolution with 32, 64 and 128 filters here.",
    "Dense layers: one of 128 before the output here.",
    "Which models divide pixels by 255: none here, since the report found the scores better without.",
    "Adam's parameters were varied; which a model has is not told: Keras's defaults here.",
    "Padding: valid, Keras's default.",
    "The threshold of the submission: 0.5 here.",
)
_SMALL_KERNELS = "Kernel, pooling and dropout: kernel 3, pool 2, dropout {} here."


def _figures(train: dict, val: dict, precisions: tuple[float, ...]) -> tuple[Figure, ...]:
    both = (*figures_of("train", **train), *figures_of("val", **val))
    words = {"keras_accuracy": _KERAS_ACCURACY, "micro_sensitivity": _MICRO, "micro_precision": _MICRO,
             "keras_f1": "As printed; not the harmonic mean of the printed precision and recall."}  # fmt: skip
    told = tuple(Figure(one.metric, one.value, words.get(one.name, "")) for one in both)
    return told + class_figures("val", "precision", DATA.classes, precisions)


def _split(loss: float, accuracy: float, recall: float, precision: float, f1: float) -> dict:
    return {"loss": loss, "keras_accuracy": accuracy, "micro_sensitivity": recall, "micro_precision": precision, "keras_f1": f1}


def _model(number: int, settings: dict, figures: tuple[Figure, ...], open_points: tuple[str, ...]) -> Published:
    return Published(
        id=f"tomeh-{number}", title=f"Keras CNN, model {number}", task="multilabel", family="cnn", settings={**_COMMON, **settings},
        source=_SOURCE, original=DATA, figures=figures, open_points=open_points,
    )  # fmt: skip


MODELS = (
    _model(
        1, {**_LARGE_KERNELS, "max_epochs": 20, "batch_size": 64},
        _figures(_split(0.1667, 0.5027, 0.9323, 0.9210, 0.9253), _split(0.2708, 0.5520, 0.8656, 0.8631, 0.8622), (0.89, 0.85, 0.84)),
        ("Dropout: 0.5 or less; 0.5 before each dense layer here.", *_OPEN),
    ),
    _model(
        2, {"dropout": 0.25, "max_epochs": 20, "batch_size": 64},
        _figures(_split(0.1969, 0.5322, 0.9294, 0.8852, 0.9054), _split(0.2617, 0.5623, 0.8921, 0.8537, 0.8706), (0.89, 0.85, 0.78)),
        (_SMALL_KERNELS.format(0.25), *_OPEN),
    ),
    _model(
        3, {"dropout": 0.25, "l2_kernel": 0.01, "l2_bias": 0.01, "max_epochs": 15, "batch_size": 128},
        _figures(_split(0.4443, 0.9764, 0.8161, 0.8035, 0.8065), _split(0.4665, 0.9660, 0.8348, 0.7960, 0.8122), (0.88, 0.81, 0.61)),
        ("Strength of the L2 regularisers on kernels and biases: 0.01, Keras's default.", _SMALL_KERNELS.format(0.25), *_OPEN),
    ),
    _model(
        4, {**_LARGE_KERNELS, "max_epochs": 20, "batch_size": 128},
        _figures(_split(0.1783, 0.8782, 0.9374, 0.9093, 0.9218), _split(0.2572, 0.8857, 0.8920, 0.8666, 0.8770), (0.90, 0.87, 0.81)),
        ("Dropout: 0.5 or less; 0.5 before each dense layer here.", *_OPEN),
    ),
    _model(
        5, {"max_epochs": 20, "batch_size": 64},
        _figures(_split(0.0504, 0.8521, 0.9676, 0.9943, 0.9803), _split(0.6018, 0.8637, 0.7918, 0.8652, 0.8241), (0.89, 0.85, 0.81)),
        (_SMALL_KERNELS.format("0 (its losses, .05 on train and .60 on validation, tell of none)"), *_OPEN),
    ),
)  # fmt: skip
