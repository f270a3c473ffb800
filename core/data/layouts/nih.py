"""NIH ChestX-ray14 as it is published: one table of all images, two lists of names, a table of boxes, and the images that are here.

Wang et al., ChestX-ray8, CVPR 2017. A download of some of the images is normal: those that are here are used.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from core.data.dataset import Box, Skipped
from core.data.layouts.labelled_files import LabelledFiles
from core.data.layouts.tables import as_numbers, read_table, too_long
from core.data.layouts.tree import Tree
from core.errors import DataError

FINDINGS = (
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax",
    "Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening", "Hernia",
)  # fmt: skip
NO_FINDING = "No Finding"
OLDEST = 120  # years; the table of 2017 has ages of up to 414
_SIDE = 1024  # px of the published images, in which boxes are measured
_IMAGE, _LABELS, _PATIENT = "Image Index", "Finding Labels", "Patient ID"


def is_nih(tree: Tree) -> bool:
    """Whether there is a table `Data_Entry_2017.csv`, or a later one."""
    return _entry_table(tree) is not None


def read_nih(tree: Tree) -> LabelledFiles:
    """The images that are here with their findings. Raises DataError where the table lacks a column or no image is here."""
    table_name = _entry_table(tree)
    table = _entries(tree, table_name)
    images = table[_IMAGE].tolist()
    places = {_name_of(path): path for path in tree.pictures}
    here = np.array([image in places for image in images])
    lists = _lists(tree)
    split = _splits(images, lists)
    told = (table[_LABELS] != "").to_numpy()
    used = here & told & (split != "")
    if not used.any():
        raise DataError(f"none of the {len(table):,} images of {table_name} is here", "pictures in images/ or images_001/ to images_012/")
    rows = table[used]
    labels, y = _labels(rows[_LABELS])
    names = tuple(places[image] for image in rows[_IMAGE].tolist())
    return LabelledFiles(
        root=tree.root, names=names, splits=split[used], task="multilabel", classes=labels, labels=labels, y=y,
        patients=_patients(rows[_PATIENT]), split_rule="the published lists" if lists else "no lists of names",
        layout="NIH ChestX-ray14", skipped=(*tree.skipped, *_left_out(tree, table_name, table, here, told, split, places)),
        metadata=_metadata(rows), boxes=_boxes(tree, places),
        title="NIH ChestX-ray14" if len(rows) > 100_000 else f"NIH ChestX-ray14, {len(rows):,} images",
        licence="NIH Clinical Center: no restrictions on use; cite Wang et al., CVPR 2017",
    )  # fmt: skip


def _name_of(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _entry_table(tree: Tree) -> str | None:
    return next((name for name in tree.tables if PurePosixPath(name).name.lower().startswith("data_entry_2017")), None)


def _entries(tree: Tree, name: str) -> pd.DataFrame:
    table = read_table(tree.root / name)
    missing = [column for column in (_IMAGE, _LABELS, _PATIENT) if column not in table]
    if missing:
        raise DataError(f"{name} has no column {missing[0]!r}", f"its columns are {', '.join(table.columns[:8])}", "Get the table again")
    return table.drop_duplicates(_IMAGE).reset_index(drop=True)


def _lists(tree: Tree) -> dict[str, set[str]]:
    """Split -> names, of the lists that are here. The published train_val is train; val is split off it later."""
    wanted = {"train_val_list.txt": "train", "test_list.txt": "test"}
    found = {wanted[PurePosixPath(name).name.lower()]: name for name in tree.tables if PurePosixPath(name).name.lower() in wanted}
    return {split: set((tree.root / name).read_text("latin-1").split()) for split, name in found.items()}


def _splits(images: list[str], lists: Mapping[str, set[str]]) -> np.ndarray:
    """(n,) str; "" for an image in no list where both are here."""
    if not lists:
        return np.full(len(images), "train", "<U10")
    other = {"train": "test", "test": "train"}
    rest = "" if len(lists) == 2 else other[next(iter(lists))]
    split = np.full(len(images), rest, "<U10")
    for name, members in lists.items():
        split[[image in members for image in images]] = name
    return split


def _labels(column: pd.Series) -> tuple[tuple[str, ...], np.ndarray]:
    """The findings that the table knows, the published ones first, and (n, L) uint8. There are few combinations, so these are split."""
    which, combinations = pd.factorize(column)
    told = [set(combination.split("|")) - {NO_FINDING, ""} for combination in combinations]
    labels = (*FINDINGS, *sorted(set().union(*told) - set(FINDINGS)))
    return labels, np.array([[label in found for label in labels] for found in told], np.uint8)[which]


def _patients(column: pd.Series) -> np.ndarray:
    return column.str.zfill(8).to_numpy(str)


def _metadata(rows: pd.DataFrame) -> dict[str, np.ndarray]:
    sex = next((rows[name] for name in ("Patient Gender", "Patient Sex") if name in rows), None)
    found = {
        "age": _ages(rows),
        "sex": None if sex is None else sex.to_numpy(str),
        "view": rows["View Position"].to_numpy(str) if "View Position" in rows else None,
        "follow_up": as_numbers(rows["Follow-up #"]) if "Follow-up #" in rows else None,
    }
    return {name: column for name, column in found.items() if column is not None}


def _ages(rows: pd.DataFrame) -> np.ndarray | None:
    """In years; nan above OLDEST, which are errors of the table. An early form is "058Y", or "013M" for months."""
    if "Patient Age" not in rows:
        return None
    text = rows["Patient Age"]
    unit = text.str[-1:].str.upper().map({"M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25}).fillna(1.0).to_numpy()
    age = as_numbers(text.str.rstrip("YMWDymwd")) * unit
    return np.where(age <= OLDEST, age, np.nan)


def _boxes(tree: Tree, places: Mapping[str, str]) -> dict[str, tuple[Box, ...]]:
    """Boxes of the images that are here, by path; the published table names Infiltration "Infiltrate"."""
    name = next((name for name in tree.tables if PurePosixPath(name).name.lower().startswith("bbox_list")), None)
    if name is None:
        return {}
    table = read_table(tree.root / name)
    if len(table.columns) < 6:
        return {}
    sides = np.stack([as_numbers(table.iloc[:, column]) for column in range(2, 6)], axis=1) / _SIDE
    found: dict[str, list[Box]] = {}
    for image, label, (left, top, width, height) in zip(table.iloc[:, 0], table.iloc[:, 1], sides.tolist(), strict=True):
        place = places.get(image)
        if place and np.isfinite(left + top + width + height):
            found.setdefault(place, []).append(Box("Infiltration" if label == "Infiltrate" else label, left, top, width, height))
    return {place: tuple(boxes) for place, boxes in found.items()}


def _left_out(
    tree: Tree, name: str, table: pd.DataFrame, here: np.ndarray, told: np.ndarray, split: np.ndarray, places: Mapping[str, str]
) -> list[Skipped]:
    """What of the table and of the files is not used: one line for each cause."""
    images = table[_IMAGE].to_numpy(str)
    causes = [
        (~here, "row without its image", "the image is not here, as in a partial download"),
        (here & ~told, "row without labels", "the row says neither a finding nor 'No Finding'"),
        (here & told & (split == ""), "row in no list", "neither train_val_list.txt nor test_list.txt names the image"),
    ]
    lines = [Skipped.many(name, "row", images[rows], reason, kind) for rows, kind, reason in causes if rows.any()]
    known = set(images.tolist())
    unknown = [place for image, place in places.items() if image not in known]
    if longer := too_long(table):
        lines.append(Skipped.many(name, "row", longer, "more cells than the head has", "row with too many cells"))
    kept = set(places.values())
    doubles = [
        Skipped(place, f"{places[_name_of(place)]} has the same name and is used", "second file of a name")
        for place in tree.pictures
        if place not in kept
    ]
    return lines + doubles + [Skipped(place, f"{name} has no row for it", "file without a row") for place in unknown]
