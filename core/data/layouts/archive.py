"""ZIP archives of pictures, unpacked with every care: what is in one is decided by nobody but its sender.

Names that lead elsewhere, links, encrypted and nested archives, and archives that blow up are refused before anything is written.
"""

import hashlib
import os
import re
import shutil
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from filelock import FileLock

from core.data.layouts.tree import is_litter
from core.errors import DataError

FOLDER = "cache/unpacked"
MAX_ENTRIES = 50_000
MAX_RATIO = 100  # unpacked to packed, over the whole archive; pictures hardly shrink, tables ten times
MAX_TOTAL = 50 * 2**30  # bytes
_FREE = 2**30  # bytes of disk that stay free
_CHUNK = 2**20
_END_RECORD = 22 + 2**16  # bytes at the end of an archive in which its last record begins
_NESTED = {".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst"}
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}  # device names of Windows
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)  # of a file in an archive
_AGAIN = "Pack the folder again, pictures and tables only"


def unpacked(file: Path, root: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Path:
    """The folder of an archive's files in the store, unpacked now if it was not before.

    `progress(done, total)` counts bytes. Raises DataError for an archive that is damaged or not to be trusted; nothing of it is kept.
    """
    with _open(file) as archive:
        entries = _checked(file.name, archive)
        folder = root / FOLDER / f"{_digest(file)}"
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_suffix(".lock")):
            if not folder.is_dir():
                _unpack(file.name, archive, entries, folder, progress)
    return folder


def listed(file: Path) -> dict[str, int]:
    """The files of an archive that may be unpacked, and their sizes in bytes. Raises DataError as `unpacked`."""
    with _open(file) as archive:
        return {entry.filename: entry.file_size for entry in _checked(file.name, archive)}


def unpack_into(folder: Path, file: Path) -> None:
    """Unpack an archive into a folder that is not there yet. Raises DataError as `unpacked`; nothing of it is kept then."""
    with _open(file) as archive:
        _unpack(file.name, archive, _checked(file.name, archive), folder, lambda done, total: None)


def names(name: str, stream: BinaryIO) -> list[str]:
    """The files of an archive that may be unpacked. Raises DataError as `unpacked`."""
    with _archive(name, stream) as archive:
        return [entry.filename for entry in _checked(name, archive)]


def contents(name: str, stream: BinaryIO, most: int) -> Iterator[tuple[str, bytes | DataError]]:
    """Each file of an archive, its name and its bytes, or `most` + 1 of them where it has more; one that is damaged is an error itself.

    Nothing is written. Raises DataError as `unpacked`.
    """
    with _archive(name, stream) as archive:
        for entry in _checked(name, archive):
            try:
                with archive.open(entry) as source:
                    found = source.read(most + 1)
            except _DAMAGE as error:
                found = _unreadable(name, entry, error)
            yield entry.filename, found


def _open(file: Path) -> zipfile.ZipFile:
    with file.open("rb") as stream:
        _check_count(file.name, stream)
    return _archive(file.name, file)


def _archive(name: str, file: Path | BinaryIO) -> zipfile.ZipFile:
    if not isinstance(file, Path):
        _check_count(name, file)
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError):
        expected = "an archive with its list of files is needed"
        raise DataError(f"{name} is no whole ZIP archive", expected, "Copy or pack it again") from None


def _check_count(name: str, stream: BinaryIO) -> None:
    """Refuse too many entries by the record at the end of the archive, before a second is spent on reading their list."""
    stream.seek(max(stream.seek(0, os.SEEK_END) - _END_RECORD, 0))
    tail = stream.read()
    place = tail.rfind(b"PK\5\6")
    if place >= 0 and len(tail) >= place + 12:
        _check_entries(name, int.from_bytes(tail[place + 10 : place + 12], "little"))


def _check_entries(name: str, count: int) -> None:
    if count > MAX_ENTRIES:
        remedy = "Unpack it yourself and give the folder's path"
        raise DataError(f"{name} holds {count:,} files", f"at most {MAX_ENTRIES:,} are unpacked", remedy)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").hexdigest()[:24]


