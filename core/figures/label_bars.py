"""A metric of each label as bars with their intervals, for several runs side by side."""

from core.evaluation.intervals import Interval
from core.figures.run_rows import broken, height_of, not_available, place, row_layout, thickness
from core.figures.style import QUIET, axis, color_of, figure, pale, pattern_of


def label_bars_figure(
    runs: dict[str, dict[str, Interval | None]],
    metric: str,
    unavailable: dict[str, dict[str, str]] | None = None,
    height: int | None = None,
) -> dict:
    """Intervals by run title and label, a row per label; None is shown as "not available", and why from `unavailable`, alike.

    `metric` is its name for the axis.
    """
    labels = list(dict.fromkeys(label for found in runs.values() for label in found))
    traces = []
    for number, (run, found) in enumerate(runs.items()):
        places = {label: place(labels.index(label), number, len(runs)) for label in found}
        traces.append(_bars(number, run, {label: one for label, one in found.items() if one}, places, len(runs)))
        reasons = (unavailable or {}).get(run, {})
        missing = [(places[label], f"{label}: {reasons.get(label, 'no interval')}") for label, one in found.items() if one is None]
        traces += [not_available(number, run, missing, 0.0, QUIET)] if missing else []
    ends = [one.high for found in runs.values() for one in found.values() if one]
    across = axis(f"{metric}, 95 % interval", 0, max([*ends, 0.1]) * 1.03)
    return figure(
        traces,
        height or height_of(len(labels), len(runs)),
        xaxis=across,
        barmode="overlay",
        showlegend=len(runs) > 1,
        **row_layout([broken(label) for label in labels]),
    )


def _bars(number: int, run: str, found: dict[str, Interval], places: dict[str, float], runs: int) -> dict:
    color, intervals = color_of(number), list(found.values())
    return {
        "type": "bar", "orientation": "h", "name": run, "legendgroup": str(number),
        "x": [one.value for one in intervals] or [None], "y": [places[label] for label in found] or [None],
        "width": thickness(runs) * 0.86,
        "marker": {"color": pale(color), "line": {"color": color, "width": 1},
                   "pattern": {"shape": pattern_of(number), "solidity": 0.2, "fillmode": "overlay", "fgcolor": color, "fgopacity": 0.6}},
        "error_x": {"type": "data", "symmetric": False, "array": [one.high - one.value for one in intervals],
                    "arrayminus": [one.value - one.low for one in intervals], "color": color, "thickness": 2.5, "width": 4},
        "customdata": [f"{label}: {one.value:.3f} ({one.low:.3f} to {one.high:.3f}), {one.method}" for label, one in found.items()],
        "hovertemplate": f"{run}<br>%{{customdata}}<extra></extra>",
    }  # fmt: skip
