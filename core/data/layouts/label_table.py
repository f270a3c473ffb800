"""Label tables: text files whose first column names pictures and whose other columns are 0/1 labels.

`train_labels.csv`, `val_labels.csv` and `sample_submission.txt` give three splits; one table alone may have a column that names the
split, or leave it to the folders of the files. A table named after a submission lists pictures whose labels nobody tells.
"""

from collections import defaultdict
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from core.data.dataset import UNLABELLED, Box, Skipped
from core.data.layouts.labelled_files import LabelledFiles, order_classes
from core.data.layouts.patients import patient_of
from core.data.layouts.picture_finder import PictureFinder
from core.data.layouts.table_choice import TableChoice, choose_tables
from core.data.layouts.table_columns import YES_NO, Columns, Table, columns_of, strange_words
from core.data.layouts.tables import as_numbers, read_table, too_long
from core.data.layouts.tree import NO_PICTURE, SPLIT_FOLDERS, Tree
from core.errors import DataError

_NUMBERS = {"age"}
BOXES = "boxes.csv"
_WORDS_SHOWN = 5
_ROW_KINDS = ("row without its image", "row in no split", "row without labels", "rows that differ", "row with too many cells")
_SIDES = ("left", "top", "width", "height")


def is_label_table(tree: Tree) -> bool:
    """Whether a table names pictures that are here and says 0 or 1 of them."""
    tables = choose_tables(tree).tables
    return bool(tables) and bool(columns_of(tables).labels)


def read_label_table(tree: Tree) -> LabelledFiles:
    """The pictures that the tables name. Raises DataError where none of them is here."""
    choice = choose_tables(tree)
    columns = columns_of(choice.tables, choice.beside)
    rows, skipped = _rows(tree, choice.tables, columns)
    _check_rows(rows, choice.tables, skipped)
    _tell_patients(rows, choice.beside, columns, PictureFinder(tree))
    truth = rows[[f"label {label}" for label in columns.labels]].to_numpy(np.uint8)
    task, classes, labels, y = _task(columns.labels, truth, (rows["split"] != UNLABELLED).to_numpy())
    boxes_table, boxes = _boxes(tree)
    return LabelledFiles(
        root=tree.root, names=tuple(rows["file"]), splits=rows["split"].to_numpy("<U10"), task=task, classes=classes, labels=labels, y=y,
        patients=_patients(rows), split_rule=_split_rule(choice.tables, columns), layout="label table",
        skipped=(*tree.skipped, *_unused_tables(choice, columns, boxes_table), *skipped), metadata=_metadata(rows, columns), boxes=boxes,
    )  # fmt: skip


def _check_rows(rows: pd.DataFrame, tables: list[Table], skipped: list[Skipped]) -> None:
    if rows.empty:
        whys = "; ".join(sorted({line.reason for line in skipped if line.kind in _ROW_KINDS}))
        raise DataError(f"no row of {tables[0].name} can be used ({whys})", "files in train/, val/, test/ or beside the table")


def _unused_tables(choice: TableChoice, columns: Columns, boxes_table: str) -> list[Skipped]:
    """The tables that tell no labels, and what else of them is used."""
    used = {table.name: sorted(columns.roles[table.name]) for table in choice.beside}
    said = {name: f"{why}; only {', '.join(used[name])} are read from it" if name in used else why for name, why in choice.why_not.items()}
    return [Skipped(name, why, NO_PICTURE) for name, why in said.items() if name != boxes_table]


def _tell_patients(rows: pd.DataFrame, beside: list[Table], columns: Columns, finder: PictureFinder) -> None:
    """Write what other tables tell of patients and metadata into rows where it is unknown; what two rows tell differently stays unknown."""
    for table in beside:
        cells = table.rows.iloc[:, 0].tolist()
        finder.note(cells, [table.split] * len(cells))
        files = [finder.find(cell, table.split) for cell in cells]
        for role in columns.roles[table.name]:
            column = role if role == "patient" else f"metadata {role}"
            told = pd.DataFrame({"file": files, "said": columns.cells(table, role).to_numpy()})
            told = told[(told["file"] != "") & (told["said"] != "")].drop_duplicates().drop_duplicates("file", keep=False)
            known = rows["file"].map(told.set_index("file")["said"]).fillna("")
            rows[column] = rows[column].where(rows[column] != "", known)


