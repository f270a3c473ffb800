"""Answers for pictures whose truth nobody tells, as the file that a competition asks for: a picture a row, a 0/1 column a label."""

import csv
import io
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeVar

import numpy as np
import pandas as pd

from core.data import registry
from core.data.dataset import UNLABELLED, Dataset
from core.data.layouts.tables import parse_table, parted_by, read_table, too_long
from core.errors import DataError
from core.evaluation.decisions import decide
from core.inference.predictor import Predictor
from core.runs.run import Run
from core.runs.store import Store

Picture = TypeVar("Picture", bound=Hashable)


@dataclass(frozen=True, eq=False)
class Submission:
    """Head and rows of a submission: names as the example has them, and 0 or 1 for each label; `separator` parts the cells of a row."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    separator: str = ","

    def write(self, file: Path) -> None:
        """As a table of text, its cells parted as those of the example. What was in the file is replaced."""
        file.write_text(self.text(), encoding="utf-8", newline="")

    def text(self) -> str:
        """The same as text."""
        stream = io.StringIO()
        csv.writer(stream, delimiter=self.separator, lineterminator="\n").writerows([self.head, *self.rows])
        return stream.getvalue()


def submission(store: Store, run: Run, example: Path | None, progress: Callable[[int, int], None] = lambda done, total: None) -> Submission:
    """What a run says of the pictures of its data set that have no truth, at its operating point.

    With an example, its rows are answered in its order, with its names and columns. Raises DataError where there are no such pictures,
    or the example names labels or pictures that the data set does not have.
    """
    store.weights_folder(run)  # whether the run can answer is asked before its images are looked for
    dataset = registry.load(run.data.source, store.root)
    if example is None:
        rows = dataset.rows(UNLABELLED)
        head, separator = ("id", *run.data.labels), ","
        names = [PurePosixPath(name).name for name in dataset.image_ids[rows].tolist()]
    else:
        head, names, separator = _read(example)
        rows = _rows_of(names, dataset, example)
    if not len(rows):
        raise DataError(f"{dataset.title} has no pictures without labels", "a folder test/ or a submission's table", "Or give an example")
    decided = _decisions(store, run, dataset.select(rows), progress)
    answers = _columns(decided, head, run, example.name if example else "")
    return Submission(head, tuple((name, *map(str, line)) for name, line in zip(names, answers.tolist(), strict=True)), separator)


def filled(name: str, data: bytes, run: Run, decided: Mapping[tuple[str, str], Mapping[str, int]]) -> Submission:
    """An uploaded example, its rows answered by what a run decided of pictures: 0 or 1 for each label.

    A picture goes by its path and a digest of its bytes, so that two of equal name are told apart, and one that came twice is one.
    Raises DataError where it names labels that the run does not have, pictures that were not answered, or several by one name.
    """
    head, names, separator = _asked(name, parse_table(name, data))
    asked_for = _by_name(decided)
    unknown = [one for one in names if one not in asked_for]
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        raise DataError(f"{name} asks for {unknown[0]!r}{more}", "names of pictures that were answered", "Bring those too")
    by_digest = {digest: answer for (_, digest), answer in decided.items()}
    found = [by_digest[_only(one, asked_for[one], name)] for one in names]
    rows = np.array([[answer[label] for label in run.data.labels] for answer in found], int).reshape(len(names), -1)
    answers = _columns(rows, head, run, name)
    return Submission(head, tuple((one, *map(str, line)) for one, line in zip(names, answers.tolist(), strict=True)), separator)


def _by_name(pictures: Iterable[tuple[str, Picture]]) -> dict[str, dict[Picture, str]]:
    """All pictures, and their paths, that a name may mean: a path's last parts, or its stem. A whole path means nothing else."""
    parts_of, whole = {}, {}
    for path, picture in pictures:
        parts = PurePosixPath(path).parts
        for name in {PurePosixPath(path).stem, *("/".join(parts[start:]) for start in range(1, len(parts)))}:
            parts_of.setdefault(name, {})[picture] = path
        whole.setdefault(path, {})[picture] = path
    return parts_of | whole


def _only(name: str, found: Mapping[Picture, str], example: str) -> Picture:
    """The picture that a name means. Raises DataError where it may mean several."""
    if len(found) > 1:
        first, second, *_ = found.values()
        apart = f"{first} and {second}" if first != second else "with different contents"
        raise DataError(f"two pictures are called {name!r}, which {example} asks for: {apart}", "a name that means one picture",
                        "Write their folders into the example too, or bring one of them alone")  # fmt: skip
    return next(iter(found))


def _read(example: Path) -> tuple[tuple[str, ...], list[str], str]:
    """Head and names of an example, and what parts its cells."""
    try:
        return _asked(example.name, read_table(example))
    except OSError as error:
        raise DataError(f"{example} cannot be read ({error.strerror})", "an example of the submission", "Check the path") from error


def _asked(name: str, table: pd.DataFrame) -> tuple[tuple[str, ...], list[str], str]:
    if len(table.columns) < 2:
        raise DataError(f"{name} has one column", "names of pictures, and a column for each label")
    if longer := too_long(table):
        raise DataError(f"{name} has more cells in the row of {longer[0]!r} than in its head", "as many cells in each row are expected")
    return tuple(table.columns), table.iloc[:, 0].tolist(), parted_by(table)


def _rows_of(names: list[str], dataset: Dataset, example: Path) -> np.ndarray:
    """The row of each name; pictures without truth come before others of the same name. Raises DataError where several are left."""
    ids, is_open = dataset.image_ids.tolist(), (dataset.splits == UNLABELLED).tolist()
    known, wanted = (_by_name((ids[row], row) for row in range(len(ids)) if is_open[row] == opened) for opened in (False, True))
    asked_for = known | wanted
    unknown = [name for name in names if name not in asked_for]
    if unknown:
        raise DataError(f"{example.name} asks for {unknown[0]!r} and {len(unknown) - 1} more", f"names of pictures of {dataset.title}")
    return np.array([_only(name, asked_for[name], example.name) for name in names], int)


def _columns(decided: np.ndarray, head: tuple[str, ...], run: Run, example: str) -> np.ndarray:
    """The decisions in the order of the head, (n, columns) int; the class that a binary task calls negative is the other answer."""
    answers = dict(zip(run.data.labels, decided.T, strict=True))
    if run.data.task == "binary":
        answers.setdefault(run.data.classes[0], 1 - decided[:, 0])
    missing = [name for name in head[1:] if name not in answers]
    if missing:
        raise DataError(f"{example} has a column {missing[0]!r}", f"the run's labels are {', '.join(run.data.labels)}")
    return np.stack([answers[name] for name in head[1:]], axis=1)


def _decisions(store: Store, run: Run, dataset: Dataset, progress: Callable[[int, int], None]) -> np.ndarray:
    """(n, L) int, 1 where a label is called present; in a multi-class task, the highest score."""
    y_score = Predictor(store, run).scores_of(dataset, progress)
    return decide(y_score, run.data.task, run.data.labels, run.operating_point.thresholds).astype(int)
