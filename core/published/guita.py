"""Thirteen PyTorch models for the three labels of the course competition: small CNNs, networks in the style of VGG, an LSTM."""

from core.published.competition import DATA
from core.published.frameworks import PYTORCH, PYTORCH_CNN
from core.published.published import Figure, Published

_SOURCE = "Student report on the course competition 'Medical image multi-label': PyTorch models compared by test score."
_INPUT = {"image_size": 224, "normalisation": "imagenet_grey"}
_CNN = {**PYTORCH_CNN, **_INPUT, "channels": 1, "kernel_size": 3, "summary": "global_average", "dense_units": 128}
_VGG = {**_CNN, "blocks": 5, "filters": (64, 128, 256, 512, 512), "dense_layers": 0}
_VGG_BLOCKS = {14: (2, 2, 3, 3, 4), 21: (3, 3, 5, 5, 5)}
_SCORE = "Printed as accuracy in per cent. How it counts three labels is not told; the report judges by the mean F1 of the classes on test."
_SECOND = "A second score that the report prints without a name."
_OPEN_ALWAYS = (
    "Learning rate of Adam: 0.001, PyTorch's default.",
    "The truth of the 5,000 test images was never given out: figures of another test split are not comparable.",
)
_OPEN_CNN = (
    "Filters and kernels: from 32 filters on, doubled in each block, 3 x 3 here; the widened last convolution has 512.",
    "What stands between the last maps and the dense layers: their mean here.",
    "Dense layers: the output is counted as one of them here; a hidden one is 128 wide.",
    "Dropout: none here.",
    *_OPEN_ALWAYS,
)
_OPEN_VGG = (
    "What stands between the last maps and the output, the one dense layer: their mean here.",
    "Dropout: none here.",
    *_OPEN_ALWAYS,
)


def _figures(score: float, second: float | None) -> tuple[Figure, ...]:
    first = Figure("test/printed_accuracy", score, _SCORE)
    return (first,) if second is None else (first, Figure("test/second_score", second, _SECOND))


def _model(name: str, title: str, family: str, settings: dict, figures: tuple[Figure, ...], open_points: tuple[str, ...]) -> Published:
    return Published(
        id=f"guita-{name}", title=title, task="multilabel", family=family, settings=settings,
        source=_SOURCE, original=DATA, figures=figures, open_points=open_points,
    )  # fmt: skip


def _cnn(name: str, layers: int, dense: int, batch: int, pooling: str, epochs: int, score: float, second: float | None = None) -> Published:
    wide, loss = "wide" in name, "cross_entropy" if name.endswith("-ce") else "bce"
    filters = tuple(32 * 2**block for block in range(layers - wide)) + (512,) * wide
    settings = {**_CNN, "blocks": layers, "filters": filters, "dense_layers": dense - 1, "batch_size": batch, "pooling": pooling,
                "max_epochs": epochs, "loss": loss}  # fmt: skip
    words = f"CNN with {layers} convolutions{', the last of 512,' if wide else ''} and {dense} dense {'layers' if dense > 1 else 'layer'}"
    title = f"{words}, {pooling} pooling, batch {batch}{', cross-entropy' if name.endswith('-ce') else ''}"
    return _model(name, title, "cnn", settings, _figures(score, second), _OPEN_CNN)


def _vgg(name: str, layers: int, batch: int, pooling: str, score: float, second: float | None = None) -> Published:
    convolutions = _VGG_BLOCKS[layers]
    settings = {**_VGG, "convolutions": convolutions, "batch_size": batch, "pooling": pooling, "max_epochs": 15, "loss": "bce"}
    counted = f"How the layers are counted: as convolutions here, {', '.join(map(str, convolutions))} in five blocks of 64 to 512 filters."
    title = f"VGG style, {layers} layers, {pooling} pooling, batch {batch}"
    return _model(name, title, "cnn", settings, _figures(score, second), (counted, *_OPEN_VGG))


_LSTM = {
    **PYTORCH, **_INPUT, "hidden_size": 128, "layers": 1, "bidirectional": False, "dropout": 0.0, "batch_size": 64, "max_epochs": 15,
    "loss": "f1",
}  # fmt: skip

MODELS = (
    _cnn("cnn2-bs48-ce", 2, 2, 48, "max", 12, 0.1273),
    _cnn("cnn2-bs48", 2, 2, 48, "max", 12, 0.5487),
    _cnn("cnn2-bs64", 2, 2, 64, "max", 12, 0.5712),
    _cnn("cnn2-bs64-avg", 2, 2, 64, "average", 15, 0.5732),
    _cnn("cnn2-wide-bs48", 2, 2, 48, "max", 15, 0.6870),
    _cnn("cnn2-wide-bs64", 2, 2, 64, "max", 15, 0.7130),
    _cnn("cnn3-bs64-avg", 3, 2, 64, "average", 15, 0.7177),
    _cnn("cnn2-bs128-avg", 2, 2, 128, "average", 15, 0.7350),
    _cnn("cnn2-dense1-bs128-avg", 2, 1, 128, "average", 15, 0.7387, 0.8497),
    _vgg("vgg21-bs48-avg", 21, 48, "average", 0.7410),
    _vgg("vgg14-bs48", 14, 48, "max", 0.7427, 0.8904),
    _vgg("vgg14-bs64", 14, 64, "max", 0.7433, 0.8893),
    _model(
        "lstm-bs64", "LSTM that reads an image row by row, F1 loss", "lstm", _LSTM,
        (Figure("test/printed_accuracy", 0.3, "Printed as 0.3 where the others have per cent; a share is taken to be meant."),),
        ("Epochs: 15 here, as most of the report's models have.", "Values that it remembers from row to row: 128 here.", *_OPEN_ALWAYS),
    ),
)  # fmt: skip