def _rows(tree: Tree, tables: list[Table], columns: Columns) -> tuple[pd.DataFrame, list[Skipped]]:
    """One row per picture that is used: file, split, labels, patient and metadata; and what was left out."""
    finder = PictureFinder(tree)
    parts, skipped = [], list(columns.left_out)
    for table in tables:
        finder.note(table.rows.iloc[:, 0], _split_of_rows(table, columns))
    for table in tables:
        part, left_out = _rows_of(table, columns, finder)
        parts.append(part)
        skipped += left_out
    rows, doubles = _once(pd.concat(parts, ignore_index=True) if parts else pd.DataFrame())
    rest, unnamed = _unnamed(tree, rows, doubles, finder, columns)
    return pd.concat([rows, rest], ignore_index=True) if len(rest) else rows, skipped + doubles + unnamed


def _rows_of(table: Table, columns: Columns, finder: PictureFinder) -> tuple[pd.DataFrame, list[Skipped]]:
    names = table.rows.iloc[:, 0]
    split = _split_of_rows(table, columns)
    files = np.array([finder.find(name, place) for name, place in zip(names, split, strict=True)])
    found = pd.DataFrame({"file": files, "split": split})
    if table.split != UNLABELLED:
        found["split"] = [place or finder.split_of(file) for place, file in zip(split, files, strict=True)]
    truth = pd.DataFrame({f"label {label}": _truth(table, label) for label in columns.labels})
    found = pd.concat([found, truth.clip(lower=0).astype(np.uint8)], axis=1)
    found["patient"] = columns.cells(table, "patient").to_numpy()
    for name in columns.metadata:
        found[f"metadata {name}"] = columns.cells(table, name).to_numpy()
    here, told, strange = files != "", (truth >= 0).all(axis=1).to_numpy(), _strange(table, columns)
    why = np.array(["" if file else finder.why_none(name) for name, file in zip(names, files, strict=True)])
    causes = [
        *((why == reason, reason, "row without its image") for reason in sorted(set(why[~here].tolist()))),
        (here & strange, _words(table, columns, strange), "row in no split"),
        (here & ~strange & ~told, "a label is empty or neither 0 nor 1", "row without labels"),
    ]
    left_out = [Skipped.many(table.name, "row", names[rows], reason, kind) for rows, reason, kind in causes if rows.any()]
    if longer := too_long(table.rows):
        finder.used.update(finder.find(name, table.split) for name in longer)
        left_out.append(Skipped.many(table.name, "row", longer, "more cells than the head has", "row with too many cells"))
    finder.used.update(files[here].tolist())
    return found[here & told & ~strange], left_out


def _split_of_rows(table: Table, columns: Columns) -> list[str]:
    if table.split == UNLABELLED:
        return [table.split] * len(table.rows)
    return [SPLIT_FOLDERS.get(cell.lower(), table.split) for cell in columns.cells(table, "split")]


def _strange(table: Table, columns: Columns) -> np.ndarray:
    return np.zeros(len(table.rows), bool) if table.split == UNLABELLED else strange_words(columns.cells(table, "split"))


def _words(table: Table, columns: Columns, strange: np.ndarray) -> str:
    """What rows in no split say instead."""
    words = sorted(set(columns.cells(table, "split")[strange]))
    said = ", ".join(f'"{word}"' for word in words[:_WORDS_SHOWN]) + (" and more" if len(words) > _WORDS_SHOWN else "")
    return f"the split is {said}, which is neither train, val nor test"


def _truth(table: Table, label: str) -> np.ndarray:
    """0 or 1, -1 where a cell says neither; what a submission's example says means nothing."""
    if table.split == UNLABELLED or label not in table.rows:
        return np.zeros(len(table.rows), int)
    return table.rows[label].str.lower().map(YES_NO).fillna(-1).to_numpy(int)


def _once(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Skipped]]:
    """Each picture once: a row that repeats another is dropped; where two differ, nobody knows which is right."""
    if rows.empty:
        return rows, []
    rows = _completed(rows).drop_duplicates().reset_index(drop=True)
    twice = rows.duplicated("file", keep=False)
    names = rows.loc[twice, "file"].unique()
    differ = Skipped.many("tables", "picture", names, "named twice, with different labels or splits", "rows that differ")
    return rows[~twice].reset_index(drop=True), [differ] if len(names) else []


