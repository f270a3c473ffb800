"""What the runs in view cost, and which of them are worth it: a table, and the accuracy against one of the costs."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.evaluation.intervals import Interval
from core.evaluation.metrics import METRICS
from core.evaluation.scorecard import Entry
from core.figures.pareto import pareto_figure
from core.inference.latency import PICTURE, REPEATS, measure_latency
from core.runs.cost import Cost, cost_of, keep_latency
from core.runs.run import Run
from core.runs.store import Store
from pages.components import cached
from pages.components.chart import chart
from pages.components.compare_head import Asked
from pages.components.metric_table import told as cell
from pages.components.view import thresholds_of, told
from pages.components.wording import duration, memory, thousands

_AXES = {
    "seconds": "Training, seconds", "parameters": "Learned numbers", "latency": "One image, milliseconds", "size": "Size on disk, bytes",
}  # fmt: skip

_COLUMNS = ("Learned numbers", "Training", "Images/s in training", "One image", "Size on disk")


def show(root: Path, runs: list[Run], titles: dict[str, str], found: dict[str, dict[str, Entry]], asked: Asked) -> pd.DataFrame:
    """The table, the button that measures, and the scatter; returns the table as it is to be downloaded."""
    costs = {run.run_id: cost_of(run, Store(root).history(run)) for run in runs}
    metric = METRICS[asked.drawn]
    rows = [_row(run, costs[run.run_id], found[run.run_id][asked.drawn], f"{metric.title}, {asked.scores_of}", titles) for run in runs]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=f"Cost of the runs in view beside their {metric.title} on {asked.scores_of}")
    _measure(root, [run for run in runs if run.has_weights and costs[run.run_id].latency is None])
    axis = st.segmented_control("Cost", list(_AXES), default="seconds", required=True, key="cost", bind="query-params",
                                format_func=_AXES.get)  # fmt: skip
    _scatter(runs, titles, costs, found, asked, axis)
    return _plain_table(runs, titles, costs, found, asked)


def _row(run: Run, cost: Cost, entry: Entry, metric: str, titles: dict[str, str]) -> dict:
    one = cost.latency
    first = {"Run": titles[run.run_id], metric: cell(entry)}
    if not run.has_weights:
        return first | dict.fromkeys(_COLUMNS, "not known: trained elsewhere")
    return first | {
        "Learned numbers": thousands(cost.parameters),
        "Training": duration(cost.seconds),
        "Images/s in training": f"{cost.images_per_second:,.0f}" if cost.images_per_second else "no epochs",
        "One image": f"{one.median:.1f} ms ({one.low:.1f} to {one.high:.1f})" if one else "not measured",
        "Size on disk": memory(cost.size) if cost.size else "no weights",
        "Trained on": run.device,
        "One image measured on": one.device if one else "",
    }


def _measure(root: Path, unknown: list[Run]) -> None:
    """The button that measures what was not, and how it is measured."""
    several = "" if len(unknown) == 1 else "s"
    if unknown and st.button(f"Measure the latency of {len(unknown)} run{several}", key="measure", icon=":material/timer:"):
        with st.status("Measuring", expanded=False) as status, told():
            for run in unknown:
                status.update(label=f"Measuring {run.title}")
                keep_latency(run, measure_latency(cached.predictor(str(root), run.run_id, thresholds_of(run))))
        st.rerun()
    st.caption("Seconds of training, device and learned numbers are of the run's record, images per second the median over its epochs, the "
               f"size is counted on disk with all that scoring needs. One image: median and middle 95 % of {REPEATS} times that a drawn "
               f"picture of {PICTURE} x {PICTURE} pixels was prepared and scored alone; measured once and kept.")  # fmt: skip


def _scatter(runs: list[Run], titles: dict[str, str], costs: dict[str, Cost], found: dict, asked: Asked, axis: str) -> None:
    metric, points, left_out = METRICS[asked.drawn], {}, []
    for run in runs:
        entry, cost = found[run.run_id][asked.drawn], _on_axis(costs[run.run_id], axis)
        if entry.value is None or not cost:
            left_out.append(titles[run.run_id])
            continue
        low, high = (entry.value, entry.value) if entry.low is None else (entry.low, entry.high)
        points[titles[run.run_id]] = (cost, Interval(entry.value, low, high, entry.method))
    if points:
        figure = pareto_figure(points, _AXES[axis], f"{metric.title}, {asked.scores_of}", metric.higher_is_better)
        chart(figure, key="pareto", alt=f"{metric.title} on {asked.scores_of} against {_AXES[axis]}, with the Pareto front")
        st.caption("A filled mark is on the Pareto front: no other run here is cheaper and at least as good, or as cheap and better. "
                   "Intervals that overlap leave it open which run is better.")  # fmt: skip
    if left_out:
        st.caption(f"Not drawn, since one of the two numbers is not known: {', '.join(left_out)}.")


def _on_axis(cost: Cost, axis: str) -> float | None:
    if axis == "latency":
        return cost.latency and cost.latency.median
    return getattr(cost, axis)


def _plain_table(runs: list[Run], titles: dict[str, str], costs: dict[str, Cost], found: dict, asked: Asked) -> pd.DataFrame:
    rows = []
    for run in runs:
        cost, entry, one = costs[run.run_id], found[run.run_id][asked.drawn], costs[run.run_id].latency
        rows.append({
            "run_id": run.run_id, "run": titles[run.run_id], "split": asked.split, "label": asked.label or "all", asked.drawn: entry.value,
            f"{asked.drawn}_low": entry.low, f"{asked.drawn}_high": entry.high, "parameters": cost.parameters, "seconds": cost.seconds,
            "images_per_second": cost.images_per_second, "size_bytes": cost.size, "latency_ms": one and one.median,
            "latency_low_ms": one and one.low, "latency_high_ms": one and one.high, "latency_device": one and one.device,
            "trained_on": run.device,
        })  # fmt: skip
    return pd.DataFrame(rows)
