"""Counts as bars, and estimates with their intervals on one axis."""

from core.evaluation.intervals import Interval
from core.figures.style import axis, color_of, figure, pattern_of

_MOST_UPRIGHT = 5  # classes; more do not fit side by side on a phone


def class_counts_figure(splits: dict[str, dict], height: int | None = None) -> dict:
    """Images per class in each split, from `Dataset.counts`: few classes as upright bars, many as a row each."""
    classes = list(next(iter(splits.values()))["per_class"])
    if len(classes) > _MOST_UPRIGHT:
        return _counts_in_rows(splits, classes, height or 90 + 46 * len(classes))
    traces = [
        {
            "type": "bar", "name": name, "x": list(splits), "y": [counts["per_class"][name] for counts in splits.values()],
            "text": [counts["per_class"][name] for counts in splits.values()], "textposition": "outside", "cliponaxis": False,
            "marker": _marker(number),
        }
        for number, name in enumerate(classes)
    ]  # fmt: skip
    return figure(traces, height or 280, barmode="group", xaxis=axis(""), yaxis=axis("Images"))


def _counts_in_rows(splits: dict[str, dict], classes: list[str], height: int) -> dict:
    """The splits as bars in each row, the commonest class first."""
    totals = {name: sum(counts["per_class"][name] for counts in splits.values()) for name in classes}
    ranked = sorted(classes, key=lambda name: -totals[name])
    traces = [
        {
            "type": "bar", "orientation": "h", "name": split, "y": ranked, "x": [counts["per_class"][name] for name in ranked],
            "text": [counts["per_class"][name] for name in ranked], "textposition": "outside", "cliponaxis": False,
            "textfont": {"size": 10}, "constraintext": "none",
            "marker": _marker(number),
        }
        for number, (split, counts) in enumerate(splits.items())
    ]  # fmt: skip
    rows = axis("", autorange="reversed", type="category", dtick=1)
    return figure(traces, height, barmode="group", xaxis=axis("Images"), yaxis=rows, bargap=0.2)


def _marker(number: int) -> dict:
    return {"color": color_of(number), "pattern": {"shape": pattern_of(number), "solidity": 0.2}}


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
    across = axis(f"{metric}, 95 % interval")
    return figure(traces, height or 70 + 44 * len(estimates), xaxis=across, yaxis=rows)
