"""Numbers and times as people read them."""

import time
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from core.evaluation.intervals import Interval


def share(value: float | None) -> str:
    """A metric ("0.945")."""
    return "n/a" if value is None else f"{value:.3f}"


def with_interval(one: Interval | None) -> str:
    """A metric with its 95 % interval ("0.945 (0.925 to 0.962)")."""
    return "n/a" if one is None else f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"


def p_value(p: float) -> str:
    """A p-value ("p = 0.012")."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def duration(seconds: float) -> str:
    """Seconds as "45 s", "3 min 20 s" or "2 h 5 min"."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def about(seconds: float) -> str:
    """An expected time, in no more digits than it deserves ("12 s", "2 min", "1.5 h")."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def ago(moment: float) -> str:
    """How long ago a moment, in seconds since 1970, was."""
    passed = max(time.time() - moment, 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if passed >= size:
            return f"{int(passed // size)} {unit} ago"
    return "just now"


def thousands(number: int) -> str:
    """A count with thin gaps ("287,009")."""
    return f"{number:,}"


def short_count(number: int) -> str:
    """A large count in short ("11.2 M")."""
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return str(number)


def memory(size: int) -> str:
    """Bytes as people count them ("1.2 GB")."""
    return f"{short_count(size)}B" if size >= 1000 else f"{size} B"


def short_name(image_id: str) -> str:
    """An image's name without folder and suffix, short enough to stand below a thumbnail."""
    return PurePosixPath(image_id).stem[:16]


def plain(text: str) -> str:
    """A text with names from files in it, such that a page draws no picture, link or colour from it."""
    return text.replace("[", "\\[").replace("]", "\\]")


def distinct(titles: Mapping[str, str]) -> dict[str, str]:
    """Titles by name; a title that several names have gets the name behind it, so that a choice and a link mean one thing."""
    several = Counter(titles.values())
    return {name: title if several[title] == 1 else f"{title} ({name})" for name, title in titles.items()}
