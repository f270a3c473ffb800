"""A metric in each subgroup of the images: a forest plot with all runs, and its table."""

import pandas as pd
import streamlit as st

from core.evaluation.metrics import METRICS, metrics_of
from core.evaluation.subgroups import SMALL, Subgroup
from core.figures.forest_plot import forest_figure
from core.runs.run import Run
from pages.components import cached, cached_compare
from pages.components.chart import chart
from pages.components.compare_scope import Scope, download, gather, tell_missing
from pages.components.view import keep_known, thresholds_of
from pages.components.wording import share


def show(scope: Scope) -> None:
    """Which group and metric, the plot, the table."""
    groups, missing = gather(scope, lambda run: tuple(cached.predictions(str(scope.root), run.run_id, scope.split).groups))
    known = list(dict.fromkeys(name for names in groups.values() for name in names))
    if not known:
        tell_missing(missing, "Subgroups")
        st.info(f"Nothing is known of the images of {scope.on} that makes groups: no sex, age, view or hospital came with them.",
                icon=":material/info:")  # fmt: skip
        return
    group, metric = _ask(scope, known)
    found, missing = gather(scope, lambda run: _of_run(scope, run, group, metric))
    title = METRICS[metric].title
    if found:
        chart(forest_figure(found, metric, f"{title}, {scope.said}"), key="figure_subgroups",
              alt=f"{title} on {scope.said} by {group}, with 95 % intervals, of each run")  # fmt: skip
        st.caption(f"{METRICS[metric].definition} On {scope.said}. Grey: fewer than {SMALL} images, which say little. The line is the "
                   "value on all images. Differences between subgroups are no test: their intervals may overlap by chance.")  # fmt: skip
        table = table_of(found, metric, group)
        st.dataframe(table.assign(**{name: table[name].map(share) for name in ("value", "low", "high")}), hide_index=True,
                     alt=f"{title} on {scope.on} by {group}")  # fmt: skip
        download(scope, f"{metric}-by-{group}", table)
    tell_missing(missing, f"{title} by {group}")


def _ask(scope: Scope, known: list[str]) -> tuple[str, str]:
    tasks = {"binary"} if scope.label else scope.tasks
    metrics = [name for name in METRICS if all(name in metrics_of(task) for task in tasks)]
    keep_known("group", known)
    keep_known("group_metric", metrics)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = st.selectbox("Subgroups by", known, key="group", bind="query-params", width=220)
        first = metrics.index(scope.metric) if scope.metric in metrics else 0
        metric = st.selectbox("Metric in each", metrics, index=first, key="group_metric", bind="query-params", width=260,
                              format_func=lambda name: METRICS[name].title)  # fmt: skip
    return group, metric


def _of_run(scope: Scope, run: Run, group: str, metric: str) -> list[Subgroup]:
    return cached_compare.subgroups(str(scope.root), run.run_id, scope.split, scope.label, thresholds_of(run), group, metric)


def table_of(found: dict[str, list[Subgroup]], metric: str, group: str) -> pd.DataFrame:
    """A row for each run and subgroup in a metric."""
    return pd.DataFrame([
        {"run": run, group: one.value, "images": one.images, "with a label": one.positives, "value": one.metrics[metric],
         "low": interval and interval.low, "high": interval and interval.high,
         "method": interval.method if interval else f"not available: {one.unavailable[metric]}"}
        for run, groups in found.items() for one in groups for interval in (one.intervals[metric],)
    ])  # fmt: skip
