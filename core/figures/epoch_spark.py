"""A value over the epochs of a training as a small line without axes, for a card."""

from collections.abc import Sequence

from core.figures.style import QUIET

_WIDTH, _HEIGHT, _EDGE = 300, 50, 3  # px of the drawing, which is scaled to its place


def epoch_spark(values: Sequence[float]) -> str:
    """An SVG drawing of two values or more, from the lowest to the highest."""
    low, high = min(values), max(values)
    points = " ".join(
        f"{_across(place / (len(values) - 1))},{_up((value - low) / ((high - low) or 1))}" for place, value in enumerate(values)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<polyline points="{points}" fill="none" stroke="{QUIET}" stroke-width="2" stroke-linejoin="round"/></svg>'
    )


def _across(share: float) -> float:
    return round(_EDGE + share * (_WIDTH - 2 * _EDGE), 1)


def _up(share: float) -> float:
    return round(_HEIGHT - _EDGE - share * (_HEIGHT - 2 * _EDGE), 1)
