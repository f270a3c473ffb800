"""Loops that numba compiles when they are first called."""

from collections.abc import Callable

from numba import njit

_SETTINGS = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}  # a product and a sum may be one step


def loop(function: Callable[..., None]) -> Callable[..., None]:
    """Compiled once for this machine where the compiled code can be kept, else in each process."""
    try:
        return njit(cache=True, **_SETTINGS)(function)
    except RuntimeError:  # numba may write neither beside the code nor into the home folder
        return njit(**_SETTINGS)(function)
