"""What people noted of runs on the shelf: pinned runs come first, archived ones are hidden until asked for.

Marks lie beside the runs, not in them: a run stays as it was written.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.errors import StoreError

MARKS = ("pinned", "archived")
_FILE = "marks.sqlite"
_PATIENCE = 30.0  # seconds to wait for another process that writes


class Marks:
    """The marks of the store under `root`, in `root`/marks.sqlite. A run carries one mark or none: the later one holds."""

    def __init__(self, root: Path):
        self._file = Path(root) / _FILE

    def of(self, mark: str) -> frozenset[str]:
        """The ids of the runs that carry a mark, also of runs that are gone. Raises StoreError for a mark that is none."""
        wanted = _checked(mark)
        if not self._file.exists():
            return frozenset()
        with self._opened() as table:
            return frozenset(run_id for (run_id,) in table.execute("SELECT run_id FROM marks WHERE mark = ?", [wanted]))

    def put(self, mark: str, run_ids: Iterable[str]) -> None:
        """Mark runs. Raises StoreError for a mark that is none."""
        wanted = _checked(mark)
        with self._opened() as table:
            table.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?)", [(run_id, wanted) for run_id in run_ids])

    def take(self, run_ids: Iterable[str]) -> None:
        """Take their marks off runs, also off those that carry none or were deleted."""
        with self._opened() as table:
            table.executemany("DELETE FROM marks WHERE run_id = ?", [(run_id,) for run_id in run_ids])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The table in one transaction. Raises StoreError where the file is no database."""
        try:
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE)) as connection, connection:
                connection.execute("CREATE TABLE IF NOT EXISTS marks (run_id TEXT PRIMARY KEY, mark TEXT NOT NULL)")
                yield connection
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{_FILE} cannot be used ({error})", "it holds the pinned and archived runs", "Delete it") from None


def _checked(mark: str) -> str:
    if mark not in MARKS:
        raise StoreError(f"there is no mark {mark[:40]!r}", f"it is one of {', '.join(MARKS)}")
    return mark
