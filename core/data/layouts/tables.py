"""Tables in text files as they come: comma, semicolon or tab, UTF-8 or latin-1, with a byte order mark or without."""

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import DataError
from core.separator import separator_of, without_excel_line

MAX_BYTES = 512 * 2**20
_SEPARATORS = ",;\t|"
_MOST_SURPLUS = 20  # cells beyond the head that are looked at; longer rows are no rows of this table


def read_table(file: Path) -> pd.DataFrame:
    """A table, all cells as text, stripped; an empty cell is "". Raises DataError where it is no table.

    Columns without a name are dropped. Rows with more cells than the head are left out, as nobody knows which cell is one too many;
    `too_long` has their names.
    """
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise DataError(f"{file.name} has {size / 2**20:.0f} MiB", f"tables of up to {MAX_BYTES // 2**20} MiB are read")
    return parse_table(file.name, file.read_bytes())


def parse_table(name: str, data: bytes) -> pd.DataFrame:
    """The same of a file's bytes."""
    separator = separator_of(_text(data), _SEPARATORS)
    cells, in_head = _cells(name, without_excel_line(_text(data)), separator)
    head, below = cells.iloc[0, :in_head].str.strip(), cells.iloc[1:]
    surplus = (below.iloc[:, in_head:].fillna("") != "").any(axis=1)
    if surplus.mean() > 0.5:
        surplus[:] = False  # a column that the head does not name
    _check_names(name, head[head != ""])
    table = below.loc[~surplus, head.index[head != ""]].reset_index(drop=True)
    table.columns = head[head != ""].tolist()
    table = table.fillna("").apply(lambda column: column.str.strip())
    table.attrs |= {"too long": tuple(below.loc[surplus, 0].fillna("")), "separator": separator}
    return table


def too_long(table: pd.DataFrame) -> tuple[str, ...]:
    """The first cells of the rows of a table that was read that had more cells than the head."""
    return table.attrs["too long"]


def parted_by(table: pd.DataFrame) -> str:
    """The character that parts the cells in the file of a table that was read."""
    return table.attrs["separator"]


def as_numbers(column: pd.Series) -> np.ndarray:
    """Cells as float64; nan where a cell is no number."""
    return pd.to_numeric(column, errors="coerce").to_numpy(float)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig") if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else data.decode("utf-16")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _cells(name: str, text: str, separator: str) -> tuple[pd.DataFrame, int]:
    """All cells as they stand, the head first, and how many cells it has."""
    try:
        in_head = len(next(filter(None, csv.reader(io.StringIO(text, newline=None), delimiter=separator, skipinitialspace=True))))
        most = max(line.count(separator) for line in text.splitlines()) + 1
        cells = pd.read_csv(
            io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, skipinitialspace=True, index_col=False, header=None,
            names=range(max(in_head, min(most, in_head + _MOST_SURPLUS))), on_bad_lines="skip",
        )  # fmt: skip
    except (ValueError, csv.Error, StopIteration, pd.errors.ParserError) as error:
        raise DataError(f"{name} is no table that can be read", "rows of cells, parted by commas or tabs", "Save it as csv") from error
    if cells.empty:
        raise DataError(f"{name} is empty", "a head and one row per picture are expected")
    return cells, in_head


def _check_names(name: str, head: pd.Series) -> None:
    double = head[head.duplicated()]
    if len(double):
        found = f"{name} has {(head == double.iloc[0]).sum()} columns called {double.iloc[0]!r}"
        raise DataError(found, "each column needs a name of its own", "Rename or delete one")
