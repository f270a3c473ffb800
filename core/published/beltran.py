"""A ResNet-50 for the fourteen findings of NIH ChestX-ray14 at three thresholds: one training, three operating points."""

from core.published.frameworks import PYTORCH
from core.published.published import Figure, Original, Published

_SOURCE = "Student report on NIH ChestX-ray14: how the threshold moves the scores of a ResNet-50."
_DATA = Original(
    name="NIH ChestX-ray14",
    task="multilabel",
    classes=(
        "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax",
        "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening", "Hernia",
    ),
    images={"all": 112_120, "test": 25_596},
)  # fmt: skip
_SETTINGS = {
    **PYTORCH, "image_size": 224, "backbone": "resnet50", "pretrained": False, "trainable": "all", "backbone_rate": 1.0, "dropout": 0.0,
    "channels": 1, "normalisation": "unit", "max_epochs": 50, "batch_size": 64, "learning_rate": 0.01, "schedule": "cosine", "loss": "bce",
}  # fmt: skip
_FIGURES = (
    Figure(
        "test/decision_roc_auc", 0.6,
        "Ended near 0.6 at each threshold. Printed as AUC, but taken of the thresholded labels, not of the scores.",
    ),
    Figure("facts/training_hours", 5.5, "More than this for 50 epochs, on one RTX 3070."),
)  # fmt: skip
_OPEN = (
    "Image size: 224 px here, which ResNet-50 was made for.",
    "Pretrained or not: random weights here, since the first convolution is a new one.",
    "Pixels: in 0..1 here. Augmentation: none here.",
    "Which images were validated on: here patients are split off the official train list.",
    "F1 on test is shown as a curve without numbers; it fell and grew noisier as the threshold rose.",
    "Images saved with four channels (under 0.5 %) are left out in the report; add the data with --four-channels leave-out to do the same.",
    "The test split: the official list (25,596 images); the report rounds its shares to 70 and 30 %.",
)


def _at(threshold: str, published_id: str) -> Published:
    return Published(
        id=published_id, title=f"ResNet-50, one channel, threshold {threshold}", task="multilabel", family="transfer", settings=_SETTINGS,
        source=_SOURCE, original=_DATA, figures=_FIGURES, open_points=_OPEN, rule=threshold,
    )  # fmt: skip


MODELS = (_at("0.4", "beltran-resnet50-t40"), _at("0.5", "beltran-resnet50"), _at("0.6", "beltran-resnet50-t60"))
