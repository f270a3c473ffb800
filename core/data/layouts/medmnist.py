"""MedMNIST files: one npz with images and labels of three splits, at hand or through the medmnist package's download."""

import hashlib
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil

from core.data.dataset import SPLITS, ArrayReader, Dataset
from core.errors import DataError

MOST_CLASSES = 100
MIN_SIDE = 8  # px
LICENCE = "CC BY 4.0 (MedMNIST v2, Yang et al. 2023)"
_CHEST = ("atelectasis", "cardiomegaly", "effusion", "infiltration", "mass", "nodule", "pneumonia", "pneumothorax",
          "consolidation", "edema", "emphysema", "fibrosis", "pleural", "hernia")  # fmt: skip
_SIZES = (64, 128, 224)  # px, of the larger editions; the first one has 28


@dataclass(frozen=True)
class Edition:
    """A published MedMNIST set of chest X-rays."""

    title: str
    task: str
    classes: tuple[str, ...]


_PUBLISHED = {
    "pneumoniamnist": Edition("PneumoniaMNIST", "binary", ("normal", "pneumonia")),
    "chestmnist": Edition("ChestMNIST", "multilabel", _CHEST),
}
NAMES = _PUBLISHED | {
    f"{name}_{size}": replace(edition, title=f"{edition.title}, {size} px") for name, edition in _PUBLISHED.items() for size in _SIZES
}


def load_medmnist(file: Path) -> Dataset:
    """The data set in a MedMNIST file. Raises DataError where it is no such file."""
    arrays = _arrays(file)
    images = [_grey(arrays[f"{split}_images"]) for split in SPLITS]
    labels = [_columns(arrays[f"{split}_labels"]) for split in SPLITS]
    for split, some, rows in zip(SPLITS, images, labels, strict=True):
        if not len(some) == len(rows) > 0:
            raise DataError(f"{split} of {file.name} has {len(some)} images and {len(rows)} rows of labels", "each image needs one row")
    if len({some.shape[1:] for some in images}) > 1 or len({rows.shape[1] for rows in labels}) > 1:
        raise DataError(f"the splits of {file.name} differ in image size or in number of labels", "all splits need the same")
    return _as_dataset(file, np.concatenate(images), np.concatenate(labels), [len(some) for some in images])


def download_medmnist(name: str, folder: Path) -> Path:
    """Fetch a MedMNIST file through the medmnist package. Raises DataError where there is no network."""
    import medmnist

    folder.mkdir(parents=True, exist_ok=True)
    plain, _, size = name.partition("_")
    try:
        edition = getattr(medmnist, medmnist.INFO[plain]["python_class"])
        edition(split="train", download=True, root=str(folder), size=int(size) if size else 28)
    except (OSError, RuntimeError) as error:
        raise DataError(
            f"{name} could not be downloaded ({type(error).__name__})",
            "a network is needed for this",
            f"Copy {name}.npz here from another machine and give its path, or use the phantom",
        ) from None
    return folder / f"{name}.npz"


def _arrays(file: Path) -> dict[str, np.ndarray]:
    wanted = [f"{split}_{kind}" for split in SPLITS for kind in ("images", "labels")]
    if not zipfile.is_zipfile(file):
        raise DataError(f"{file.name} is no npz file, or a damaged one", "a MedMNIST file, an npz of six arrays, is expected")
    try:
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
            missing = sorted(set(wanted) - set(stored.files))
            if missing:
                raise DataError(f"{file.name} lacks {', '.join(missing)}", "a MedMNIST file has images and labels of train, val and test")
            _check_memory(file, sum(part.file_size for part in stored.zip.infolist()))
            return {name: np.asarray(stored[name]) for name in wanted}  # a part that is no array is read as bytes
    except (OSError, ValueError, EOFError, MemoryError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{file.name} is no readable npz file ({type(error).__name__})", "a MedMNIST file is expected") from None


def _check_memory(file: Path, unpacked: int) -> None:
    """Refuse a file before it is unpacked, since a small one can unpack to any size; what is read is copied once."""
    free = psutil.virtual_memory().available
    if 2 * unpacked > free:
        raise DataError(f"{file.name} unpacks to {unpacked / 2**30:.1f} GiB", f"{free / 2**30:.1f} GiB of memory are free; twice is needed")


def _grey(images: np.ndarray) -> np.ndarray:
    colours = images.shape[3:]
    if images.dtype != np.uint8 or images.ndim < 3 or colours not in ((), (1,), (3,)) or min(images.shape[1:3]) < MIN_SIDE:
        found = f"images are {images.dtype} of shape {images.shape}"
        raise DataError(found, f"uint8 (n, H, W) or (n, H, W, 3) is expected, with sides of {MIN_SIDE} px or more")
    if colours in ((), (1,)):
        return images.reshape(images.shape[:3])
    weights = np.array([0.299, 0.587, 0.114])  # ITU-R 601-2, as Pillow's convert("L")
    return (images @ weights + 0.5).astype(np.uint8)


def _columns(labels: np.ndarray) -> np.ndarray:
    """Labels as int64 (n, L): class numbers where L is 1, else 0 or 1 each. Raises DataError for anything else."""
    if labels.dtype.kind not in "biu" or labels.ndim not in (1, 2) or labels.ndim == 2 and labels.shape[1] < 1:
        raise DataError(f"labels are {labels.dtype} of shape {labels.shape}", "whole numbers (n, 1), or (n, L) for L findings, are needed")
    columns = labels if labels.ndim == 2 else labels[:, None]
    highest = 1 if columns.shape[1] > 1 else MOST_CLASSES - 1
    if columns.size and not (columns.min() >= 0 and columns.max() <= highest):
        raise DataError(f"labels go from {columns.min()} to {columns.max()}", f"0 to {highest} is expected")
    return columns.astype(np.int64)


def _as_dataset(file: Path, images: np.ndarray, labels: np.ndarray, lengths: list[int]) -> Dataset:
    edition = NAMES.get(file.stem)
    task, classes, y = _labels(edition.classes if edition else (), labels)
    ids = [f"{split}/{number:05d}" for split, length in zip(SPLITS, lengths, strict=True) for number in range(length)]
    return Dataset(
        name=file.stem, title=edition.title if edition else file.stem, source=str(file), task=task,
        classes=classes, labels=classes[1:] if task == "binary" else classes,
        image_ids=np.array(ids), splits=np.repeat(SPLITS, lengths), y=y, patients=None,
        reader=ArrayReader(images), native_size=min(images.shape[1:3]), split_rule="as published", licence=LICENCE,
        content_hashes=np.array([hashlib.blake2b(image.tobytes()).hexdigest()[:32] for image in images]),
        origin={"layout": "MedMNIST"},
    )  # fmt: skip


def _labels(published: tuple[str, ...], labels: np.ndarray) -> tuple[str, tuple[str, ...], np.ndarray]:
    """Task, class names and y; the published names where there are as many of them as classes."""
    if labels.shape[1] > 1:
        names = tuple(f"label {n}" for n in range(labels.shape[1]))
        return "multilabel", published if len(published) == len(names) else names, labels.astype(np.uint8)
    index = labels[:, 0]
    count = int(max(index.max() + 1, 2))
    names = published if len(published) == count else tuple(str(n) for n in range(count))
    if count == 2:
        return "binary", names, index[:, None].astype(np.uint8)
    return "multiclass", names, np.eye(count, dtype=np.uint8)[index]
