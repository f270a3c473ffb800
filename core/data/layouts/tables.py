"""Tables in text files as they come: comma, semicolon or tab, UTF-8 or latin-1, with a byte order mark or without."""

import csv
import io
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from core.errors import DataError

MAX_BYTES = 512 * 2**20
_SAMPLE = 16_384  # characters looked at for the delimiter
_SEPARATORS = ",;\t|"


def read_table(file: Path) -> pd.DataFrame:
    """A table, all cells as text, stripped; an empty cell is "". Raises DataError where it is no table.

    A row with more cells than the head has keeps the first ones; columns without a name are dropped.
    """
    size = file.stat().st_size
    if size > MAX_BYTES:
        raise DataError(f"{file.name} has {size / 2**20:.0f} MiB", f"tables of up to {MAX_BYTES // 2**20} MiB are read")
    return parse_table(file.name, file.read_bytes())


def parse_table(name: str, data: bytes) -> pd.DataFrame:
    """The same of a file's bytes."""
    text = _text(data)
    try:
        with warnings.catch_warnings(action="ignore", category=pd.errors.ParserWarning):  # rows longer than the head
            table = pd.read_csv(
                io.StringIO(text), sep=_separator(text), dtype=str, keep_default_na=False, skipinitialspace=True, index_col=False,
                on_bad_lines="skip",
            )  # fmt: skip
    except (ValueError, csv.Error, pd.errors.ParserError) as error:
        raise DataError(f"{name} is no table that can be read", "rows of cells, parted by commas or tabs", "Save it as csv") from error
    table.columns = [str(name).strip() for name in table.columns]
    table = table.loc[:, [bool(name) and not name.startswith("Unnamed:") for name in table.columns]]
    return table.fillna("").apply(lambda column: column.str.strip())


def as_numbers(column: pd.Series) -> np.ndarray:
    """Cells as float64; nan where a cell is no number."""
    return pd.to_numeric(column, errors="coerce").to_numpy(float)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig") if not data.startswith((b"\xff\xfe", b"\xfe\xff")) else data.decode("utf-16")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _separator(text: str) -> str:
    """The separator that parts the head into most cells."""
    head = text[:_SAMPLE].split("\n", 1)[0]
    return max(_SEPARATORS, key=head.count)
