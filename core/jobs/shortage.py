"""When memory or disk ran out: told in plain words, since it is no defect and a person can mend it. It imports no torch."""

import errno
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil

from core.machine import gigabytes

_UNITS = {"bytes": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40, "pib": 2**50, "eib": 2**60}
_ASKED = re.compile(r"allocate ([\d.]+) ?(bytes|[KMGTPE]iB)", re.I)  # as NumPy and torch say it
_MEMORY_WORDS = ("can't allocate memory", "CUDA out of memory")
_DISK_WORDS = ("No space left on device", "disk is full", "os error 28")


def shortage(error: BaseException, root: Path) -> str | None:
    """What ran out, how much there is and what to do; None where nothing did. `root` lies on the disk that is meant."""
    for one in _chain(error):
        if _is_of_disk(one):
            return f"The disk ran full: {gigabytes(shutil.disk_usage(root).free)} are free at the store. Make room there, then go on."
        if _is_of_memory(one):
            return _memory_told(str(one))
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it: torch raises another error over the one of the disk."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_of_disk(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    return any(words in str(error) for words in _DISK_WORDS)


def _is_of_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    return any(words in str(error) for words in _MEMORY_WORDS)


def _memory_told(text: str) -> str:
    asked = _ASKED.search(text)
    wanted = f"{gigabytes(float(asked[1]) * _UNITS[asked[2].lower()])} more were asked for, " if asked else ""
    memory = psutil.virtual_memory()
    where = "of the GPU " if "CUDA" in text else ""
    has = "" if where else f"{gigabytes(memory.available)} of {gigabytes(memory.total)} are free now. "
    told = f"Memory {where}ran out: {wanted}{has}".rstrip(", ").rstrip()
    return f"{told.rstrip('.')}. Take a smaller batch_size, image_size or network, or end other programs."
