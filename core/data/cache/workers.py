"""All cores on the chunks of a data set: threads for picture files, processes for pictures that are drawn.

Pillow decodes and resizes outside Python's lock, so threads suffice for it and start at once. Drawing a phantom is many small steps of
numpy inside the lock: only processes use more than one core for it. They are loky's, which neither fork the calling process nor run its
main script again, so that they can be started from a Streamlit page.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager

import joblib

from core.data.cache.chunk import ROWS, Chunk, decode_chunk, rows_of
from core.data.dataset import Reader

_WORTH_PROCESSES = 500  # pictures to be drawn: from here on, processes save more than the second that their start takes
_AHEAD = 3  # chunks per core that are in work or done and not yet fetched
_LOOK_SECONDS = 1.0  # between a process's looks at whether its parent lives
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")  # a process has one core


def decoded(reader: Reader, numbers: list[int], total: int, size: int, aspect: str, drawn: bool) -> Iterator[Chunk]:
    """The chunks of these numbers, in this order, of a reader of `total` rows; `drawn` where reading is Python's own work.

    Memory holds a few chunks at a time, however many are asked for. To be closed (`contextlib.closing`) if not used up.
    """
    with _pool(drawn and len(numbers) * ROWS >= _WORTH_PROCESSES) as pool:
        waiting: deque[Future] = deque()
        for number in numbers:
            rows = rows_of(number, total)
            waiting.append(pool.submit(decode_chunk, reader.select(rows), number, len(rows), size, aspect))
            if len(waiting) >= _AHEAD * joblib.cpu_count():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _pool(processes: bool) -> Iterator[Executor]:
    """As many workers as this process has cores; what is not begun when the block ends is never begun."""
    if processes:
        yield from _processes()
        return
    pool = ThreadPoolExecutor(joblib.cpu_count())
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _processes() -> Iterator[Executor]:
    from joblib.externals.loky import ProcessPoolExecutor  # late: most data sets need none

    pool = ProcessPoolExecutor(joblib.cpu_count(), env=os.environ | _ONE_THREAD, initializer=_end_with, initargs=(os.getpid(),))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, kill_workers=True)


def _end_with(parent: int) -> None:
    """Let this process end when its parent does, even if that was killed and could not say so."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
