"""MedMNIST files: one npz with images and labels of three splits, at hand or through the medmnist package's download."""

import hashlib
import re
import zipfile
from pathlib import Path

import numpy as np

from core.data.dataset import SPLITS, ArrayReader, Dataset
from core.errors import DataError

LICENCE = "CC BY 4.0 (MedMNIST v2, Yang et al. 2023)"
_CHEST = ("atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia", "pneumothorax",
          "consolidation", "edema", "emphysema", "fibrosis", "pleural", "hernia")  # fmt: skip
_CLASSES = {"pneumoniamnist": ("normal", "pneumonia"), "chestmnist": _CHEST}
_TITLES = {"pneumoniamnist": "PneumoniaMNIST", "chestmnist": "ChestMNIST"}


def load_medmnist(file: Path) -> Dataset:
    """The data set in a MedMNIST file. Raises DataError where it is no such file."""
    arrays = _arrays(file)
    images = np.concatenate([_grey(arrays[f"{split}_images"]) for split in SPLITS])
    labels = np.concatenate([arrays[f"{split}_labels"].reshape(len(arrays[f"{split}_labels"]), -1) for split in SPLITS])
    lengths = [len(arrays[f"{split}_images"]) for split in SPLITS]
    if len(labels) != len(images):
        raise DataError(f"{file.name} has {len(images)} images and {len(labels)} rows of labels", "each image needs one row")
    return _as_dataset(file, images, labels, lengths)


def download_medmnist(name: str, folder: Path) -> Path:
    """Fetch a MedMNIST file through the medmnist package. Raises DataError where there is no network."""
    import medmnist

    folder.mkdir(parents=True, exist_ok=True)
    try:
        medmnist.INFO[name]
        getattr(medmnist, medmnist.INFO[name]["python_class"])(split="train", download=True, root=str(folder))
    except (OSError, RuntimeError) as error:
        raise DataError(
            f"{name} could not be downloaded ({type(error).__name__})",
            "a network is needed for this",
            f"Copy {name}.npz here from another machine and give its path, or use the phantom",
        ) from None
    return folder / f"{name}.npz"


def _arrays(file: Path) -> dict[str, np.ndarray]:
    wanted = [f"{split}_{kind}" for split in SPLITS for kind in ("images", "labels")]
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            missing = sorted(set(wanted) - set(stored.files))
            if missing:
                raise DataError(f"{file.name} lacks {', '.join(missing)}", "a MedMNIST file has images and labels of train, val and test")
            return {name: stored[name] for name in wanted}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{file.name} is no readable npz file ({type(error).__name__})", "a MedMNIST file is expected") from None


def _grey(images: np.ndarray) -> np.ndarray:
    if images.dtype != np.uint8 or images.ndim not in (3, 4):
        raise DataError(f"images are {images.dtype} with {images.ndim} axes", "uint8 (n, H, W) or (n, H, W, 3) is expected")
    if images.ndim == 3:
        return images
    weights = np.array([0.299, 0.587, 0.114])  # ITU-R 601-2, as Pillow's convert("L")
    return (images[..., :3] @ weights + 0.5).astype(np.uint8)


def _as_dataset(file: Path, images: np.ndarray, labels: np.ndarray, lengths: list[int]) -> Dataset:
    name = re.sub(r"_\d+$", "", file.stem)
    task, classes, y = _labels(name, labels)
    ids = [f"{split}/{number:05d}" for split, length in zip(SPLITS, lengths, strict=True) for number in range(length)]
    return Dataset(
        name=file.stem, title=_TITLES.get(name, file.stem), source=str(file), task=task,
        classes=classes, labels=classes[1:] if task == "binary" else classes,
        image_ids=np.array(ids), splits=np.repeat(SPLITS, lengths), y=y, patients=None,
        reader=ArrayReader(images), native_size=min(images.shape[1:3]), split_rule="as published", licence=LICENCE,
        content_hashes=np.array([hashlib.blake2b(image.tobytes()).hexdigest()[:32] for image in images]),
        origin={"layout": "MedMNIST"},
    )  # fmt: skip


def _labels(name: str, labels: np.ndarray) -> tuple[str, tuple[str, ...], np.ndarray]:
    if labels.shape[1] > 1:
        names = _CLASSES.get(name) if len(_CLASSES.get(name, ())) == labels.shape[1] else None
        return "multilabel", names or tuple(f"label {n}" for n in range(labels.shape[1])), labels.astype(np.uint8)
    index = labels[:, 0].astype(int)
    count = max(index.max() + 1, 2)
    names = _CLASSES.get(name) if len(_CLASSES.get(name, ())) == count else tuple(str(n) for n in range(count))
    if count == 2:
        return "binary", names, index[:, None].astype(np.uint8)
    return "multiclass", names, np.eye(count, dtype=np.uint8)[index]
