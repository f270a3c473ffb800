"""Several seeds of one recipe in one row: how far a number depends on chance in the training."""

import pandas as pd
import streamlit as st

from core.evaluation.metrics import METRICS
from core.evaluation.scorecard import Entry
from core.evaluation.spread import Spread, spread
from core.figures.interval_cell import WIDTH, interval_cell
from core.runs.run import Run
from core.runs.seeds import SeedGroup, seed_groups
from pages.components.compare_head import Asked
from pages.components.metric_table import ROW_HEIGHT, told

_NOTE = (
    "One row for the seeds of a recipe on the same data: mean ± standard deviation, and in brackets the lowest and the highest seed. "
    "This is how far training by itself makes the number vary. The 95 % interval of a single run says how far the images that were met "
    "do. Runs are not put together: no interval is made of several runs."
)


def show(runs: list[Run], titles: dict[str, str], found: dict[str, dict[str, Entry]], asked: Asked, is_drawn: bool) -> pd.DataFrame:
    """The folded table; returns it as it is to be downloaded."""
    groups = seed_groups(runs)
    spreads = [_spreads(group, found, asked) for group in groups]
    axes = {name: _axis([one[name] for one in spreads]) for name in asked.metrics}
    rows = []
    for number, (group, one) in enumerate(zip(groups, spreads, strict=True)):
        cells = {"Recipe": _title(group, titles), "Seeds": ", ".join(map(str, group.seeds))}
        for name in asked.metrics:
            made = _cells(group, one[name], found[group.runs[0].run_id][name], METRICS[name].title, axes[name], number)
            cells |= made if is_drawn else {METRICS[name].title: made[METRICS[name].title]}
        rows.append(cells | {"Model": group.runs[0].description, "Data": group.runs[0].data.title})
    config = {"Recipe": st.column_config.TextColumn(pinned=True)}
    for name in asked.metrics:
        config |= _columns(name, asked)
    st.dataframe(pd.DataFrame(rows), hide_index=True, row_height=ROW_HEIGHT, height="content", placeholder="", column_config=config,
                 alt=f"Metrics on {asked.scores_of}, seeds of a recipe folded into mean and spread")  # fmt: skip
    st.caption(_NOTE)
    return plain_table(groups, spreads, titles, asked)


def plain_table(groups: list[SeedGroup], spreads: list[dict[str, Spread | None]], titles: dict[str, str], asked: Asked) -> pd.DataFrame:
    """Number of seeds, mean, standard deviation, lowest and highest of each metric in columns of their own."""
    rows = []
    for group, one in zip(groups, spreads, strict=True):
        row = {"recipe": _title(group, titles), "run_ids": " ".join(run.run_id for run in group.runs), "split": asked.split,
               "label": asked.label or "all"}  # fmt: skip
        for name, found in one.items():
            parts = ("n", "mean", "sd", "low", "high")
            row |= {f"{name}_{part}": getattr(found, part) if found else None for part in parts}
        rows.append(row)
    return pd.DataFrame(rows)


def _spreads(group: SeedGroup, found: dict[str, dict[str, Entry]], asked: Asked) -> dict[str, Spread | None]:
    return {name: spread([found[run.run_id][name].value for run in group.runs]) for name in asked.metrics}


def _cells(group: SeedGroup, one: Spread | None, first: Entry, title: str, axis: tuple[float, float], number: int) -> dict:
    if one is None or len(group.runs) == 1:
        return {title: told(first), f"{title} drawn": None}
    of = "" if one.n == len(group.runs) else f", of {one.n}"
    sd = "" if one.sd is None else f" ± {one.sd:.3f}"
    drawn = interval_cell(one.mean, one.low, one.high, axis, number, is_dashed=True)
    return {title: f"{one.mean:.3f}{sd} ({one.low:.3f} to {one.high:.3f}){of}", f"{title} drawn": drawn}


def _columns(name: str, asked: Asked) -> dict:
    metric = METRICS[name]
    return {
        metric.title: st.column_config.TextColumn(f"{metric.title}, {asked.split}", help=f"{metric.definition} On {asked.scores_of}."),
        f"{metric.title} drawn": st.column_config.ImageColumn("Seeds", width=WIDTH + 16, help="From the lowest to the highest seed."),
    }


def _axis(column: list[Spread | None]) -> tuple[float, float]:
    known = [one for one in column if one and one.n > 1]
    return (min(one.low for one in known), max(one.high for one in known)) if known else (0.0, 1.0)


def _title(group: SeedGroup, titles: dict[str, str]) -> str:
    first = titles[group.runs[0].run_id]
    return first if len(group.runs) == 1 else f"{len(group.runs)} seeds of {first}"
