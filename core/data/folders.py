"""Class folders with splits: `train|val|test/CLASS/picture`. A missing val is split off train, by patient where names tell patients."""

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.data import splits
from core.data.dataset import Dataset, Skipped
from core.data.file_reader import FileReader
from core.data.patients import patient_of
from core.errors import DataError, ImageError
from core.images import decode

SPLIT_FOLDERS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "test": "test", "testing": "test",
}  # fmt: skip
PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".dcm", ".dicom", ".webp", ".gif", ""}
_LITTER = {".ds_store", "thumbs.db", "desktop.ini", "__macosx"}
_NEGATIVE = ("normal", "no finding", "no_finding", "negative", "healthy", "control", "none", "0", "no")


@dataclass(frozen=True)
class _Found:
    file: Path
    split: str
    class_name: str


def is_class_folders(folder: Path) -> bool:
    """Whether a folder has a train folder with class folders in it."""
    return any(SPLIT_FOLDERS.get(child.name.lower()) == "train" and child.is_dir() for child in folder.iterdir())


def load_folders(folder: Path) -> Dataset:
    """The data set in a folder. Raises DataError where a split or a class is missing or holds no picture."""
    found, skipped = _walk(folder)
    classes = order_classes({one.class_name for one in found})
    if len(classes) < 2:
        raise DataError(
            f"{folder} has {len(classes)} class folders with pictures ({', '.join(classes) or 'none'})",
            "at least two are needed, as in train/NORMAL and train/PNEUMONIA",
        )
    found.sort(key=lambda one: (list(SPLIT_FOLDERS.values()).index(one.split), one.file.as_posix()))
    dataset = _as_dataset(folder, found, classes, tuple(skipped))
    return with_val(dataset)


def order_classes(names: set[str]) -> tuple[str, ...]:
    """Class names in the order of their indices: a name that means healthy first, the others by alphabet."""
    return tuple(sorted(names, key=lambda name: (name.lower().strip() not in _NEGATIVE, name.lower(), name)))


def with_val(dataset: Dataset) -> Dataset:
    """The data set with train, val and test; a missing val, then a missing test, is split off train. Raises DataError without train."""
    if not (dataset.splits == "train").any():
        raise DataError(f"{dataset.title} has no training images", "a folder train/ with one folder per class is needed")
    for seed, missing in enumerate(("val", "test")):
        if not (dataset.splits == missing).any():
            dataset = _split_off_train(dataset, missing, seed)
    return dataset


def _split_off_train(dataset: Dataset, missing: str, seed: int) -> Dataset:
    train = dataset.rows("train")
    part = dataset.select(train)
    groups = splits.groups_of(part.patients, part.content_hashes, len(part))
    chosen = splits.split_off(np.unique(part.y, axis=0, return_inverse=True)[1], groups, splits.VAL_SHARE, seed)
    if not chosen.any():
        raise DataError(
            f"{dataset.title} has too few training images to split off {missing}",
            "each class needs images of two patients or more, or two different images where patients are unknown",
            f"Add images, or a folder {missing}/",
        )
    new_splits = dataset.splits.copy()
    new_splits[train[chosen]] = missing
    by = "patient" if part.patients is not None else "image"
    rule = f"{dataset.split_rule}; {missing} split off train by {by} ({splits.VAL_SHARE:.0%}, stratified, seed {seed})"
    return replace(dataset, splits=new_splits, split_rule=rule)


def _as_dataset(folder: Path, found: list[_Found], classes: tuple[str, ...], skipped: tuple[Skipped, ...]) -> Dataset:
    index = np.array([classes.index(one.class_name) for one in found])
    files = tuple(one.file for one in found)
    patients = np.array([patient_of(file.name) or "" for file in files])
    binary = len(classes) == 2
    return Dataset(
        name=folder.name, title=folder.name, source=str(folder),
        task="binary" if binary else "multiclass",
        classes=classes, labels=classes[1:] if binary else classes,
        image_ids=np.array([file.relative_to(folder).as_posix() for file in files]),
        splits=np.array([one.split for one in found]),
        y=(index[:, None] if binary else np.eye(len(classes))[index]).astype(np.uint8),
        patients=patients if (patients != "").any() else None,
        reader=FileReader(files), native_size=_native_size(files), split_rule="folders as they lie",
        content_hashes=_hashes(files), skipped=skipped, origin={"layout": "class folders"},
    )  # fmt: skip


def _walk(folder: Path) -> tuple[list[_Found], list[Skipped]]:
    found, skipped = [], []
    for file in _files(folder):
        parts = file.relative_to(folder).parts
        reason = _reason_to_skip(parts)
        if reason:
            skipped.append(Skipped("/".join(parts).encode(errors="replace").decode(), reason))
        else:
            found.append(_Found(file, SPLIT_FOLDERS[parts[0].lower()], parts[1]))
    return _spelled_alike(found), skipped


def _spelled_alike(found: list[_Found]) -> list[_Found]:
    """Class names that differ by letter case only are one class, spelled as in train where it is there."""
    spelling: dict[str, str] = {}
    for one in sorted(found, key=lambda one: one.split != "train"):
        spelling.setdefault(one.class_name.lower(), one.class_name)
    return [replace(one, class_name=spelling[one.class_name.lower()]) for one in found]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _reason_to_skip(parts: tuple[str, ...]) -> str | None:
    if any(part.lower() in _LITTER or part.startswith("._") for part in parts):
        return "left by the operating system"
    if parts[0].lower() not in SPLIT_FOLDERS:
        return "not in a train, val or test folder"
    if len(parts) < 3:
        return "not in a class folder"
    if not _is_utf8("/".join(parts)):
        return "its name is not UTF-8"
    if Path(parts[-1]).suffix.lower() not in PICTURE_SUFFIXES:
        return "no picture, by its suffix"
    return None


def _is_utf8(name: str) -> bool:
    """Whether a file name can be stored as text; bytes that could not be decoded are surrogates in it (PEP 383)."""
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def _native_size(files: tuple[Path, ...]) -> int:
    """The shorter side of the first picture that can be read."""
    for file in files[:20]:
        try:
            return min(decode.read(file).pixels.shape)
        except ImageError:
            continue
    return 224


def _hashes(files: tuple[Path, ...]) -> np.ndarray:
    with ThreadPoolExecutor(4) as pool:
        return np.array(list(pool.map(_hash, files)))


def _hash(file: Path) -> str:
    """Empty where the file cannot be read: it equals no other, and is left out with the reason when the images are decoded."""
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "blake2b").hexdigest()[:32]
    except OSError:
        return ""
