"""Class folders: `train|val|test/CLASS/picture`, or `CLASS/picture` without splits, with an `images/` folder in each class or not."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import numpy as np

from core.data.dataset import UNLABELLED, Skipped
from core.data.layouts.labelled_files import NEGATIVE, LabelledFiles, one_hot, order_classes
from core.data.layouts.patients import patient_of
from core.data.layouts.tree import MASK, NO_PICTURE, Tree, split_of_folder
from core.errors import DataError

_INSIDE_CLASS = {"images", "image", "imgs"}
_NOT_PLACED = "not in a class folder"
_SHOWN = 4  # folders named in an error


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
    """The files of a tree of class folders. Raises DataError for fewer than two classes, or none that are sure."""
    found, skipped = _sorted_out(tree)
    found = _spelled_alike(found)
    classes = order_classes({one.class_name for one in found} - {""})
    _check_classes(tree, classes)
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


def _check_classes(tree: Tree, classes: tuple[str, ...]) -> None:
    if len(classes) < 2:
        masks = sorted({line.file.rsplit("/", 1)[0] for line in tree.skipped if line.kind == MASK and "/" in line.file})
        found = f"{tree.root} has {len(classes)} class folders with pictures ({', '.join(classes) or 'none'})"
        raise DataError(
            f"{found}, beside masks in {', '.join(masks[:_SHOWN])}" if masks else found,
            "at least two are needed, as in train/NORMAL and train/PNEUMONIA, or NORMAL and PNEUMONIA",
            "A folder of another name is read as a class" if masks else "",
        )
    inside = set() if _has_splits(tree) else _folders_in_all(tree)
    if inside:
        raise DataError(
            f"the folders {', '.join(classes[:_SHOWN])} of {tree.root} hold the same folders ({', '.join(sorted(inside)[:_SHOWN])})",
            "these look like classes, and the folders around them like parts of the data that are neither train, val nor test",
            "Name the parts train, val and test, or give one of them",
        )


def _folders_in_all(tree: Tree) -> set[str]:
    """The folders in what would be classes, where these hold no pictures themselves and share all their folders with one another.

    One folder of the same name in each, folders of patients, and folders in a class that means healthy are as they should be.
    """
    inside: dict[str, set[str]] = defaultdict(set)
    for name in tree.pictures:
        folders = [part for part in PurePosixPath(name).parts[:-1] if part.lower() not in _INSIDE_CLASS]
        if len(folders) == 1 or folders and folders[0].lower().strip() in NEGATIVE:
            return set()
        if folders and not split_of_folder(folders[0]) and not split_of_folder(folders[1]) and not patient_of(name):
            inside[folders[0]].add(folders[1])
    times = Counter(folder for folders in inside.values() for folder in folders)
    shared = {folder for folder, count in times.items() if count > 1}
    return shared if len(shared) > 1 and len(shared) == len(times) and len(inside) > 1 else set()


def _sorted_out(tree: Tree) -> tuple[list[_Found], list[Skipped]]:
    """Pictures with their classes, and those that lie in none."""
    in_splits = _has_splits(tree)
    place = _place_in_splits if in_splits else _place_without_splits
    found, skipped = [], []
    for name in tree.pictures:
        placed = place(PurePosixPath(name).parts)
        if placed:
            split, class_name = placed
            found.append(_Found(name, split, class_name.strip() or class_name))
        else:
            skipped.append(Skipped(name, _why_not(name, in_splits), _NOT_PLACED))
    return _without_lonely_tests(found, skipped)


def _has_splits(tree: Tree) -> bool:
    """Whether there is a train folder with class folders in it."""
    parts = (PurePosixPath(name).parts for name in tree.pictures)
    return any(len(part) > 2 and split_of_folder(part[0]) == "train" for part in parts)


def _place_in_splits(parts: tuple[str, ...]) -> tuple[str, str] | None:
    split = split_of_folder(parts[0])
    if split == "test" and len(parts) == 2:
        return UNLABELLED, ""
    return (split, parts[1]) if split and len(parts) > 2 else None


def _place_without_splits(parts: tuple[str, ...]) -> tuple[str, str] | None:
    """All in train, from which val and test are split off; CLASS/train/ and the like are splits too."""
    folders = [part for part in parts[:-1] if part.lower() not in _INSIDE_CLASS]
    if not folders or split_of_folder(folders[0]):
        return None
    return len(folders) > 1 and split_of_folder(folders[1]) or "train", folders[0]


def _without_lonely_tests(found: list[_Found], skipped: list[Skipped]) -> tuple[list[_Found], list[Skipped]]:
    """Pictures loose in test/ wait for an answer only where test/ has no class folders; beside such they are strays."""
    if not any(one.split == "test" for one in found):
        return found, skipped
    strays = [Skipped(one.name, "not in a class folder", _NOT_PLACED) for one in found if one.split == UNLABELLED]
    return [one for one in found if one.split != UNLABELLED], skipped + strays


def _why_not(name: str, in_splits: bool) -> str:
    outside = in_splits and not split_of_folder(PurePosixPath(name).parts[0])
    return "not in a train, val or test folder" if outside else "not in a class folder"


def _spelled_alike(found: list[_Found]) -> list[_Found]:
    """Class names that differ by letter case only are one class, spelled as in train where it is there."""
    spelling: dict[str, str] = {}
    for one in sorted(found, key=lambda one: one.split != "train"):
        spelling.setdefault(one.class_name.lower(), one.class_name)
    return [replace(one, class_name=spelling[one.class_name.lower()]) for one in found]
