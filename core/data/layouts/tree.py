"""The files of a folder, as they lie: which may be pictures, and which the operating system left there."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.data.dataset import Skipped

SPLIT_FOLDERS = {
    "train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "dev": "val",
    "test": "test", "testing": "test",
}  # fmt: skip
PICTURE_SUFFIXES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".dcm", ".dicom", ".webp", ".gif", ""}
TABLE_SUFFIXES = {".csv", ".tsv", ".txt"}
_WANTED = PICTURE_SUFFIXES | TABLE_SUFFIXES
_LITTER = {".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".ipynb_checkpoints", ".directory", "icon\r"}
_MASKS = {"mask", "masks", "lung_masks", "lung masks", "segmentation", "segmentations"}

LITTER, MASK, NO_PICTURE, BAD_NAME = "left by the operating system", "mask", "no picture", "name that cannot be stored"


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
    pictures, tables, skipped = [], [], []
    for prefix, names in _folders(root):
        cause = _cause_of_folder(prefix)
        for name in names:
            suffix = suffix_of(name)
            left_out = cause or _cause(name, suffix)
            if left_out:
                skipped.append(Skipped(f"{prefix}{name}".encode(errors="replace").decode(), *left_out))
            else:
                (tables if suffix in TABLE_SUFFIXES else pictures).append(f"{prefix}{name}")
    return Tree(root, tuple(sorted(pictures)), tuple(sorted(tables)), tuple(sorted(skipped, key=lambda line: line.file)))


def suffix_of(name: str) -> str:
    """The suffix of a file's name in lower case, with its dot; "" where it has none."""
    stem, dot, suffix = name.rpartition(".")
    return f".{suffix.lower()}" if dot and stem else ""


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
    return any(child.is_file() and child.suffix.lower() in PICTURE_SUFFIXES for child in folder.iterdir() if not is_litter(child.name))


def _folders(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Each folder, as "" or a path that ends in a slash, with the names of its files. A folder that is a link is not entered, so that no
    walk is endless."""
    open_folders = [""]
    while open_folders:
        prefix, names = open_folders.pop(), []
        with os.scandir(root / prefix) as children:
            for child in children:
                if child.is_dir(follow_symlinks=False):
                    open_folders.append(f"{prefix}{child.name}/")
                elif child.is_file():
                    names.append(child.name)
        yield prefix, names


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
