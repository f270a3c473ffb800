"""Colours, dashes and the frame that every figure shares. Okabe-Ito colours, told apart without red and green."""

import numpy as np

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D46", "#7A7A7A", "#5E4FA2", "#B15928")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "pentagon", "hexagon", "triangle-down")
PATTERNS = ("", "/", "x", ".", "-", "\\", "|", "+")
NEGATIVE, POSITIVE = "#56B4E9", "#D55E00"
QUIET = "#8A8F98"  # readable on white and on black

_MARGIN = {"l": 8, "r": 8, "t": 28, "b": 8}
_LEGEND_BELOW = 84  # px below the plot: under the title of the axis


def figure(traces: list[dict], height: int, **layout) -> dict:
    """A figure as one dict, without a background of its own, so that it fits light and dark pages."""
    frame = {
        "height": height, "margin": _MARGIN, "paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)", "hovermode": "closest",
        "legend": {"orientation": "h", "y": -_LEGEND_BELOW / height, "x": 0}, "font": {"size": 13}, "uirevision": "keep",
    }  # fmt: skip
    return {"data": traces, "layout": frame | layout}


def headed(made: dict, words: str) -> dict:
    """The figure with words above it in small print: on which images its numbers are. It leaves with the picture."""
    return made | {"layout": made["layout"] | {"title": {"text": words, "font": {"size": 12}, "x": 0, "xref": "container"}}}


def axis(title: str, low: float | None = None, high: float | None = None, **more) -> dict:
    """An axis with its title; a range only where both ends are given."""
    bounds = {} if low is None else {"range": [low, high]}
    return {"title": {"text": title}, "automargin": True, "gridcolor": "rgba(128,128,128,0.25)", "zeroline": False, **bounds, **more}


def short(values: np.ndarray) -> list[float]:
    """Numbers for the browser, to six decimals. A list: an array is packed, and unpacked anew whenever Plotly looks at it again."""
    return np.round(np.asarray(values, np.float64), 6).tolist()


def color_of(number: int) -> str:
    """The colour of the n-th run in view."""
    return COLORS[number % len(COLORS)]


def dash_of(number: int) -> str:
    """The dash of the n-th run in view, a second cue beside the colour."""
    return DASHES[number % len(DASHES)]


def symbol_of(number: int) -> str:
    """The mark of the n-th run in view."""
    return SYMBOLS[number % len(SYMBOLS)]


def pattern_of(number: int) -> str:
    """The pattern of the n-th run's or class's bars."""
    return PATTERNS[number % len(PATTERNS)]


def pale(color: str) -> str:
    """A colour "#RRGGBB" that lets what is behind it through: an area under a line of the full colour."""
    return f"rgba({int(color[1:3], 16)},{int(color[3:5], 16)},{int(color[5:], 16)},0.4)"