def _checked(name: str, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files to unpack. Raises DataError before anything is unpacked."""
    entries = archive.infolist()
    _check_entries(name, len(entries))
    files = [entry for entry in entries if not entry.is_dir() and not is_litter(entry.filename)]
    for entry in files:
        _check_entry(name, entry)
    _check_doubles(name, files)
    _check_sizes(name, entries)
    return files


def _check_entry(name: str, entry: zipfile.ZipInfo) -> None:
    told = entry.orig_filename  # as it stands in the archive: zipfile mends some names
    kind = stat.S_IFMT(entry.external_attr >> 16)
    wrong = _wrong_name(told) or (
        "is encrypted" if entry.flag_bits & 0x1
        else "is a link, or no plain file" if kind not in (0, stat.S_IFREG, stat.S_IFDIR)
        else "is an archive in the archive" if PurePosixPath(told).suffix.lower() in _NESTED
        else ""
    )  # fmt: skip
    if wrong:
        raise DataError(f"{told[:80]!r} in {name} {wrong}", "an archive of plain files in folders is expected", _AGAIN)


def _wrong_name(told: str) -> str:
    parts = told.rstrip("/").split("/")
    if not told.strip("/") or any(ord(letter) < 32 for letter in told):
        return "has no name that can be written"
    if told.startswith("/") or "\\" in told or re.match(r"^[A-Za-z]:", told):
        return "has a path of its own (absolute, with a drive, or with backslashes)"
    if any(part in ("", ".", "..") for part in parts):
        return "leads out of its folder"
    if any(part.split(".")[0].strip().lower() in _RESERVED or ":" in part or part != part.rstrip(" .") for part in parts):
        return "has a name that some systems keep for themselves"
    if len(told) > 400 or any(len(part.encode(errors="replace")) > 200 for part in parts):
        return "has too long a name"
    return ""


def _check_doubles(name: str, files: list[zipfile.ZipInfo]) -> None:
    """The same name twice, letter case aside, or a file where another has a folder."""
    seen = set()
    for entry in files:
        key = entry.filename.casefold()
        if key in seen:
            raise DataError(f"{entry.filename[:80]!r} stands twice in {name}", "each name may stand once, letter case aside", _AGAIN)
        seen.add(key)
    folders = {parent.as_posix() for key in seen for parent in PurePosixPath(key).parents}
    clash = next((key for key in seen if key in folders), None)
    if clash:
        raise DataError(f"{clash[:80]!r} in {name} is both a file and a folder", "", _AGAIN)


def _check_sizes(name: str, entries: list[zipfile.ZipInfo]) -> None:
    total, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if total > MAX_RATIO * max(packed, 1) or any(entry.file_size > 2 * MAX_RATIO * max(entry.compress_size, 100) for entry in entries):
        raise DataError(f"{name} unpacks to {total / max(packed, 1):,.0f} times its size", f"at most {MAX_RATIO} times is unpacked", _AGAIN)
    if total > MAX_TOTAL:
        found = f"{name} unpacks to {total / 2**30:.0f} GiB"
        raise DataError(found, f"at most {MAX_TOTAL // 2**30} GiB are unpacked", "Give a folder's path instead")


def _unpack(name: str, archive: zipfile.ZipFile, files: list[zipfile.ZipInfo], folder: Path, progress: Callable[[int, int], None]) -> None:
    _check_disk(name, sum(entry.file_size for entry in files), folder)
    draft = folder.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _copy_all(name, archive, files, draft, progress)
        draft.replace(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copy_all(name: str, archive: zipfile.ZipFile, files: list[zipfile.ZipInfo], draft: Path, progress: Callable[[int, int], None]) -> None:
    total, done = sum(entry.file_size for entry in files), 0
    draft.mkdir()
    for entry in files:
        progress(done, total)
        target = draft / entry.filename
        if not target.resolve().is_relative_to(draft.resolve()):
            raise DataError(f"{entry.filename[:80]!r} in {name} leads out of its folder", "", _AGAIN)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with archive.open(entry) as source, target.open("xb") as copy:
                _copy(source, copy, entry.file_size)
        except _DAMAGE as error:
            raise _unreadable(name, entry, error) from None
        done += entry.file_size


def _unreadable(name: str, entry: zipfile.ZipInfo, error: Exception) -> DataError:
    return DataError(f"{entry.filename[:80]!r} in {name} cannot be unpacked ({type(error).__name__})", "", "Copy or pack it again")


def _copy(source: BinaryIO, copy: BinaryIO, size: int) -> None:
    """Bytes are counted while they are copied: what a head says of its file may be a lie."""
    copied = 0
    while chunk := source.read(_CHUNK):
        copied += len(chunk)
        if copied > size:
            raise ValueError("more bytes than its head says")
        copy.write(chunk)


def _check_disk(name: str, total: int, folder: Path) -> None:
    free = shutil.disk_usage(folder.parent).free
    if free < total + _FREE:
        found = f"{name} needs {total / 2**30:.1f} GiB of disk"
        raise DataError(found, f"{max(free - _FREE, 0) / 2**30:.1f} GiB may be used in {os.fspath(folder.parent)}", "Make room")
