"""Counts as bars, and estimates with their intervals on one axis."""

from core.evaluation.intervals import Interval
from core.figures.style import axis, color_of, figure

_PATTERNS = ("", "/", "x", ".", "-")


def class_counts_figure(splits: dict[str, dict], height: int = 280) -> dict:
    """Images per class in each split, from `Dataset.counts`."""
    classes = list(next(iter(splits.values()))["per_class"])
    traces = [
        {
            "type": "bar", "name": name, "x": list(splits), "y": [counts["per_class"][name] for counts in splits.values()],
            "text": [counts["per_class"][name] for counts in splits.values()], "marker": {"color": color_of(number),
            "pattern": {"shape": _PATTERNS[number % len(_PATTERNS)], "solidity": 0.2}},
        }
        for number, name in enumerate(classes)
    ]  # fmt: skip
    return figure(traces, height, barmode="group", xaxis=axis(""), yaxis=axis("Images"))


def interval_figure(estimates: dict[str, Interval], metric: str, height: int | None = None) -> dict:
    """One dot with its 95 % interval per run, on one axis, so that overlap is seen before it is read."""
    traces = [
        {
            "type": "scatter", "mode": "markers", "x": [one.value], "y": [title], "showlegend": False,
            "marker": {"size": 12, "color": color_of(number)},
            "error_x": {"type": "data", "symmetric": False, "array": [one.high - one.value], "arrayminus": [one.value - one.low],
                        "color": color_of(number), "thickness": 3, "width": 8},
            "hovertemplate": f"{title}<br>{metric} %{{x:.3f}} ({one.low:.3f} to {one.high:.3f})<extra></extra>",
        }
        for number, (title, one) in enumerate(estimates.items())
    ]  # fmt: skip
    rows = axis("", autorange="reversed", type="category")
    return figure(traces, height or 70 + 44 * len(estimates), xaxis=axis(f"{metric}, 95 % interval"), yaxis=rows)
