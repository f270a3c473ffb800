"""Telling a shortage from a defect."""

import errno
import os
import sqlite3

import numpy as np
import pytest
import torch

from core.jobs.shortage import shortage


def raised(act) -> BaseException:
    with pytest.raises(BaseException) as caught:
        act()
    return caught.value


def test_memory_that_numpy_or_torch_was_refused_is_told_with_how_much(tmp_path):
    for act in (lambda: np.empty(2**50, np.uint8), lambda: torch.empty(2**50, dtype=torch.uint8)):
        told = shortage(raised(act), tmp_path)
        assert told.startswith("Memory ran out: 1125899.9 GB more were asked for, ") and "are free now. Take a smaller batch_size" in told


def test_memory_of_a_gpu_is_named():
    told = shortage(RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of"), ".")
    assert told.startswith("Memory of the GPU ran out: 2.1 GB more were asked for. Take a smaller batch_size")


def test_a_full_disk_is_told_whoever_says_it(tmp_path):
    over_it = RuntimeError("unexpected pos 704 vs 598")
    over_it.__context__ = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    for error in (over_it, over_it.__context__, sqlite3.OperationalError("database or disk is full")):
        assert shortage(error, tmp_path).startswith("The disk ran full: ")


@pytest.mark.parametrize("error", [ZeroDivisionError(), OSError(errno.EACCES, "no"), RuntimeError("shape mismatch"), KeyError("memory")])
def test_anything_else_is_no_shortage(error, tmp_path):
    assert shortage(error, tmp_path) is None
