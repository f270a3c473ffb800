"""F1 of a label over all thresholds as a small picture for the cell of a table, with the line and the frozen threshold on it."""

from urllib.parse import quote

import numpy as np

from core.figures.style import COLORS, QUIET

WIDTH, HEIGHT = 120, 30  # px
_EDGE = 3
_POINTS = 75


def label_spark(f1: np.ndarray, threshold: float, frozen: float) -> str:
    """A data URL of an SVG of (t,) F1 at equally spaced thresholds from 0 to 1, nan where there is none.

    The line stands where `threshold` is, dashed where `frozen` is.
    """
    lines = "".join(f'<polyline points="{" ".join(piece)}" fill="none" stroke="{COLORS[0]}" stroke-width="2"/>' for piece in _pieces(f1))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="M{_EDGE} {HEIGHT - 1}H{WIDTH - _EDGE}" stroke="{QUIET}" stroke-width="1" opacity="0.5"/>{lines}'
        f'<path d="M{_across(frozen)} 1V{HEIGHT - 1}" stroke="{QUIET}" stroke-width="2" stroke-dasharray="3 3"/>'
        f'<path d="M{_across(threshold)} 1V{HEIGHT - 1}" stroke="{COLORS[1]}" stroke-width="2.5"/></svg>'
    )
    return "data:image/svg+xml;utf8," + quote(svg)


def _pieces(f1: np.ndarray) -> list[list[str]]:
    """The points of each unbroken piece of the curve, as SVG has them."""
    places = np.unique(np.linspace(0, len(f1) - 1, min(_POINTS, len(f1))).round().astype(int))
    known = places[~np.isnan(f1[places])]
    breaks = np.flatnonzero(np.diff(np.searchsorted(places, known)) > 1) + 1
    return [[f"{_across(place / (len(f1) - 1))},{_up(f1[place])}" for place in piece] for piece in np.split(known, breaks) if len(piece)]


def _across(share: float) -> float:
    return round(_EDGE + float(share) * (WIDTH - 2 * _EDGE), 1)


def _up(value: float) -> float:
    return round(HEIGHT - 2 - float(value) * (HEIGHT - 2 * _EDGE), 1)
