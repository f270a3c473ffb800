"""What a pair of runs says, in a sentence: which is better, by how much, and whether the images at hand can tell them apart."""

from dataclasses import replace

from core.evaluation.metrics import METRICS
from core.evaluation.pair import Pair

SIGNIFICANT = 0.05  # for 95 % intervals
_NO_SHARES = ("log_loss",)  # has no points, that is hundredths
_NAMES = ("Brier", "Matthews", "Youden's", "Hamming")


def told(pair: Pair, tests: int) -> Pair:
    """The pair with its sentence. `tests` is how many pairs Holm's p is adjusted for."""
    return replace(pair, sentence=_sentence(pair, tests))


def metric_in_words(metric: str) -> str:
    """A metric's title as it stands within a sentence."""
    title = METRICS[metric].title
    is_name = title.split()[0] in _NAMES or title.split()[0][1:] != title.split()[0][1:].lower() or len(title) == 2
    return title if is_name else title[0].lower() + title[1:]


def _sentence(pair: Pair, tests: int) -> str:
    if pair.unavailable is not None:
        return f"{pair.first} and {pair.second}: not available: {pair.unavailable}."
    metric, better_is_more = metric_in_words(pair.metric), METRICS[pair.metric].higher_is_better
    if pair.difference == 0 and pair.low == pair.high:
        return f"{pair.first} and {pair.second} are alike on the {pair.images} images: no difference in {metric}."
    if pair.difference == 0:
        low, high = (_number(pair.metric, value) for value in (pair.low, pair.high))
        return (
            f"{pair.first} and {pair.second} have the same {metric}; 95 % interval of the difference {low} to {high}: "
            f"{_verdict(pair, tests)} with {pair.images} images."
        )
    leads = (pair.difference > 0) == better_is_more
    better, worse = (pair.first, pair.second) if leads else (pair.second, pair.first)
    low, high = (pair.low, pair.high) if leads == better_is_more else (-pair.high, -pair.low)
    unit = f"points of {metric}" if pair.metric not in _NO_SHARES else f"of {metric}"
    less = "" if better_is_more else " (less is better)"
    gap, low, high = (_number(pair.metric, value) for value in (abs(pair.difference), low, high))
    return (
        f"{better} beats {worse} by {gap} {unit}{less}; 95 % interval {low} to {high}: {_verdict(pair, tests)} with {pair.images} images."
    )


def _verdict(pair: Pair, tests: int) -> str:
    if pair.p_holm < SIGNIFICANT:
        return "resolved"
    if pair.p < SIGNIFICANT:
        return f"resolved by itself, but not among {tests} pairs (Holm's p {pair.p_holm:.2g})"
    return "not resolved"


def _number(metric: str, difference: float) -> str:
    """Hundredths with one digit (a log loss: itself with three), or as many as show that it is not 0."""
    number, digits = (difference, 3) if metric in _NO_SHARES else (100 * difference, 1)
    return f"{number:.{digits}f}" if abs(number) >= 0.5 * 10**-digits or number == 0 else f"{number:.1g}"
