"""The files of a folder, as they lie: which may be pictures, and which the operating system left there."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.data.dataset import Skipped

SPLIT_FOLDERS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test",
}  # fmt: skip
_AFFIX = "set|sets|data|dataset|image|images|img|imgs|folder"
_SPLIT_NAME = re.compile(rf"(?:(?:{_AFFIX})[-_ ]?)?(?P<split>{'|'.join(SPLIT_FOLDERS)})(?:[-_ ]?(?:{_AFFIX}))?")
PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".dcm", ".dicom", ".webp", ".gif", ""}
TABLE_SUFFIXES = {".csv", ".tsv", ".txt"}
_WANTED = PICTURE_SUFFIXES | TABLE_SUFFIXES
_LITTER = {".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".ipynb_checkpoints", ".directory", "icon\r"}
_MASKS = {"mask", "masks", "lung_masks", "lung masks", "segmentation", "segmentations"}

LITTER, MASK, NO_PICTURE, BAD_NAME = "left by the operating system", "mask", "no picture", "name that cannot be stored"
LINK = "link that was not followed"
_NO_FILE = {"device": ("no plain file", NO_PICTURE), "dead link": ("a link to nothing that can be read", LINK)}


@dataclass(frozen=True)
class Tree:
    """A folder once walked.

    `pictures` and `tables` are paths relative to `root`, with slashes, sorted; `skipped` are all other files, with the reason.
    """

    root: Path
    pictures: tuple[str, ...]
    tables: tuple[str, ...]
    skipped: tuple[Skipped, ...]


def walk(folder: Path) -> Tree:
    """All files of a folder and its subfolders. A folder that only wraps one other folder is taken for that one."""
    root = _unwrapped(folder)
    pictures, tables = [], []
    folders = _Folders(root)
    skipped = folders.skipped
    for prefix, names in folders:
        cause = _cause_of_folder(prefix)
        for name in names:
            suffix = suffix_of(name)
            left_out = cause or _cause(name, suffix)
            if left_out:
                skipped.append(_skipped(f"{prefix}{name}", *left_out))
            else:
                (tables if suffix in TABLE_SUFFIXES else pictures).append(f"{prefix}{name}")
    return Tree(root, tuple(sorted(pictures)), tuple(sorted(tables)), tuple(sorted(skipped, key=lambda line: line.file)))


def suffix_of(name: str) -> str:
    """The suffix of a file's name in lower case, with its dot; "" where it has none.

    A number is none: DICOM files are often named by a UID (1.2.840.113619.2.5) or numbered (IM.0001).
    """
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot and stem and not suffix.isdigit() else ""


def split_of_folder(name: str) -> str:
    """The split that a folder's name tells, "train" for "Train", "training-set" or "train_images"; "" where it tells none."""
    found = _SPLIT_NAME.fullmatch(name.strip().lower())
    return SPLIT_FOLDERS[found["split"]] if found else ""


def is_litter(name: str) -> bool:
    """Whether a path is what an operating system leaves beside the files of people."""
    parts = name.lower().split("/")
    return parts[-1].startswith("._") or not _LITTER.isdisjoint(parts)


def _unwrapped(folder: Path) -> Path:
    """Where downloads are unpacked, one folder often holds nothing but another; the inner one is what is meant."""
    for _ in range(3):
        children = [child for child in folder.iterdir() if not is_litter(child.name)]
        folders = [child for child in children if child.is_dir()]
        if len(folders) != 1 or len(children) != 1 or _holds_files(folders[0]) or folders[0].name.lower() in SPLIT_FOLDERS:
            break
        folder = folders[0]
    return folder


def _holds_files(folder: Path) -> bool:
    return any(child.is_file() and suffix_of(child.name) in PICTURE_SUFFIXES for child in folder.iterdir() if not is_litter(child.name))


class _Folders:
    """The folders of a tree, each as "" or a path that ends in a slash, with the names of its files.

    Links to folders are followed after all else, and each folder is entered once, so that no walk is endless and no link takes the place
    of the folder itself. `skipped` are the links that were not followed and what is no plain file.
    """

    def __init__(self, root: Path):
        self._root = root
        self._around = {_identity(folder) for folder in root.resolve().parents}
        self._entered: set[tuple[int, int]] = set()
        self._open, self._links = [""], []
        self.skipped: list[Skipped] = []

    def __iter__(self) -> Iterator[tuple[str, list[str]]]:
        while self._open or self._links:
            prefix = self._open.pop() if self._open else self._links.pop(0)
            if self._may_enter(prefix):
                yield prefix, self._files(prefix)

    def _may_enter(self, prefix: str) -> bool:
        folder = _identity(self._root / prefix)
        if folder in self._around or folder in self._entered:
            where = "a folder around this one" if folder in self._around else "a folder that is read already"
            self.skipped.append(_skipped(prefix.rstrip("/"), f"a link to {where}", LINK))
            return False
        self._entered.add(folder)
        return True

    def _files(self, prefix: str) -> list[str]:
        """The files of one folder; its folders are put on the lists of those to come."""
        names = []
        with os.scandir(self._root / prefix) as children:
            for child in sorted(children, key=lambda child: child.name):
                kind = _kind(child)
                if kind == "folder":
                    (self._links if child.is_symlink() else self._open).append(f"{prefix}{child.name}/")
                elif kind == "file":
                    names.append(child.name)
                else:
                    self.skipped.append(_skipped(f"{prefix}{child.name}", *_NO_FILE[kind]))
        return names


def _kind(child: os.DirEntry) -> str:
    if not child.is_symlink():
        return "folder" if child.is_dir() else "file" if child.is_file() else "device"
    try:
        place = Path(child.path)
        return "file" if place.is_file() else "folder" if place.is_dir() and os.access(place, os.R_OK | os.X_OK) else "dead link"
    except OSError:
        return "dead link"


def _identity(folder: Path) -> tuple[int, int]:
    """What two paths of the same folder have in common."""
    found = folder.stat()
    return found.st_dev, found.st_ino


def _skipped(name: str, reason: str, kind: str) -> Skipped:
    return Skipped(name.encode(errors="replace").decode(), reason, kind)


def _cause_of_folder(prefix: str) -> tuple[str, str] | None:
    """Reason and kind, where all files of a folder are left out."""
    parts = prefix.lower().split("/")
    if not _is_utf8(prefix):
        return "its name is not UTF-8", BAD_NAME
    if is_litter(prefix):
        return LITTER, LITTER
    return None if _MASKS.isdisjoint(parts) else ("a mask, which is no X-ray", MASK)


def _cause(name: str, suffix: str) -> tuple[str, str] | None:
    """Reason and kind, where a file is left out by its name."""
    if not name.isascii() and not _is_utf8(name):
        return "its name is not UTF-8", BAD_NAME
    if name.startswith("._") or name.lower() in _LITTER:
        return LITTER, LITTER
    return None if suffix in _WANTED else ("no picture, by its suffix", NO_PICTURE)


def _is_utf8(name: str) -> bool:
    """Whether a file name can be stored as text; bytes that could not be decoded are surrogates in it (PEP 383)."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
