"""A CNN for pneumonia in children, and an SVM and a random forest on its features."""

from core.published.frameworks import KERAS_CNN
from core.published.published import Figure, Matrix, Original, Published

_SOURCE = "Student report on the Kaggle 'Chest X-Ray Images (Pneumonia)': a CNN, and its features in an SVM and a random forest."
DATA = Original(
    name="Chest X-Ray Images (Pneumonia)",
    task="binary",
    classes=("NORMAL", "PNEUMONIA"),
    images={"train": 5_216, "val": 16, "test": 624},
    per_class={"test": {"NORMAL": 234, "PNEUMONIA": 390}},
    side=150,
)
_CNN = {
    **KERAS_CNN, "image_size": 150, "channels": 1, "normalisation": "unit", "zoom": 0.3, "vertical_flip": True,
    "blocks": 6, "filters": (32, 64, 64, 128, 128, 256), "kernel_size": 3, "padding": "same", "pool_padding": "same",
    "batch_norm": True, "batch_norm_place": "after_activation", "block_dropout": 0.2,
    "dense_layers": 2, "dense_units": (128, 64), "dropout": (0.0, 0.2, 0.2), "loss": "bce",
    "max_epochs": 10, "batch_size": 32, "learning_rate": 1e-3, "schedule": "plateau", "plateau_factor": 0.3, "plateau_patience": 1,
}  # fmt: skip
_FEATURES = {"image_size": 150, "layer": "last", "standardise": False, "pca": 0, "search": "none", "class_weight": "none"}
_TEST_SEEN = (
    "The report validated on its test set during training (its first validation accuracy, .6250, is the test set's majority, 390 of 624), "
    "so its learning rate has seen the test; here validation is split off train by patient, and test is seen once."
)
_OPEN_CNN = (
    "Filters, kernels and padding: 32, 64, 64, 128, 128, 256 filters of 3 x 3, padding same here.",
    "Dense layers and dropout: 128 and 64 wide before the output; 0.2 after each block and each of them here.",
    "Optimizer: Adam with Keras's epsilon here. Activation: ReLU, before batch normalisation, here.",
    "Which validation value lowers the learning rate: the loss here.",
    "Channels: one here, since the images are grey.",
)
_LAYER = "Which layer yields the features: the last hidden one (64 values), not standardised, here."


def _figures(accuracy: float, f1: float, matrix: Matrix, recalls: tuple[float, float]) -> tuple[Figure, ...]:
    normal, pneumonia = recalls
    return (
        Figure("test/accuracy", accuracy), Figure("test/f1", f1, "Of PNEUMONIA."), Figure("test/confusion_matrix", matrix),
        Figure("test/sensitivity/NORMAL", normal), Figure("test/sensitivity/PNEUMONIA", pneumonia),
    )  # fmt: skip


def _model(name: str, title: str, settings: dict, figures: tuple[Figure, ...], open_points: tuple[str, ...], base: str | None) -> Published:
    return Published(
        id=f"portsmouth-{name}", title=title, task="binary", family=name, settings=settings, source=_SOURCE, original=DATA,
        figures=figures, open_points=(_TEST_SEEN, *open_points), base=base,
    )  # fmt: skip


MODELS = (
    _model(
        "cnn", "CNN of six blocks", _CNN,
        (*_figures(0.9006, 0.924, ((184, 50), (12, 378)), (0.79, 0.97)),
         Figure("facts/epoch_seconds", 109, "About; 655 ms a step of 32 images.")),
        _OPEN_CNN, None,
    ),
    _model(
        "svm", "Linear SVM on the features of the CNN", {**_FEATURES, "kernel": "linear", "C": 1.0, "gamma": 0.0},
        _figures(0.8942, 0.920, ((180, 54), (12, 378)), (0.77, 0.97)),
        ("C: 1, scikit-learn's default. Scores: calibrated on folds of train here.", _LAYER, *_OPEN_CNN), "portsmouth-cnn",
    ),
    _model(
        "forest", "Random forest of 100 trees on the features of the CNN",
        {**_FEATURES, "n_estimators": 100, "max_depth": 0, "min_samples_leaf": 1, "max_features": "sqrt"},
        _figures(0.8606, 0.894, ((169, 65), (22, 368)), (0.72, 0.94)),
        ("Depth and leaves of the trees: scikit-learn's defaults.", _LAYER, *_OPEN_CNN), "portsmouth-cnn",
    ),
)  # fmt: skip
