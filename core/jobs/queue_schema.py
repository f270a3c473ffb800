"""The table behind the queue, its version and its connections: SQLite with a write-ahead log.

The file must lie on a local disk: the log is shared memory, which network file systems do not have.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from core.errors import JobError

VERSION = 2
BUSY_SECONDS = 20.0

_TABLE = """
CREATE TABLE jobs (
    number          INTEGER PRIMARY KEY,
    id              TEXT NOT NULL UNIQUE,
    title           TEXT NOT NULL,
    source          TEXT NOT NULL,
    recipe_json     TEXT NOT NULL,
    depends_on      TEXT,
    state           TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    attempt         INTEGER NOT NULL DEFAULT 0,
    attempts_before INTEGER NOT NULL DEFAULT 0,
    max_attempts    INTEGER NOT NULL,
    pid             INTEGER,
    born            REAL,
    beat            REAL,
    advanced        REAL,
    progress        TEXT,
    cancel          REAL,
    note            TEXT NOT NULL DEFAULT '',
    created         REAL NOT NULL,
    started         REAL,
    ended           REAL,
    priority        INTEGER NOT NULL DEFAULT 0,
    epochs_kept     INTEGER NOT NULL DEFAULT 0
)
"""

# What makes a table of each past version one of the next.
_STEPS = {
    1: (
        "ALTER TABLE jobs ADD COLUMN priority INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE jobs ADD COLUMN epochs_kept INTEGER NOT NULL DEFAULT 0",
    ),
}


def prepare(path: Path) -> None:
    """Make the table if it is not there, and bring one of a past version up to date. Raises JobError for one of a later version."""
    version = _version(path)
    if version < VERSION:
        _make(path)
    elif version > VERSION:
        raise JobError(f"{path} has a queue of version {version}", f"this Cutpoint reads version {VERSION}", "Update Cutpoint")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that is closed at the end; sqlite3's own `with` only commits."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.row_factory = sqlite3.Row
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that alone may write until the end, when all of its changes are kept, or none if an error was raised."""
    with reading(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            yield connection


def _version(path: Path) -> int:
    with reading(path) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def _make(path: Path) -> None:
    # SQLite does not wait for its turn when two processes switch the journal at once, so a lock file orders them.
    with FileLock(path.with_suffix(".lock")):
        version = _version(path)
        if version == 0:
            with reading(path) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
        with writing(path) as connection:
            for statement in _statements(version):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")


def _statements(version: int) -> tuple[str, ...]:
    """What leads from a version, 0 for an empty file, to this one."""
    if version == 0:
        return (_TABLE,)
    return tuple(statement for step in range(version, VERSION) for statement in _STEPS[step])
