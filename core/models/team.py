"""Threads that share a loop over images: torch's own where these are GNU's OpenMP.

After each step torch's threads look for more work for 10 ms and longer. Other threads would have to fight with them for the cores.
"""

import ctypes
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import numpy as np
import torch

_FEWEST_VALUES = 2**15  # that are worth a second thread
_PIECES = 4  # for each thread, for one may be held up
_Body = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def share(loop: Callable[..., None], values: np.ndarray, *others) -> None:
    """Call `loop(first, last, values, *others)` for all images of values (B, ...), in as many threads as torch has.

    The loop must let go of Python's lock.
    """
    count = len(values)
    threads = min(torch.get_num_threads(), count)
    if threads == 1 or values.size < _FEWEST_VALUES:
        loop(0, count, values, *others)
        return
    pieces = threads * _PIECES
    ends = sorted({count * number // pieces for number in range(pieces + 1)})
    parts = iter(list(pairwise(ends)))  # taking the next one is one step in Python
    errors = []

    def work(_) -> None:
        try:
            for first, last in parts:
                loop(first, last, values, *others)
        except BaseException as error:  # OpenMP knows none
            errors.append(error)

    _together(work, threads)
    if errors:
        raise errors[0]


def _together(work: Callable[[object], None], threads: int) -> None:
    """Let so many threads do a work, this one among them."""
    openmp = _openmp()
    if openmp:
        openmp.GOMP_parallel(_Body(work), None, threads, 0)
        return
    waiting = [_pool(threads - 1).submit(work, None) for _ in range(threads - 1)]
    work(None)
    for one in waiting:
        one.result()


@cache
def _openmp() -> ctypes.CDLL | None:
    """GNU's OpenMP where it is loaded, as torch loads it; it is not loaded for this."""
    if not hasattr(os, "RTLD_NOLOAD"):
        return None
    try:
        return ctypes.CDLL("libgomp.so.1", mode=os.RTLD_NOLOAD | os.RTLD_NOW)
    except OSError:
        return None


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, "maps")
