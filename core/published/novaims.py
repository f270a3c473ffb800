"""Four Keras CNNs that tell COVID-19, lung opacity, viral pneumonia and normal lungs apart."""

from core.published.frameworks import KERAS_CNN
from core.published.published import Figure, Original, Published, class_figures, figures_of

_SOURCE = "Student report on the COVID-19 Radiography Database: four Keras CNNs, from two convolutions to eight."
_CLASSES = ("Normal", "COVID", "Lung_Opacity", "Viral Pneumonia")
_DATA = Original(
    name="COVID-19 Radiography Database, Normal under-sampled",
    task="multiclass",
    classes=_CLASSES,
    images={"all": 16_974, "train": 12_220, "val": 3_056, "test": 1_698},
    per_class={"test": dict(zip(_CLASSES, (600, 362, 601, 135), strict=True))},
    side=150,
)
_NORMAL_IN_TRAIN = 4_320  # 6,001 Normal images stay of 16,974; 12,220 of these are train
_COMMON = {
    **KERAS_CNN, "image_size": 150, "channels": 3, "normalisation": "unit", "kernel_size": 3,
    "rotate": 10.0, "zoom": 0.1, "flip": True, "loss": "cross_entropy", "focal_gamma": 2.0, "focal_alpha": 0.0,
    "max_epochs": 32, "batch_size": 32, "monitor": "train_loss", "patience": 5,
    "sampling": "under", "sampling_to": _NORMAL_IN_TRAIN, "sampling_classes": "commonest",
}  # fmt: skip
_TWO = {"blocks": 2, "filters": (32, 32), "dense_layers": 1, "dense_units": 128}
_FIVE = {
    "blocks": 5, "filters": (32, 48, 64, 128, 128), "pool_stride": (2, 2, 2, 2, 1), "dense_layers": 3, "dense_units": (128, 64, 32),
    "loss": "focal", "schedule": "plateau", "plateau_factor": 0.1, "plateau_patience": 2,
}  # fmt: skip
_EIGHT = {
    "blocks": 8, "filters": (32, 32, 64, 64, 128, 128, 128, 256), "padding": "same", "pool_padding": "same",
    "dense_layers": 2, "dense_units": (128, 64),
}  # fmt: skip
_FOCAL = "Focal loss: gamma 2 here, the usual one."
_OPEN = (
    "Augmentation: which kinds is not told; turns up to 10 degrees, zoom up to 10 % and mirroring here.",
    "Early stopping on the loss: that of train here, after 5 epochs without a better one; the last weights are kept, as Keras does.",
    "Pixels: divided by 255 here. Dropout: none here. Adam's learning rate: 0.001, Keras's default.",
    "The report under-samples Normal before it splits (6,001 images stay); here train alone is, to the 4,320 that it then has.",
    "Its splits are random and not published: another split of the same images has other figures.",
)


def _accuracies(train: float, val: float, test: float) -> tuple[Figure, ...]:
    return tuple(Figure(f"{split}/accuracy", value) for split, value in (("train", train), ("val", val), ("test", test)))


def _figures(parameters: int, accuracies: tuple[Figure, ...], recalls: tuple[float, ...]) -> tuple[Figure, ...]:
    return (Figure("facts/parameters", parameters, "Exact."), *accuracies, *class_figures("val", "sensitivity", _CLASSES, recalls))


def _model(number: int, title: str, settings: dict, figures: tuple[Figure, ...], *open_points: str) -> Published:
    return Published(
        id=f"novaims-{number}", title=title, task="multiclass", family="cnn", settings={**_COMMON, **settings},
        source=_SOURCE, original=_DATA, figures=figures, open_points=(*open_points, *_OPEN),
    )  # fmt: skip


_ON_TEST = (
    *class_figures("test", "precision", _CLASSES, (0.84, 0.89, 0.88, 0.86)),
    *class_figures("test", "sensitivity", _CLASSES, (0.89, 0.80, 0.86, 0.95)),
    *class_figures("test", "f1", _CLASSES, (0.87, 0.84, 0.87, 0.90)),
    *figures_of("test", f1=0.87),
)

MODELS = (
    _model(
        1, "CNN of two convolutions", _TWO,
        _figures(5_319_204, _accuracies(0.779, 0.796, 0.782), (0.84, 0.61, 0.85, 0.86)),
    ),
    _model(
        2, "CNN of two convolutions, focal loss, class weights", {**_TWO, "loss": "focal", "class_weight": "balanced"},
        _figures(5_319_204, _accuracies(0.731, 0.777, 0.768), (0.74, 0.69, 0.83, 0.93)), _FOCAL,
        "Class weights: inverse to the classes' shares here.",
    ),
    _model(
        3, "CNN of five convolutions, focal loss, reduce-on-plateau", _FIVE,
        _figures(536_660, _accuracies(0.815, 0.841, 0.839), (0.84, 0.81, 0.84, 0.95)), _FOCAL,
        "Reduce-on-plateau: to a tenth (Keras's default) after 2 epochs without a better loss here.",
    ),
    _model(
        4, "CNN of eight convolutions, padding same", _EIGHT,
        (*_figures(771_172, _accuracies(0.844, 0.856, 0.866), (0.86, 0.79, 0.87, 0.95)), *_ON_TEST),
    ),
)  # fmt: skip
