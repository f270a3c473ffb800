"""How this process asks the system for memory, which on Linux is a third of what a step of a small network costs."""

import ctypes
from functools import cache

_TRIM_THRESHOLD, _MMAP_MAX = -1, -4  # names of settings in glibc's malloc.h
_NEVER = -1


@cache
def keep_freed_memory() -> None:
    """Use freed memory again instead of giving it back, from now on and for this process.

    glibc gives large tensors pages of their own and returns them when they are freed, so that the system clears the same pages again in
    every layer of every step. It is for a process that trains; one that waits between small requests is better off without it. Where
    there is no glibc, nothing happens.
    """
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return
    mallopt(_MMAP_MAX, 0)
    mallopt(_TRIM_THRESHOLD, _NEVER)
