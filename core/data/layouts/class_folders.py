"""Class folders: `train|val|test/CLASS/picture`, or `CLASS/picture` without splits, with an `images/` folder in each class or not."""

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np

from core.data.dataset import UNLABELLED, Skipped
from core.data.layouts.labelled_files import LabelledFiles, one_hot, order_classes
from core.data.layouts.patients import patient_of
from core.data.layouts.tree import NO_PICTURE, SPLIT_FOLDERS, Tree
from core.errors import DataError

_INSIDE_CLASS = {"images", "image", "imgs"}
_NOT_PLACED = "not in a class folder"


@dataclass(frozen=True)
class _Found:
    """A picture; one without a class has an empty name and lies in UNLABELLED."""

    name: str
    split: str
    class_name: str


def is_class_folders(tree: Tree) -> bool:
    """Whether pictures lie in class folders, in splits or without."""
    found, _ = _sorted_out(tree)
    return any(one.class_name for one in found)


def read_class_folders(tree: Tree) -> LabelledFiles:
    """The files of a tree of class folders. Raises DataError where there are fewer than two classes."""
    found, skipped = _sorted_out(tree)
    found = _spelled_alike(found)
    classes = order_classes({one.class_name for one in found} - {""})
    if len(classes) < 2:
        raise DataError(
            f"{tree.root} has {len(classes)} class folders with pictures ({', '.join(classes) or 'none'})",
            "at least two are needed, as in train/NORMAL and train/PNEUMONIA, or NORMAL and PNEUMONIA",
        )
    index = np.array([classes.index(one.class_name) if one.class_name else 0 for one in found])
    splits = np.array([one.split for one in found])
    y = one_hot(index, len(classes))
    y[splits == UNLABELLED] = 0
    names = tuple(one.name for one in found)
    patients = np.array([patient_of(name) or "" for name in names])
    binary = len(classes) == 2
    return LabelledFiles(
        root=tree.root, names=names, splits=splits, task="binary" if binary else "multiclass",
        classes=classes, labels=classes[1:] if binary else classes, y=y,
        patients=patients if (patients != "").any() else None,
        split_rule="folders as they lie" if _has_splits(tree) else "no folders for splits", layout="class folders",
        skipped=(*tree.skipped, *skipped, *(Skipped(name, "no picture, by its suffix", NO_PICTURE) for name in tree.tables)),
    )  # fmt: skip


def _sorted_out(tree: Tree) -> tuple[list[_Found], list[Skipped]]:
    """Pictures with their classes, and those that lie in none."""
    in_splits = _has_splits(tree)
    place = _place_in_splits if in_splits else _place_without_splits
    found, skipped = [], []
    for name in tree.pictures:
        placed = place(PurePosixPath(name).parts)
        if placed:
            found.append(_Found(name, *placed))
        else:
            skipped.append(Skipped(name, _why_not(name, in_splits), _NOT_PLACED))
    return _without_lonely_tests(found, skipped)


def _has_splits(tree: Tree) -> bool:
    """Whether there is a train folder with class folders in it."""
    parts = (PurePosixPath(name).parts for name in tree.pictures)
    return any(len(part) > 2 and SPLIT_FOLDERS.get(part[0].lower()) == "train" for part in parts)


def _place_in_splits(parts: tuple[str, ...]) -> tuple[str, str] | None:
    split = SPLIT_FOLDERS.get(parts[0].lower())
    if split == "test" and len(parts) == 2:
        return UNLABELLED, ""
    return (split, parts[1]) if split and len(parts) > 2 else None


def _place_without_splits(parts: tuple[str, ...]) -> tuple[str, str] | None:
    """All in train, from which val and test are split off; CLASS/train/ and the like are splits too."""
    folders = [part for part in parts[:-1] if part.lower() not in _INSIDE_CLASS]
    if not folders or folders[0].lower() in SPLIT_FOLDERS:
        return None
    return SPLIT_FOLDERS.get(folders[1].lower(), "train") if len(folders) > 1 else "train", folders[0]


def _without_lonely_tests(found: list[_Found], skipped: list[Skipped]) -> tuple[list[_Found], list[Skipped]]:
    """Pictures loose in test/ wait for an answer only where test/ has no class folders; beside such they are strays."""
    if not any(one.split == "test" for one in found):
        return found, skipped
    strays = [Skipped(one.name, "not in a class folder", _NOT_PLACED) for one in found if one.split == UNLABELLED]
    return [one for one in found if one.split != UNLABELLED], skipped + strays


def _why_not(name: str, in_splits: bool) -> str:
    outside = in_splits and PurePosixPath(name).parts[0].lower() not in SPLIT_FOLDERS
    return "not in a train, val or test folder" if outside else "not in a class folder"


def _spelled_alike(found: list[_Found]) -> list[_Found]:
    """Class names that differ by letter case only are one class, spelled as in train where it is there."""
    spelling: dict[str, str] = {}
    for one in sorted(found, key=lambda one: one.split != "train"):
        spelling.setdefault(one.class_name.lower(), one.class_name)
    return [replace(one, class_name=spelling[one.class_name.lower()]) for one in found]
