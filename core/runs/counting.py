"""Counts what pages want to show while they are read: one thread in the background, the latest wish first.

A page asks, waits a moment, shows what is there, and asks again. What was counted is kept beside the run, so nothing is lost when the
process ends.
"""

import heapq
import threading
import time
from collections.abc import Sequence
from functools import cache

from core.errors import CoreError
from core.evaluation.scorecard import NOT_AVAILABLE, Entry
from core.runs.kept_estimates import Wanted, count, known
from core.runs.run import Run
from core.runs.store import Store

_NOW, _AHEAD = 0, 1


class Counting:
    """The work of one store. Safe to be asked by several threads."""

    def __init__(self, store: Store):
        self._store = store
        self._waiting: list[tuple[int, int, int, Wanted]] = []  # urgency, minus the number of the wish, place in it
        self._wishes, self._failed = 0, {}
        self._change = threading.Condition()
        self._thread: threading.Thread | None = None

    def entries(self, runs: Sequence[Run], wanted: Sequence[Wanted], patience: float = 0.0) -> list[dict[str, Entry]]:
        """What is known of each, after at most `patience` seconds; what is missing is counted from now on.

        What cannot be counted is an entry that says why. Raises StoreError for a split that a run has no scores on.
        """
        ends, pairs = time.monotonic() + patience, list(zip(runs, wanted, strict=True))
        found = [self._known(run, one) for run, one in pairs]
        self._ask(_NOW, [one for have, one in zip(found, wanted, strict=True) if len(have) < len(one.names)])
        while (left := ends - time.monotonic()) > 0 and any(len(have) < len(one.names) for have, one in zip(found, wanted, strict=True)):
            with self._change:
                self._change.wait(min(left, 0.1))
            found = [self._known(run, one) for run, one in pairs]
        return found

    def ahead(self, wanted: Sequence[Wanted]) -> None:
        """Count this too, when nothing else waits: somebody may ask for it next."""
        self._ask(_AHEAD, wanted)

    def _known(self, run: Run, wanted: Wanted) -> dict[str, Entry]:
        if why := self._failed.get(_key(run, wanted)):
            return dict.fromkeys(wanted.names, Entry(None, None, None, f"{NOT_AVAILABLE}{why}"))
        return known(self._store, run, wanted)

    def _ask(self, urgency: int, wanted: Sequence[Wanted]) -> None:
        with self._change:
            self._wishes += 1
            waits = {(level, asked) for level, _, _, asked in self._waiting}
            for place, one in enumerate(wanted):
                if (urgency, one) not in waits:
                    heapq.heappush(self._waiting, (urgency, -self._wishes, place, one))
            if self._waiting and self._thread is None:
                self._thread = threading.Thread(target=self._work, name="counting", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        """Until nothing waits."""
        while True:
            with self._change:
                if not self._waiting:
                    self._thread = None
                    return
                wanted = heapq.heappop(self._waiting)[-1]
            self._count(wanted)
            with self._change:
                self._change.notify_all()

    def _count(self, wanted: Wanted) -> None:
        try:
            run = self._store.get(wanted.run_id)
        except CoreError:
            return  # it was deleted meanwhile
        try:
            count(self._store, run, wanted)
        except CoreError as error:
            self._failed[_key(run, wanted)] = str(error).rstrip(".")


def _key(run: Run, wanted: Wanted) -> tuple:
    return wanted, tuple(run.operating_point.thresholds.items())


@cache
def counting(root: str) -> Counting:
    """The one counter of a store in this process."""
    return Counting(Store(root))
