"""The cells of a CSV file from anywhere: UTF-8 with or without a byte order mark, parted by commas, semicolons or tabs.

It knows rows and cells only; what they mean is decided in `prediction_table`. Rows are numbered as a spreadsheet numbers them: the head
is row 1, and a row whose cell holds a line break is still one row.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core.errors import EvaluationError
from core.separator import has_excel_line, separator_of

MAX_BYTES = 128 * 2**20
SEPARATORS = ",;\t"
_AS_CSV = "In Excel: Save as, CSV UTF-8"
_OTHER_KINDS = {
    b"PK\x03\x04": "a ZIP file or an Excel workbook", b"\xd0\xcf\x11\xe0": "an old Excel workbook", b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16", b"\x1f\x8b": "a gzip file", b"%PDF": "a PDF file", b"\x93NUMPY": "a NumPy file", b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture", b"PAR1": "a Parquet file",
}  # fmt: skip


@dataclass(frozen=True)
class TableText:
    """The names of the columns, their cells in the rows that hold anything, and the numbers of these rows; all cells are stripped."""

    head: tuple[str, ...]
    columns: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def read_table_text(file: BinaryIO) -> TableText:
    """Read a table. Every row has as many cells as the head; columns without a name are dropped.

    Raises EvaluationError for what is no such file, and for a row that is longer or shorter than the head.
    """
    records = list(_records(_text(file)))
    if not records:
        raise EvaluationError("the file is empty", "a head and one row per image are expected")
    (_, head), *below = records
    head = head[: max(place for place, name in enumerate(head, 1) if name)]
    if not below:
        raise EvaluationError("the file has a head and no row below it", "one row per image is expected")
    for number, row in below:
        _check_length(number, row, head)
    named = [place for place, name in enumerate(head) if name]
    columns = tuple(zip(*(row[: len(head)] for _, row in below), strict=True))
    return TableText(tuple(head[place] for place in named), tuple(columns[place] for place in named), tuple(number for number, _ in below))


def _text(file: BinaryIO) -> str:
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise EvaluationError(f"the file has more than {MAX_BYTES // 2**20} MiB", "tables up to that size are read", "Write fewer digits")
    kind = next((kind for begin, kind in _OTHER_KINDS.items() if data.startswith(begin)), None)
    if kind is None and b"\0" in data:
        kind = "a binary file"
    if kind:
        raise EvaluationError(f"the file is {kind}", "a CSV file in UTF-8 is expected", _AS_CSV)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise EvaluationError(
            f"line {line} holds the byte 0x{data[error.start]:02X}, which is not UTF-8", "a CSV file in UTF-8 is expected", _AS_CSV
        ) from None


def _records(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Every row that holds anything with its number, the head first."""
    skips_first = has_excel_line(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text, SEPARATORS), strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            cells = tuple(map(str.strip, row))
            if any(cells) and not (number == 1 and skips_first):
                yield number, cells
    except csv.Error as error:
        raise EvaluationError(f"row {number + 1} cannot be read ({error})", "quotes stand around whole cells, in pairs") from None


def _check_length(number: int, row: tuple[str, ...], head: tuple[str, ...]) -> None:
    """A row is as long as the head; empty cells beyond it are what spreadsheets leave."""
    if len(row) < len(head) or any(row[len(head) :]):
        remedy = "Leave cells empty, not out" if len(row) < len(head) else "Put quotes around cells that hold the separator"
        raise EvaluationError(f"row {number} has {len(row)} cells", f"the head has {len(head)}", remedy)
