"""Which character parts the cells of a text table, told from its first lines; what the cells mean is nobody's business here."""

import csv
import io
import re
from itertools import islice

_EXCEL_LINE = re.compile(r'\s*"?sep=[,;\t|]"?\s*$', re.IGNORECASE | re.MULTILINE)  # Excel's own first line, which names the separator
_SAMPLE = 2**16  # characters of the head that are looked at


def has_excel_line(text: str) -> bool:
    """Whether the first line is Excel's `sep=;`, which is no row."""
    return bool(_EXCEL_LINE.match(text))


def without_excel_line(text: str) -> str:
    """The text below Excel's own first line, where it has one."""
    found = _EXCEL_LINE.match(text)
    return text[found.end() :].lstrip("\r\n") if found else text


def separator_of(text: str, separators: str) -> str:
    """The separator that parts both the head and the row below it into most cells: a name in the head may be full of another one."""
    skipped = has_excel_line(text)
    lines = (line for line in io.StringIO(text[:_SAMPLE], newline=None) if line.strip())
    first = list(islice(lines, skipped, skipped + 2))
    cells = {separator: [len(next(csv.reader([line], delimiter=separator), ())) for line in first] or [0] for separator in separators}
    return max(separators, key=lambda separator: (min(cells[separator]), cells[separator][0]))
