"""Predictions of any model as a table: one row per image, with its split, the truth and the score of each label.

Columns, in any order: `id`, `split`, `true:<label>` (0 or 1), `score:<label>` (0..1), perhaps `patient`; all others tell subgroups. What
`write_prediction_table` writes is read back to the same numbers. Whatever is wrong with a table is one error that names row and column.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, TextIO

import numpy as np

from core.errors import EvaluationError
from core.evaluation.grouping import grouped
from core.evaluation.predictions import SPLITS, SUM_TOLERANCE, TASKS, Predictions, each_known
from core.evaluation.table_text import TableText, read_table_text

SPLIT_NAMES = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}
ID, SPLIT, PATIENT = "id", "split", "patient"
TRUE, SCORE = "true:", "score:"
_EXPECTED = "id, split, true:<label> and score:<label> for each label, perhaps patient and columns of subgroups"
_MOST_SHOWN = 40  # characters of a cell


@dataclass(frozen=True, eq=False)
class PredictionTable:
    """What a table held: predictions by split, in the order train, val, test.

    `unused` are columns that make no subgroups, `rounded` labels of which different scores became equal: they are kept as float32.
    """

    splits: dict[str, Predictions]
    unused: tuple[str, ...]
    rounded: tuple[str, ...] = ()

    @property
    def remarks(self) -> list[str]:
        """What has to be known of the numbers, in sentences."""
        if not self.rounded:
            return []
        labels = ", ".join(self.rounded)
        return [f"Some scores of {labels} differ by less than float32 can tell, and count as equal."]

    @property
    def task(self) -> str:
        return next(iter(self.splits.values())).task

    @property
    def labels(self) -> tuple[str, ...]:
        return next(iter(self.splits.values())).labels

    @property
    def images(self) -> dict[str, int]:
        """How many images each split has."""
        return {split: one.n for split, one in self.splits.items()}


@dataclass(frozen=True)
class _Columns:
    """Where in a row what stands. `others` are the columns of subgroups, by name."""

    labels: tuple[str, ...]
    id: int
    split: int
    patient: int | None
    truths: tuple[int, ...]
    scores: tuple[int, ...]
    others: dict[str, int]


def read_prediction_table(file: BinaryIO, task: str | None = None) -> PredictionTable:
    """Read a table. A task that is not given is told from it:

    One label makes a binary task. Several are classes where each image has exactly one of them, and their scores must then add up to 1;
    else they are findings (multilabel). Raises EvaluationError for whatever does not hold, with its row and column.
    """
    if task not in (None, *TASKS):
        raise EvaluationError(f"the task is {task!r}", f"it must be one of {', '.join(TASKS)}")
    table = read_table_text(file)
    columns = _columns(table.head)
    splits, ids = _splits(table, columns.split), np.array(table.columns[columns.id])
    _check_ids(table, columns.id, ids, splits)
    y_true = np.stack([_truths(table, place) for place in columns.truths], axis=1)
    exact = [_scores(table, place) for place in columns.scores]
    y_score = np.stack(exact, axis=1).astype(np.float32)
    rounded = tuple(label for label, one, kept in zip(columns.labels, exact, y_score.T, strict=True) if _distinct(one) > _distinct(kept))
    task = _task(task, y_true, y_score, table, columns)
    patients = None if columns.patient is None else each_known(np.array(table.columns[columns.patient]), ids)
    groups = grouped({name: np.array(table.columns[place]) for name, place in columns.others.items()})
    whole = Predictions(task, SPLITS[0], columns.labels, np.arange(len(ids)), patients, y_true, y_score, groups)
    return PredictionTable(_parted(whole, ids, splits), tuple(name for name in columns.others if name not in groups), rounded)


def write_prediction_table(predictions: Iterable[Predictions], stream: TextIO) -> int:
    """Write all splits of one run below one head; how many images there are. The stream is opened with newline=""."""
    writer, images = csv.writer(stream, lineterminator="\n"), 0
    for number, one in enumerate(predictions):
        head, *rows = one.to_csv_rows()
        writer.writerows(rows if number else [head, *rows])
        images += len(rows)
    return images


def _parted(whole: Predictions, ids: np.ndarray, splits: np.ndarray) -> dict[str, Predictions]:
    """{split: its rows}; `ids` are different within a split only, so they come in here."""
    found = {}
    for split in (split for split in SPLITS if (splits == split).any()):
        rows = np.flatnonzero(splits == split)
        part = whole.select(rows)
        fields = {name: getattr(part, name) for name in ("task", "labels", "patients", "y_true", "y_score", "groups")}
        found[split] = Predictions(split=split, image_ids=ids[rows], **fields)
    return found


def _columns(head: Sequence[str]) -> _Columns:
    """What each column is. Raises EvaluationError for one that is missing, there twice, or without its partner."""
    names = [_plain(name) for name in head]
    twice = next((name for name, times in Counter(names).items() if times > 1), None)
    if twice is not None:
        raise EvaluationError(f"the column {twice!r} is there twice", "each column has a name of its own")
    place = {name: number for number, name in enumerate(names)}
    truths, scores = ([name.removeprefix(begin) for name in names if name.startswith(begin)] for begin in (TRUE, SCORE))
    for name in (ID, SPLIT):
        if name not in place:
            raise _missing(name, head)
    if not truths and not scores:
        raise _missing(f"{TRUE}<label>", head)
    for mine, other, begin in ((truths, scores, SCORE), (scores, truths, TRUE)):
        lonely = next((label for label in mine if label not in other), None)
        if lonely is not None:
            raise _missing(f"{begin}{lonely}", head)
    if "" in truths:
        raise EvaluationError(f"a column is called {TRUE!r}", f"a label is named behind it, as in {TRUE}Pneumonia")
    known = {ID, SPLIT, PATIENT}
    others = {name: number for name, number in place.items() if name not in known and not name.startswith((TRUE, SCORE))}
    return _Columns(tuple(truths), place[ID], place[SPLIT], place.get(PATIENT), tuple(place[f"{TRUE}{label}"] for label in truths),
                    tuple(place[f"{SCORE}{label}"] for label in truths), others)  # fmt: skip


def _plain(name: str) -> str:
    """A column's name with its fixed part in small letters ("Score: Mass" is "score:Mass")."""
    if name.lower() in (ID, SPLIT, PATIENT):
        return name.lower()
    begin, colon, label = name.partition(":")
    return f"{begin.strip().lower()}:{label.strip()}" if colon and f"{begin.strip().lower()}:" in (TRUE, SCORE) else name


