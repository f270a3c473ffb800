"""How far a command is, line by line on stderr, where it disturbs no document."""

import sys


def tell(text: str, seconds_left: float | None = None) -> None:
    """One line."""
    left = f"  about {seconds_left:.0f} s left" if seconds_left else ""
    print(f"{text}{left}", file=sys.stderr, flush=True)


def tell_reading(done: int, total: int) -> None:
    """How many images are read."""
    tell(f"reading images  {done}/{total}")
