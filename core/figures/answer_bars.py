"""A run's scores of one picture: a bar for each label with its threshold on it, and how far the score moves with small changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.figures.style import NEGATIVE, POSITIVE, QUIET, axis, figure

_ROW, _FRAME, _HALF = 34, 44, 0.42  # px a row and around all rows; half of a row's place
_ZONE = "rgba(138,143,152,0.28)"


@dataclass(frozen=True)
class AnswerBar:
    """One label: `score` 0..1, its `threshold` (None where the highest score decides), whether it is `called`.

    `moved` is the lowest and the highest score over small changes of the picture, `zone` both ends of the grey zone; None where there
    is none to show.
    """

    label: str
    score: float
    threshold: float | None
    called: bool
    moved: tuple[float, float] | None = None
    zone: tuple[float, float] | None = None


def answer_bars_figure(bars: Sequence[AnswerBar]) -> dict:
    """The bars from top to bottom, 0 to 1."""
    names = [bar.label for bar in bars]
    trace = {
        "type": "bar", "orientation": "h", "x": [bar.score for bar in bars], "y": names, "width": 0.56, "showlegend": False,
        "marker": {"color": [POSITIVE if bar.called else NEGATIVE for bar in bars],
                   "pattern": {"shape": ["/" if bar.called else "" for bar in bars], "solidity": 0.25}},
        "error_x": _spread(bars), "customdata": [_words(bar) for bar in bars], "hovertemplate": "%{y}: %{customdata}<extra></extra>",
    }  # fmt: skip
    shapes = [shape for row, bar in enumerate(bars) for shape in _shapes(row, bar)]
    rows = {"autorange": "reversed", "automargin": True, "fixedrange": True, "visible": len(bars) > 1, "showgrid": False}
    made = figure([trace], _FRAME + _ROW * len(bars), xaxis=axis("", 0, 1, fixedrange=True), yaxis=rows, shapes=shapes)
    made["layout"]["margin"] = {"l": 4, "r": 8, "t": 4, "b": 22}
    return made


def answer_alt(title: str, bars: Sequence[AnswerBar]) -> str:
    """The figure in words, for those who do not see it."""
    return f"{title}: " + "; ".join(f"{bar.label} {_words(bar)}" for bar in bars)


def _words(bar: AnswerBar) -> str:
    line = "" if bar.threshold is None else f", threshold {bar.threshold:.3f}"
    return f"score {bar.score:.3f}{line}" + ("" if bar.moved is None else f", {bar.moved[0]:.3f} to {bar.moved[1]:.3f} with small changes")


def _spread(bars: Sequence[AnswerBar]) -> Mapping:
    ends = [bar.moved or (bar.score, bar.score) for bar in bars]
    above = [max(high - bar.score, 0.0) for bar, (_, high) in zip(bars, ends, strict=True)]
    below = [max(bar.score - low, 0.0) for bar, (low, _) in zip(bars, ends, strict=True)]
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": QUIET, "thickness": 2, "width": 5}


def _shapes(row: int, bar: AnswerBar) -> list[dict]:
    place = {"yref": "y", "y0": row - _HALF, "y1": row + _HALF}
    zone = [] if bar.zone is None else [
        {"type": "rect", "x0": bar.zone[0], "x1": bar.zone[1], **place, "fillcolor": _ZONE, "line": {"width": 0}, "layer": "below"}
    ]  # fmt: skip
    line = {"color": QUIET, "width": 3}
    return zone + ([] if bar.threshold is None else [{"type": "line", "x0": bar.threshold, "x1": bar.threshold, **place, "line": line}])
