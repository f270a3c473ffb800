"""Which tables of a folder are label tables, which only tell of patients and the like, and why the others are not used."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import pandas as pd

from core.data.dataset import UNLABELLED
from core.data.layouts.table_columns import Table, columns_of, label_names
from core.data.layouts.tables import read_table
from core.data.layouts.tree import SPLIT_FOLDERS, Tree
from core.errors import DataError

NO_PICTURES = "a table that names no pictures here"
_NO_LABELS = "none of its columns says 0 or 1"


@dataclass(frozen=True)
class TableChoice:
    """`tables` have the labels, or ask for them; `beside` tell patients and metadata of the same pictures; `why_not` is for the others.

    A table of `beside` whose findings are not used is in `why_not` too.
    """

    tables: list[Table] = field(default_factory=list)
    beside: list[Table] = field(default_factory=list)
    why_not: dict[str, str] = field(default_factory=dict)


def choose_tables(tree: Tree) -> TableChoice:
    """The tables of a folder, sorted out."""
    stems = {PurePosixPath(name).stem for name in tree.pictures} | {PurePosixPath(name).name for name in tree.pictures}
    choice, labelled = TableChoice(), []
    for name in tree.tables:
        try:
            table = Table(name, read_table(tree.root / name), _split_of_table(name))
        except DataError as error:
            choice.why_not[name] = str(error).rstrip(".")
            continue
        if not _names_pictures(table.rows, stems):
            choice.why_not[name] = NO_PICTURES
        elif table.split == UNLABELLED:
            choice.tables.append(table)
        elif label_names(table.rows):
            labelled.append(table)
        else:
            _put_beside(table, _NO_LABELS, choice)
    return _with_labelled(choice, labelled)


def _with_labelled(choice: TableChoice, labelled: list[Table]) -> TableChoice:
    """The choice with those tables of labels that go together; a second table of the same pictures takes no finding from the first."""
    if not labelled:
        return choice
    main = min(labelled, key=lambda table: ("label" not in PurePosixPath(table.name).stem.lower(), -len(table.rows), table.name))
    common, named = set(label_names(main.rows)), set(main.rows.iloc[:, 0])
    for table in labelled:
        labels = set(label_names(table.rows))
        is_beside = table is not main and table.split == main.split and table.rows.iloc[:, 0].isin(named).mean() > 0.5
        if labels >= common or labels & common and not is_beside:
            common &= labels
            choice.tables.append(table)
        else:
            _put_beside(table, f"its findings are not those of {main.name}", choice)
    choice.tables.sort(key=lambda table: table.name)
    return choice


def _put_beside(table: Table, why: str, choice: TableChoice) -> None:
    roles = columns_of([table]).roles[table.name]
    choice.why_not[table.name] = why
    if roles.keys() - {"split"}:
        choice.beside.append(table)


def told(choice: TableChoice, names: Iterable[str]) -> str:
    """Why tables that are here have no labels to use, for an error."""
    said = [choice.why_not.get(name, _NO_LABELS) for name in names]
    return "; ".join(why if name in why else f"{name}: {why}" for name, why in zip(names, said, strict=True))


def _names_pictures(rows: pd.DataFrame, stems: set[str]) -> bool:
    if rows.empty:
        return False
    return bool(rows.iloc[:, 0].str.replace("\\", "/").str.rsplit("/", n=1).str[-1].isin(stems).any())


def _split_of_table(name: str) -> str:
    words = re.split(r"[^a-z]+", PurePosixPath(name).stem.lower())
    if any("submission" in word for word in words):
        return UNLABELLED
    return next((SPLIT_FOLDERS[word] for word in words if word in SPLIT_FOLDERS), "")
