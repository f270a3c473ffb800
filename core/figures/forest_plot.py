"""The forest plot: a metric with its interval for each subgroup and run. Small subgroups are grey; what cannot be had says so."""

from core.evaluation.subgroups import ALL, Subgroup
from core.figures.run_rows import broken, height_of, not_available, place, row_layout
from core.figures.style import QUIET, axis, color_of, dash_of, figure, symbol_of


def forest_figure(subgroups: dict[str, list[Subgroup]], metric: str, title: str | None = None, height: int | None = None) -> dict:
    """Subgroups by run title, a row per subgroup with a place for each run; `title` is what the axis calls the metric.

    Where a run has a row of all images, a line marks its value.
    """
    names = list(dict.fromkeys(one.value for groups in subgroups.values() for one in groups))
    runs = len(subgroups)
    ends = [end for groups in subgroups.values() for one in groups for end in _ends(one, metric)]
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    margin = max(high - low, 0.02) * 0.06
    traces = []
    for number, (run, groups) in enumerate(subgroups.items()):
        places = {one.value: place(names.index(one.value), number, runs) for one in groups}
        traces += _of_run(number, run, groups, places, metric, low)
    layout = row_layout([_row_name(name, subgroups) for name in names])
    layout["shapes"] += [line for number, groups in enumerate(subgroups.values()) for line in _overall(number, groups, metric)]
    across = axis(f"{title or metric}, 95 % interval", low - margin, high + margin)
    return figure(traces, height or height_of(len(names), runs), xaxis=across, **layout)


def _ends(one: Subgroup, metric: str) -> list[float]:
    interval, value = one.intervals[metric], one.metrics[metric]
    return [interval.low, interval.high] if interval else [] if value is None else [value]


def _row_name(name: str, subgroups: dict[str, list[Subgroup]]) -> str:
    """The name of a subgroup and how many images it has, in each run where they differ."""
    found = [one for groups in subgroups.values() for one in groups if one.value == name]
    images = " / ".join(dict.fromkeys(f"{one.images:,}" for one in found))
    return f"{broken(name)}<br><i>n {images}{', few' if any(one.is_small for one in found) else ''}</i>"


def _of_run(number: int, run: str, groups: list[Subgroup], places: dict[str, float], metric: str, low: float) -> list[dict]:
    """A trace of the large subgroups (there, if empty, for the legend), one of the small, and one of those without a value."""
    known = [one for one in groups if one.metrics[metric] is not None]
    large, small = ([one for one in known if one.is_small is few] for few in (False, True))
    traces = [_dots(number, run, large, places, metric, color_of(number)) | {"showlegend": True}]
    if small:
        traces.append(_dots(number, run, small, places, metric, QUIET))
    missing = [(places[one.value], one.unavailable[metric]) for one in groups if one.metrics[metric] is None]
    return [*traces, not_available(number, run, missing, low, QUIET)] if missing else traces


def _dots(number: int, run: str, groups: list[Subgroup], places: dict[str, float], metric: str, color: str) -> dict:
    values = [one.metrics[metric] for one in groups]
    above = [_ends(one, metric)[-1] - value for one, value in zip(groups, values, strict=True)]
    below = [value - _ends(one, metric)[0] for one, value in zip(groups, values, strict=True)]
    return {
        "type": "scatter", "mode": "markers", "name": run, "legendgroup": str(number), "showlegend": False,
        "x": values or [None], "y": [places[one.value] for one in groups] or [None], "customdata": [_told(one, metric) for one in groups],
        "marker": {"size": 9, "color": color, "symbol": symbol_of(number)},
        "error_x": {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": color, "thickness": 2, "width": 4},
        "hovertemplate": f"{run}<br>%{{customdata}}<extra></extra>",
    }  # fmt: skip


def _told(one: Subgroup, metric: str) -> str:
    interval, value = one.intervals[metric], one.metrics[metric]
    span = f"{value:.3f} ({interval.low:.3f} to {interval.high:.3f}), {interval.method}" if interval else (
        f"{value:.3f}; {one.unavailable[metric]}"
    )  # fmt: skip
    positives = "" if one.positives is None else f", {one.positives:,} positive"
    return f"{one.value}: {span}<br>{one.images:,} images{positives}{', few' if one.is_small else ''}"


def _overall(number: int, groups: list[Subgroup], metric: str) -> list[dict]:
    values = [one.metrics[metric] for one in groups if one.value == ALL and one.metrics[metric] is not None]
    line = {"color": color_of(number), "width": 1, "dash": dash_of(number)}
    return [
        {"type": "line", "x0": value, "x1": value, "yref": "paper", "y0": 0, "y1": 1, "line": line, "layer": "below"} for value in values
    ]