def _missing(name: str, head: Sequence[str]) -> EvaluationError:
    shown = ", ".join(head[:12]) + (", ..." if len(head) > 12 else "")
    remedy = "Add it; each row says train, val or test" if name == SPLIT else "Name the columns so"
    return EvaluationError(f"there is no column {name!r}; the columns are {shown[:300]}", f"expected are {_EXPECTED}", remedy)


def _splits(table: TableText, place: int) -> np.ndarray:
    """(n,) str, each one of SPLITS."""
    found = np.array([SPLIT_NAMES.get(cell.lower(), "") for cell in table.columns[place]])
    _refuse(table, place, found == "", "is no split", "it must be train, val (valid, validation) or test")
    return found


def _check_ids(table: TableText, place: int, ids: np.ndarray, splits: np.ndarray) -> None:
    _refuse(table, place, ids == "", "is empty", "each row names its image")
    seen: dict[tuple[str, str], int] = {}
    for number, image_id, split in zip(table.numbers, ids.tolist(), splits.tolist(), strict=True):
        before = seen.setdefault((image_id, split), number)
        if before != number:
            found = f"row {number}, column {table.head[place]}: {_shown(image_id)} stands in row {before} already"
            raise EvaluationError(found, f"each image has one row in {split}", "Keep one of them, or their mean")


