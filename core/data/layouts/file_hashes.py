"""Content hashes of files, remembered, so that a large data set is read through once and not at every opening."""

import hashlib
import sqlite3
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np

MEMO = "cache/file_hashes.sqlite"
_THREADS = 4
_TABLE = "CREATE TABLE IF NOT EXISTS hashes (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID"


def content_hashes(folder: Path, names: Iterable[str], root: Path) -> np.ndarray:
    """A hash of the bytes of each file, (n,) str of 32 hexadecimal digits; "" where a file cannot be read.

    A file whose size, inode and times are those of the last time is not read again. What is remembered lies in `root`/MEMO; it may be
    deleted, and where it cannot be written nothing is remembered.
    """
    paths = [f"{folder}/{name}" for name in names]
    with ThreadPoolExecutor(_THREADS) as pool:
        stamps = list(pool.map(_stamp, paths))
        known = _remembered(root, folder)
        fresh = [path for path, stamp in zip(paths, stamps, strict=True) if known.get(path, ("", ""))[0] != stamp]
        hashed = dict(zip(fresh, pool.map(_hash, fresh), strict=True))
    _remember(root, [(path, stamp, hashed[path]) for path, stamp in zip(paths, stamps, strict=True) if hashed.get(path)])
    return np.array([hashed[path] if path in hashed else known[path][1] for path in paths])


def _stamp(path: str) -> str:
    try:
        found = Path(path).stat()
    except OSError:
        return ""
    return f"{found.st_size} {found.st_ino} {found.st_mtime_ns} {found.st_ctime_ns}"


def _hash(path: str) -> str:
    """Empty where the file cannot be read: it equals no other, and is left out with the reason when the images are decoded."""
    try:
        with Path(path).open("rb") as stream:
            return hashlib.file_digest(stream, "blake2b").hexdigest()[:32]
    except OSError:
        return ""


def _remembered(root: Path, folder: Path) -> dict[str, tuple[str, str]]:
    """path -> (stamp, hash) of the files in a folder."""
    try:
        with closing(_connect(root)) as connection:
            rows = connection.execute("SELECT path, stamp, hash FROM hashes WHERE path >= ? AND path < ?", (f"{folder}/", f"{folder}0"))
            return {path: (stamp, digest) for path, stamp, digest in rows}
    except (sqlite3.Error, OSError):
        return {}


def _remember(root: Path, rows: list[tuple[str, str, str]]) -> None:
    if not rows:
        return
    try:
        with closing(_connect(root)) as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO hashes VALUES (?, ?, ?)", rows)
    except (sqlite3.Error, OSError):
        pass  # a disk that is full or read-only: the hashes are found, only not kept


def _connect(root: Path) -> sqlite3.Connection:
    file = root / MEMO
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file, timeout=10)
    connection.execute(_TABLE)
    return connection
