"""The upper half of the comparison: one table at a time (metrics, settings, cost, published figures), each to be downloaded."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from core.evaluation.intervals import Interval
from core.evaluation.metrics import METRICS
from core.evaluation.scorecard import Entry
from core.figures.bars import interval_figure
from core.runs.learning import AT
from core.runs.run import Run
from core.runs.seeds import seed_groups
from pages.components import cost, counted, metric_table, published_beside, seed_fold, settings_table
from pages.components.compare_head import Asked
from pages.components.line_chart import line_chart

_AGAIN = 1.5  # seconds between two looks
_TABLES = {"metrics": "Metrics", "settings": "What differs", "cost": "Cost", "published": "Published figures"}


@dataclass(frozen=True)
class Switches:
    """What the visitor wants to see of a table."""

    only_differing: bool = False
    is_folded: bool = False
    is_drawn: bool = False
    with_epochs: bool = False


def show(root: Path, runs: list[Run], titles: dict[str, str], asked: Asked) -> None:
    """The tables; while intervals are counted, this part alone looks again and again."""
    waits = counted.begin(root, runs, asked)
    st.fragment(_tables, run_every=_AGAIN if waits else None)(root, runs, titles, asked, waits)


def _tables(root: Path, runs: list[Run], titles: dict[str, str], asked: Asked, waits: bool) -> None:
    """The choice of a table, the table, its download."""
    found = counted.entries(root, runs, asked)
    if waits and not counted.is_in_work(found):
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        shown = st.segmented_control("Table", list(_TABLES), default="metrics", required=True, key="table", bind="query-params",
                                     format_func=_TABLES.get)  # fmt: skip
        switches = _switches(shown, runs)
    if shown == "metrics":
        table = _metrics(root, runs, titles, found, asked, switches)
    elif shown == "settings":
        table = settings_table.show(runs, titles, switches.only_differing)
    else:
        table = cost.show(root, runs, titles, found, asked) if shown == "cost" else published_beside.show(root, runs, titles)
    if not table.empty:
        _download(table, f"{shown}-{asked.split}" if shown != "settings" else shown)


def _switches(shown: str, runs: list[Run]) -> Switches:
    """Those of the table that is shown; the others are off."""
    if shown == "settings":
        return Switches(only_differing=_switch("Only what differs", "differs", len(runs) > 1, len(runs) > 1))
    if shown != "metrics":
        return Switches()
    can_fold = len(seed_groups(runs)) < len(runs)
    return Switches(
        is_folded=_switch("Fold seeds", "fold", False, can_fold, "One row for all seeds of a recipe on the same data."),
        is_drawn=_switch("Draw intervals", "intervals", True),
        with_epochs=_switch("Epochs", "epochs", True, words=f"Each metric on validation after every epoch, at a threshold of {AT}."),
    )


def _switch(title: str, key: str, is_on: bool, can_be: bool = True, words: str | None = None) -> bool:
    return st.toggle(title, is_on, key=key, bind="query-params", disabled=not can_be, help=words) and can_be


def _metrics(
    root: Path, runs: list[Run], titles: dict[str, str], found: dict[str, dict[str, Entry]], asked: Asked, switches: Switches
) -> pd.DataFrame:
    """The table of metrics, folded or not, and below it the one that is drawn large."""
    if switches.is_folded:
        table = seed_fold.show(runs, titles, found, asked, switches.is_drawn)
    else:
        table = metric_table.show(root, runs, titles, found, asked, switches.is_drawn, switches.with_epochs)
    metric = METRICS[asked.drawn]
    known = {titles[run.run_id]: _interval(found[run.run_id][asked.drawn]) for run in runs}
    known = {title: one for title, one in known.items() if one}
    if known:
        words = f"{metric.title}, {asked.scores_of}"
        line_chart(interval_figure(known, words), "intervals_drawn", f"{words}: each run with its 95 % interval", f"intervals-{words}")
    st.caption(metric.definition)
    return table


def _interval(entry: Entry) -> Interval | None:
    return None if entry.low is None else Interval(entry.value, entry.low, entry.high, entry.method)


def _download(table: pd.DataFrame, name: str) -> None:
    file = "".join(letter if letter.isalnum() or letter == "-" else "-" for letter in name)
    st.download_button("Download this table", table.to_csv(index=False), f"{file}.csv", "text/csv", key="table_csv",
                       icon=":material/download:")  # fmt: skip
