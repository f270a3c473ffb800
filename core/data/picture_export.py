"""A data set as PNG files with a table of labels and one of boxes, in a layout that this and other programs read."""

import csv
from pathlib import Path

from PIL import Image

from core.data.cache.prepared import Prepared
from core.data.dataset import Dataset
from core.data.layouts.label_table import BOXES
from core.errors import DataError

LABELS = "labels.csv"


def export(prepared: Prepared, folder: Path) -> None:
    """Write every image as folder/SPLIT/ID.png, and the tables. Raises DataError where the folder holds something already."""
    if folder.exists() and any(folder.iterdir()):
        raise DataError(f"{folder} is not empty", "a new or an empty folder is needed")
    dataset = prepared.dataset
    names = [f"{split}/{image_id}.png" for split, image_id in zip(dataset.splits.tolist(), dataset.image_ids.tolist(), strict=True)]
    for split in set(dataset.splits.tolist()):
        (folder / split).mkdir(parents=True, exist_ok=True)
    for row, name in enumerate(names):
        Image.fromarray(prepared.pixels[prepared.index[row]]).save(folder / name, compress_level=1)
    _write(folder / LABELS, *_labels(dataset, names))
    _write(folder / BOXES, *_boxes(dataset, names))


def _labels(dataset: Dataset, names: list[str]) -> tuple[list[str], list[tuple]]:
    columns = {label: dataset.y[:, number].tolist() for number, label in enumerate(dataset.labels)}
    columns["split"] = dataset.splits.tolist()
    if dataset.patients is not None:
        columns["patient_id"] = dataset.patients.tolist()
    columns |= {name: column.tolist() for name, column in dataset.metadata.items()}
    return ["file", *columns], list(zip(names, *columns.values(), strict=True))


def _boxes(dataset: Dataset, names: list[str]) -> tuple[list[str], list[tuple]]:
    """In shares of the width and height."""
    rows = [
        (name, box.label, *(round(side, 4) for side in (box.left, box.top, box.width, box.height)))
        for name, image_id in zip(names, dataset.image_ids.tolist(), strict=True)
        for box in dataset.boxes.get(image_id, ())
    ]
    return ["file", "label", "left", "top", "width", "height"], rows


def _write(file: Path, head: list[str], rows: list[tuple]) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([head, *rows])
