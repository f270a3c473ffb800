"""The metrics of the runs in view, each with its 95 % interval, drawn, and how it went on validation while the run was trained."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.evaluation.metrics import METRICS
from core.evaluation.scorecard import Entry
from core.figures.interval_cell import WIDTH, interval_cell
from core.jobs.published_reports import Report
from core.runs.learning import AT
from core.runs.run import Run
from pages.components import cached_compare
from pages.components.compare_head import Asked
from pages.components.counted import IN_WORK

ROW_HEIGHT = 40  # px: drawings want more than a line of text


def show(
    root: Path, runs: list[Run], titles: dict[str, str], found: dict[str, dict[str, Entry]], asked: Asked, is_drawn: bool, with_epochs: bool
) -> pd.DataFrame:
    """The table; returns it as it is to be downloaded."""
    axes = {name: _axis([found[run.run_id][name] for run in runs]) for name in asked.metrics}
    rows, config = [], {"Run": st.column_config.TextColumn(pinned=True)}
    run_ids = tuple(run.run_id for run in runs)
    reports = {} if asked.label else cached_compare.reports(str(root), run_ids)
    epochs = cached_compare.epoch_values(str(root), run_ids, asked.metrics, asked.label) if with_epochs else {}
    for number, run in enumerate(runs):
        cells = {"Run": titles[run.run_id]}
        for name in asked.metrics:
            cells |= _estimate(number, found[run.run_id][name], METRICS[name].title, axes[name], is_drawn)
            cells |= _published(reports.get(run.run_id, []), name, asked)
            if with_epochs:
                cells[f"{METRICS[name].title} epochs"] = epochs[run.run_id, name] or None
        rows.append(cells | _facts(run, asked))
    for name in asked.metrics:
        config |= _columns(name, asked)
    st.dataframe(pd.DataFrame(rows), hide_index=True, row_height=ROW_HEIGHT, height="content", placeholder="", column_config=config,
                 alt=f"Metrics of the runs in view on {asked.scores_of}, with 95 % intervals")  # fmt: skip
    return plain_table(runs, titles, found, asked)


def plain_table(runs: list[Run], titles: dict[str, str], found: dict[str, dict[str, Entry]], asked: Asked) -> pd.DataFrame:
    """Value, limits and method of each metric in columns of their own."""
    rows = []
    for run in runs:
        row = {"run_id": run.run_id, "run": titles[run.run_id], "model": run.description, "data": run.data.title, "split": asked.split,
               "label": asked.label or "all"}  # fmt: skip
        for name, entry in found[run.run_id].items():
            row |= {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high, f"{name}_method": entry.method}
        rows.append(row | {"threshold_rule": run.operating_point.rule})
    return pd.DataFrame(rows)


def told(entry: Entry) -> str:
    """A metric as a cell says it ("0.945 (0.925 to 0.962)")."""
    if entry.value is None:
        return entry.method
    if entry.low is None:
        return f"{entry.value:.3f} ({entry.method if entry.method == IN_WORK else 'no interval'})"
    return f"{entry.value:.3f} ({entry.low:.3f} to {entry.high:.3f})"


def _estimate(number: int, entry: Entry, title: str, axis: tuple[float, float], is_drawn: bool) -> dict:
    """A metric in words and, where it is wanted, drawn."""
    if not is_drawn:
        return {title: told(entry)}
    drawing = None if entry.low is None else interval_cell(entry.value, entry.low, entry.high, axis, number)
    return {title: told(entry), f"{title} drawn": drawing}


def _published(reports: list[Report], name: str, asked: Asked) -> dict:
    """The figure of the report whose recipe the run is, and whether the two can be compared."""
    for report in reports:
        value = report.published_value(asked.split, name)
        if value is not None:
            return {f"{METRICS[name].title} published": f"{value:.3f}" + (", not comparable" if report.reason else "")}
    return {}


def _facts(run: Run, asked: Asked) -> dict:
    images = {"Images": run.data.images[asked.split]} if asked.split in run.data.images else {}
    return {"Threshold": run.operating_point.rule, **images, "Model": run.description, "Data": run.data.title}


def _columns(name: str, asked: Asked) -> dict:
    metric = METRICS[name]
    words = f"{metric.definition} On {asked.scores_of}, with its 95 % interval."
    return {
        metric.title: st.column_config.TextColumn(f"{metric.title}, {asked.split}", help=words),
        f"{metric.title} published": st.column_config.TextColumn(f"Published {metric.title}", help="The report's figure. The table of "
                                                                 "published figures tells its threshold, and why it may not compare."),
        f"{metric.title} drawn": st.column_config.ImageColumn("95 % interval", width=WIDTH + 16,
                                                              help=f"{metric.title}, all runs on one axis."),
        f"{metric.title} epochs": st.column_config.LineChartColumn("Epochs, val", width=90, help=f"{metric.title} on validation, "
                                                                   f"epoch by epoch, at a threshold of {AT}."),
    }  # fmt: skip


def _axis(column: list[Entry]) -> tuple[float, float]:
    """From the lowest to the highest limit of a column."""
    known = [entry for entry in column if entry.low is not None]
    return (min(entry.low for entry in known), max(entry.high for entry in known)) if known else (0.0, 1.0)
