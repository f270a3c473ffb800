"""How fast something goes that is told as (done, total): units per second and seconds left."""

import time


class Pace:
    """The pace since the first call of `of`, or since `done` last fell, so that what was found done does not count as fast."""

    def __init__(self):
        self._begun, self._found, self._last = 0.0, 0, None

    def of(self, done: int, total: int) -> tuple[float, float] | tuple[None, None]:
        """Units per second and seconds left; None, None before anything was done."""
        now = time.perf_counter()
        if self._last is None or done < self._last:
            self._begun, self._found = now, done
        self._last = done
        if done == self._found or now == self._begun:
            return None, None
        per_second = (done - self._found) / (now - self._begun)
        return per_second, (total - done) / per_second