def _completed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of one picture tell each other what one of them knows and the other leaves empty."""
    twice = rows.duplicated("file", keep=False)
    if not twice.any():
        return rows
    known = [name for name in rows.columns if name == "patient" or name.startswith("metadata ")]
    cells = rows.loc[twice, known].replace("", None)
    told = cells.groupby(rows.loc[twice, "file"]).transform("first")
    rows.loc[twice, known] = cells.where(cells.notna(), told).fillna("")
    return rows


def _unnamed(
    tree: Tree, rows: pd.DataFrame, doubles: list[Skipped], finder: PictureFinder, columns: Columns
) -> tuple[pd.DataFrame, list[Skipped]]:
    """Pictures that no table names: those in test/ wait for an answer where no table labels that folder, all others are left out."""
    rest = [name for name in tree.pictures if name not in finder.used]
    asked = set() if (rows["split"].isin(("test", UNLABELLED)) if len(rows) else pd.Series(dtype=bool)).any() else {"test"}
    waiting = [name for name in rest if finder.split_of(name) in asked]
    empty = {f"label {label}": np.zeros(len(waiting), np.uint8) for label in columns.labels}
    blank = dict.fromkeys(("patient", *(f"metadata {name}" for name in columns.metadata)), "")
    found = pd.DataFrame({"file": waiting, "split": UNLABELLED, **empty, **blank})
    left_out = set(waiting)
    return found, [Skipped(name, "no table names it", "file without a row") for name in rest if name not in left_out]


def _task(names: tuple[str, ...], y: np.ndarray, told: np.ndarray) -> tuple[str, tuple[str, ...], tuple[str, ...], np.ndarray]:
    """Task, classes, labels and y. Where every picture has exactly one label, the labels are classes."""
    if len(names) == 1:
        return "binary", (f"no {names[0]}", names[0]), names, y
    if told.any() and (y[told].sum(axis=1) == 1).all():
        classes = order_classes(set(names))
        y = y[:, [names.index(name) for name in classes]]
        return ("binary", classes, classes[1:], y[:, 1:]) if len(classes) == 2 else ("multiclass", classes, classes, y)
    return "multilabel", names, names, y


def _patients(rows: pd.DataFrame) -> np.ndarray | None:
    told = rows["patient"].to_numpy(str)
    patients = np.array([said or patient_of(file) or "" for said, file in zip(told, rows["file"], strict=True)])
    return patients if (patients != "").any() else None


def _metadata(rows: pd.DataFrame, columns: Columns) -> dict[str, np.ndarray]:
    found = {name: rows[f"metadata {name}"] for name in columns.metadata}
    return {name: as_numbers(column) if name in _NUMBERS else column.to_numpy(str) for name, column in found.items()}


def _boxes(tree: Tree) -> tuple[str, dict[str, tuple[Box, ...]]]:
    """The name of a table of boxes, in shares of the width and height, and its boxes by picture; "" and none without one."""
    name = next((name for name in tree.tables if PurePosixPath(name).name == BOXES), "")
    table = read_table(tree.root / name) if name else pd.DataFrame()
    if not {"label", *_SIDES} <= set(table.columns):
        return "", {}
    finder, found = PictureFinder(tree), defaultdict(list)
    finder.note(table.iloc[:, 0], [""] * len(table))
    sides = np.stack([as_numbers(table[side]) for side in _SIDES], axis=1)
    _check_boxes(name, table, sides)
    for cell, label, numbers in zip(table.iloc[:, 0], table["label"], sides.tolist(), strict=True):
        place = finder.find(cell, "")
        if place and np.isfinite(numbers).all():
            found[place].append(Box(label, *numbers))
    return name, {place: tuple(boxes) for place, boxes in found.items()}


def _check_boxes(name: str, table: pd.DataFrame, sides: np.ndarray) -> None:
    wrong = np.flatnonzero(((sides < 0) | (sides > 1)).any(axis=1))
    if len(wrong):
        first = table.iloc[wrong[0]]
        said = ", ".join(f"{side} {first[side]}" for side in _SIDES)
        raise DataError(
            f"{name} has {len(wrong):,} box{'es' if len(wrong) > 1 else ''} outside the picture, the first for {first.iloc[0]!r} ({said})",
            "left, top, width and height are shares of the picture's sides, from 0 to 1",
            "Divide pixels by the picture's width and height",
        )


def _split_rule(tables: list[Table], columns: Columns) -> str:
    if columns.named("split"):
        return f"the column {' or '.join(columns.named('split'))}"
    return "tables as they lie" if any(table.split for table in tables) else "folders of the files"
