"""What a network learns from, and the way of its batches to where it computes."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch

_SHARE_OF_GPU = 0.5  # of its free memory, which a whole set may take
_LOADED = 1024  # rows that go to a GPU at once


Batch = torch.Tensor | slice  # rows (B,) int64, or those that stand side by side


class Rows(Protocol):
    """Inputs, indexed by slices and arrays of rows like an array (n, ...), that need not be in memory. An array is one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of all inputs."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs of a network, `x` (n, ...) of any dtype that its task prepares, and their labels, `y` float32 (n, L)."""

    x: Rows
    y: np.ndarray


class Inputs:
    """Inputs that come to a device in batches.

    A GPU holds them whole where they are `read_often` and fit in half of its free memory, and the processor's memory those that are an
    array already. Others are gathered one batch ahead, in a thread, and pinned for a GPU: a set of any size takes no memory.
    """

    def __init__(self, x: Rows, device: torch.device, read_often: bool):
        self._x, self._device = x, device
        if device.type == "cpu":
            is_array = type(x) is np.ndarray and x.flags.writeable  # torch refuses others
            self._whole = torch.from_numpy(np.ascontiguousarray(x)) if is_array else None
        else:
            self._whole = _loaded(x, device) if read_often else None

    def batches(self, rows: Sequence[Batch]) -> Iterator[torch.Tensor]:
        """The inputs of each batch, on the device; not to be written to."""
        if self._whole is None:
            yield from (batch.to(self._device, non_blocking=True) for batch in self._gathered(rows))
        else:
            yield from (self._whole[_on(batch, self._device)] for batch in rows)

    def _gathered(self, rows: Sequence[Batch]) -> Iterator[torch.Tensor]:
        with ThreadPoolExecutor(1) as ahead:
            coming = ahead.submit(self._gather, rows[0])
            for batch in rows[1:]:
                found, coming = coming.result(), ahead.submit(self._gather, batch)
                yield found
            yield coming.result()

    def _gather(self, rows: Batch) -> torch.Tensor:
        some = self._x[rows if isinstance(rows, slice) else rows.numpy()]
        found = torch.from_numpy(np.require(some, requirements="CW"))  # torch refuses what may not be written
        return found.pin_memory() if self._device.type == "cuda" else found


def in_order(count: int, size: int) -> list[slice]:
    """All rows in batches, the last one shorter; one empty batch of no rows."""
    return [slice(start, min(start + size, count)) for start in range(0, max(count, 1), size)]


def shuffled(count: int, size: int, order: torch.Generator) -> list[torch.Tensor]:
    """Shuffled rows in full batches (a last short one would unsettle batch norm); one short batch where there is no full one."""
    rows = torch.randperm(count, generator=order)
    return [rows] if count < size else list(rows[: count // size * size].split(size))


def _on(batch: Batch, device: torch.device) -> Batch:
    return batch if isinstance(batch, slice) else batch.to(device, non_blocking=True)


def _loaded(x: Rows, device: torch.device) -> torch.Tensor | None:
    """All inputs as one tensor on a GPU; None where they would not fit."""
    first = x[:1]
    if first.nbytes * len(x) > _SHARE_OF_GPU * torch.cuda.mem_get_info(device)[0]:
        return None
    whole = torch.empty(x.shape, dtype=torch.from_numpy(first).dtype, device=device)
    for start in range(0, len(x), _LOADED):
        whole[start : start + _LOADED] = torch.from_numpy(np.ascontiguousarray(x[start : start + _LOADED]))
    return whole
