"""What the columns of label tables mean: findings, the split, the patient and what else is known, read off their names and cells.

Each table is read by itself; findings are those that all tables tell, since a row without one would have to be guessed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.data.dataset import UNLABELLED, Skipped
from core.data.layouts.tables import as_numbers
from core.data.layouts.tree import SPLIT_FOLDERS

# The names of each role, the preferred ones first.
_ROLES = {
    "patient": ("patient_id", "patientid", "patient id", "patient", "subject_id", "subject"),
    "split": ("split", "subset", "set", "fold"),
    "age": ("age", "patient age"),
    "sex": ("sex", "patient sex", "gender", "patient gender"),
    "view": ("view", "view position"),
    "hospital": ("hospital", "site", "institution"),
}  # fmt: skip
_NO_METADATA = ("patient", "split")
_KNOWN = {name for names in _ROLES.values() for name in names}
YES_NO = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "true": 1, "false": 0, "yes": 1, "no": 0}
NOT_USED = "column not used"


@dataclass(frozen=True, eq=False)
class Table:
    """One table of the folder, and the split that its name tells, or ""."""

    name: str
    rows: pd.DataFrame
    split: str


@dataclass(frozen=True)
class Columns:
    """What the columns of tables mean: the findings of all of them, the columns of each role by table, and what is not used."""

    labels: tuple[str, ...]
    roles: dict[str, dict[str, str]]
    left_out: tuple[Skipped, ...]

    @property
    def metadata(self) -> tuple[str, ...]:
        """What else the tables tell of each picture."""
        return tuple(role for role in _ROLES if role not in _NO_METADATA and self.named(role))

    def named(self, role: str) -> tuple[str, ...]:
        """The columns that have a role in any table."""
        return tuple(dict.fromkeys(roles[role] for roles in self.roles.values() if role in roles))

    def cells(self, table: Table, role: str) -> pd.Series:
        """What a table says in a role, row by row; "" where it says nothing."""
        column = self.roles[table.name].get(role)
        return table.rows[column] if column else pd.Series("", index=table.rows.index, dtype=str)


def columns_of(tables: list[Table], beside: Sequence[Table] = ()) -> Columns:
    """What the columns mean, read off all tables together; a submission's example tells no findings where others do.

    Of tables `beside` these, only the patients and the metadata count.
    """
    labelled = [table for table in tables if table.split != UNLABELLED] or tables
    labels, left_out = _shared_labels(labelled)
    roles = {}
    for table in tables:
        roles[table.name], unused = _roles(table.rows)
        left_out += unused if table in labelled else []
    for table in beside:
        roles[table.name] = {role: column for role, column in _roles(table.rows)[0].items() if role != "split"}
    return Columns(labels, roles, tuple(dict.fromkeys(left_out)))


def label_names(rows: pd.DataFrame) -> list[str]:
    """The columns of a table that say 0 or 1."""
    return [name for name in rows.columns[1:] if name.lower() not in _KNOWN and _is_label(rows[name])]


def strange_words(cells: pd.Series) -> np.ndarray:
    """(n,) bool: where a column of splits says something else than train, val or test."""
    return ((cells != "") & ~_says_split(cells)).to_numpy()


def _is_label(column: pd.Series) -> bool:
    """Whether nearly all cells are 0 or 1: a few may be empty or wrong, and their rows are left out."""
    known = column.str.lower().isin(YES_NO.keys())
    return bool(known.mean() >= 0.5) and bool((known | (column == "") | (as_numbers(column) == -1)).mean() >= 0.9)


def _says_split(column: pd.Series) -> pd.Series:
    return column.str.lower().isin(SPLIT_FOLDERS.keys())


def _shared_labels(tables: list[Table]) -> tuple[tuple[str, ...], list[Skipped]]:
    """The columns that say 0 or 1 in every table, and those that do not, with the tables that lack them."""
    told = {table.name: label_names(table.rows) for table in tables}
    labels, left_out = [], []
    for name in dict.fromkeys(name for table in tables for name in table.rows.columns[1:] if name.lower() not in _KNOWN):
        lacking = [table for table, names in told.items() if name not in names]
        if not lacking:
            labels.append(name)
        elif len(lacking) == len(tables):
            left_out.append(Skipped(f"column {name}", "neither 0/1 labels nor known metadata", NOT_USED))
        else:
            left_out.append(Skipped(f"column {name}", f"no such column of 0 and 1 in {', '.join(lacking)}", NOT_USED))
    return tuple(labels), left_out


def _roles(rows: pd.DataFrame) -> tuple[dict[str, str], list[Skipped]]:
    """The column of each role, and those of its names that are not used."""
    chosen, unused = {}, []
    for role, names in _ROLES.items():
        columns = sorted((name for name in rows.columns[1:] if name.lower() in names), key=lambda name: names.index(name.lower()))
        known = {name: int((_says_split(rows[name]) if role == "split" else rows[name] != "").sum()) for name in columns}
        best = max(columns, key=known.__getitem__, default=None)
        if best and known[best]:
            chosen[role] = best
        unused += [Skipped(f"column {name}", _why_unused(rows[name], known[name], best), NOT_USED) for name in _others(columns, chosen)]
    return chosen, unused


def _others(columns: Iterable[str], chosen: dict[str, str]) -> list[str]:
    return [name for name in columns if name not in chosen.values()]


def _why_unused(column: pd.Series, known: int, best: str) -> str:
    if known:
        return f"the column {best} is used instead"
    return "all its cells are empty" if (column == "").all() else "no cell of it says train, val or test"