def _truths(table: TableText, place: int) -> np.ndarray:
    """(n,) uint8 of the cells of one column; "1.0" is 1."""
    numbers, expected = _numbers(table.columns[place]), "it must be 1 (the image has the label) or 0"
    _refuse(table, place, ~np.isin(numbers, (0, 1)), "is no truth", expected, "Leave images out whose truth is not known")
    return numbers.astype(np.uint8)


def _scores(table: TableText, place: int) -> np.ndarray:
    """(n,) float64, 0..1, of the cells of one column."""
    numbers, expected = _numbers(table.columns[place]), "it must be a number from 0 to 1"
    _refuse(table, place, ~np.isfinite(numbers), "is no number", expected, "Leave the row out, or give its score")
    outside = (numbers < 0) | (numbers > 1)
    _refuse(table, place, outside, "lies outside 0 to 1", "scores go from 0 to 1", _scale_remedy(numbers))
    return numbers


def _distinct(numbers: np.ndarray) -> int:
    return np.unique(numbers).size


def _scale_remedy(numbers: np.ndarray) -> str:
    """What scores on another scale seem to be."""
    if numbers.min() < 0:
        return "These look like logits: apply the sigmoid, or the softmax where each image has one class"
    return "These look like per cent: divide by 100" if numbers.max() > 2 else "Check how the scores were made"


def _numbers(cells: Sequence[str]) -> np.ndarray:
    """(n,) float64 of cells with a decimal point or comma; nan where one is no number."""
    try:
        return np.array(list(map(float, cells)))
    except ValueError:
        return np.array([_number(cell) for cell in cells])


def _number(cell: str) -> float:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return float("nan")


def _task(task: str | None, y_true: np.ndarray, y_score: np.ndarray, table: TableText, columns: _Columns) -> str:
    """The task that is given, or that the truths tell. Raises EvaluationError where the columns do not fit it."""
    labels, per_row = columns.labels, y_true.sum(axis=1)
    if task is None:
        task = "binary" if len(labels) == 1 else "multiclass" if (per_row == 1).all() else "multilabel"
    if (task == "binary") != (len(labels) == 1) and task != "multilabel":
        needed = "one label" if task == "binary" else "two labels or more"
        found = f"the file has {len(labels)} label{'s' if len(labels) > 1 else ''} ({', '.join(labels)[:200]})"
        raise EvaluationError(found, f"a {task} task has {needed}", "Leave the task out: it is told from the columns")
    if task == "multiclass":
        _check_classes(per_row, y_score.sum(axis=1, dtype=np.float64), table)
    return task


def _check_classes(per_row: np.ndarray, total: np.ndarray, table: TableText) -> None:
    """Raise EvaluationError for a row without exactly one class, or whose scores do not add up to 1."""
    remedy = "Give softmax scores with four digits or more, or choose the task multilabel (--task multilabel)"
    _refuse_row(table, per_row != 1, lambda row: f"the image has {per_row[row]} of the labels", "each image has one class", remedy)
    wrong = np.abs(total - 1) > SUM_TOLERANCE
    expected = "each image has one label, so they are read as classes whose scores add up to 1"
    _refuse_row(table, wrong, lambda row: f"the scores add up to {total[row]:.4g}", expected, remedy)


def _refuse(table: TableText, place: int, wrong: np.ndarray, what: str, expected: str, remedy: str = "") -> None:
    """Raise EvaluationError for the first cell of a column that is wrong, (n,) bool, if there is one."""

    def found(row: int) -> str:
        cell = table.columns[place][row]
        return f"column {table.head[place]}: {f'{_shown(cell)} {what}' if cell else 'the cell is empty'}"

    _refuse_row(table, wrong, found, expected, remedy)


def _refuse_row(table: TableText, wrong: np.ndarray, found: Callable[[int], str], expected: str, remedy: str) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        more = f" (and {len(rows) - 1:,} more {'row' if len(rows) == 2 else 'rows'})" if len(rows) > 1 else ""
        raise EvaluationError(f"row {table.numbers[rows[0]]}, {found(int(rows[0]))}{more}", expected, remedy)


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= _MOST_SHOWN else cell[:_MOST_SHOWN] + "...")
