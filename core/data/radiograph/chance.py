"""Random numbers that are the same on every machine: raw bits of PCG64, made into numbers by exact arithmetic and tables.

NumPy promises the bits of a bit generator for good, but not what its Generator makes of them, and the logarithms in there round
differently from machine to machine.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache, cached_property

import numpy as np

_GRID = 1 << 16  # table entries are rounded to this share of 1, far coarser than machines differ
_WORDS = 32  # raw numbers fetched at a time


def coarse(value: float) -> float:
    """A value on a grid of 2^-16: what two mathematical libraries round differently is equal here."""
    return round(value * _GRID) / _GRID


class Quantiles:
    """A distribution as a table of its quantiles, with straight lines between them."""

    def __init__(self, quantile: Callable[[np.ndarray], np.ndarray], points: int = 2048):
        self._quantile, self._points = quantile, points

    @cached_property
    def _table(self) -> np.ndarray:
        """Made when it is first asked for: most that import this draw nothing."""
        return np.array([coarse(float(value)) for value in self._quantile((np.arange(self._points) + 0.5) / self._points)])

    @cached_property
    def _values(self) -> list[float]:
        return self._table.tolist()

    def at(self, share: float) -> float:
        """The value below which `share` of the distribution lies, for a share of 0..1."""
        values = self._values
        place = min(max(share * len(values) - 0.5, 0.0), len(values) - 1.001)
        cell = int(place)
        return values[cell] + (place - cell) * (values[cell + 1] - values[cell])

    def each(self, shares: np.ndarray) -> np.ndarray:
        """The values of the table for shares of 0 to below 1, float64."""
        return self._table[(shares * len(self._table)).astype(np.intp)]


def beta(a: float, b: float) -> Quantiles:
    """The beta distribution."""

    def quantile(share: np.ndarray) -> np.ndarray:
        from scipy.special import betaincinv  # late: it takes a quarter of a second, and most that import this draw nothing

        return betaincinv(a, b, share)

    return Quantiles(quantile)


def normal(mean: float, deviation: float) -> Quantiles:
    """The normal distribution, cut off at 3.5 deviations."""
    return Quantiles(lambda share: mean + deviation * _standard_normal(share))


def _standard_normal(share: np.ndarray) -> np.ndarray:
    from scipy.special import ndtri  # late, as above

    return ndtri(share)


_NORMAL = normal(0, 1)
_STEPS = 32  # of the coarse normal values, per deviation


@cache
def _byte_to_normal() -> np.ndarray:
    """float32 (256,), on a grid of 1 / _STEPS."""
    return (np.rint(_standard_normal((np.arange(256) + 0.5) / 256) * _STEPS) / _STEPS).astype(np.float32)


class Chance:
    """A stream of random numbers that belongs to a key of whole numbers, each 0 or more."""

    def __init__(self, *key: int):
        self._bits = np.random.PCG64(np.random.SeedSequence(key))
        self._waiting: list[int] = []

    def share(self) -> float:
        """0 to below 1, uniform."""
        if not self._waiting:
            self._waiting = self._bits.random_raw(_WORDS).tolist()
        return (self._waiting.pop() >> 11) / (1 << 53)

    def uniform(self, low: float, high: float) -> float:
        """A value between two bounds."""
        return low + (high - low) * self.share()

    def normal(self, mean: float, deviation: float) -> float:
        """A value of the normal distribution, cut off at 3.5 deviations."""
        return mean + deviation * _NORMAL.at(self.share())

    def of(self, distribution: Quantiles) -> float:
        """A value of a distribution."""
        return distribution.at(self.share())

    def happens(self, probability: float) -> bool:
        """True with a probability."""
        return self.share() < probability

    def sign(self) -> float:
        """-1 or 1."""
        return -1.0 if self.happens(0.5) else 1.0

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to below `high`."""
        return low + int(self.share() * (high - low))

    def step(self, cumulated: Sequence[float]) -> int:
        """A whole number from 0 on: how many of the rising shares are passed."""
        share = self.share()
        return sum(share >= bound for bound in cumulated)

    def shares(self, count: int) -> np.ndarray:
        """Uniform values from 0 to below 1, float64 (count,)."""
        return (self._bits.random_raw(count) >> np.uint64(11)) / float(1 << 53)

    def order(self, count: int) -> np.ndarray:
        """The numbers from 0 to below `count` in random order."""
        return np.argsort(self._bits.random_raw(count), kind="stable")

    def bytes(self, count: int) -> np.ndarray:
        """Random bytes, uint8 (count,)."""
        return self._bits.random_raw(math.ceil(count / 8)).astype("<u8", copy=False).view(np.uint8)[:count]

    def normals(self, *shape: int) -> np.ndarray:
        """Normal values on a grid of 1/32, cut off at 2.9 deviations: float32 of a shape. One random byte makes one."""
        return _byte_to_normal().take(self.bytes(math.prod(shape))).reshape(shape)
