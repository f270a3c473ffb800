"""The table of all runs: search, filter, sort; put some in view, pin, archive or delete them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from core.recipe import FAMILY_TITLES
from core.runs.marks import Marks
from core.runs.run import Run
from core.runs.store import Store
from pages.components import run_actions
from pages.components.wording import distinct

_TASKS = {"binary": "Two classes", "multiclass": "Several classes", "multilabel": "Several findings"}
_SORTS = {
    "newest": "Newest first", "auc": "Best ROC AUC on validation", "name": "Name", "quick": "Shortest training",
    "small": "Fewest parameters",
}  # fmt: skip
_ROWS_SHOWN = 12


@dataclass(frozen=True)
class Filters:
    """What the visitor asked the table for; empty means anything."""

    search: str
    data: str | None
    families: tuple[str, ...]
    tasks: tuple[str, ...]
    sort: str
    with_archived: bool


def show(root: Path, in_view: list[Run]) -> None:
    """A part that opens on demand; the table is made only then."""
    known = Store(root).runs()
    part = st.expander(f"Choose runs: {len(in_view)} of {len(known)} in view", expanded=not in_view, key="picker", on_change="rerun",
                       icon=":material/checklist:")  # fmt: skip
    if not part.open:
        return
    with part:
        marks = Marks(root)
        pinned, archived = marks.of("pinned"), marks.of("archived")
        found = picked(known, _filters(known), pinned, archived)
        if not found:
            st.info("No run is as asked for: search for something else, or show archived runs.", icon=":material/filter_alt_off:")
            return
        chosen = _table(found, {run.run_id for run in in_view}, pinned, archived)
        run_actions.show(root, chosen, in_view, pinned, archived)


def picked(runs: list[Run], filters: Filters, pinned: frozenset[str], archived: frozenset[str]) -> list[Run]:
    """The runs that fit, pinned ones first."""
    fitting = [run for run in runs if _fits(run, filters) and (filters.with_archived or run.run_id not in archived)]
    return sorted(sorted(fitting, key=_SORT_KEYS[filters.sort]), key=lambda run: run.run_id not in pinned)


def _fits(run: Run, filters: Filters) -> bool:
    words = f"{run.title} {run.run_id} {run.description} {run.data.title} {FAMILY_TITLES[run.recipe.family]}".casefold()
    return (
        all(part in words for part in filters.search.casefold().split())
        and filters.data in (None, run.data.title)
        and (not filters.families or run.recipe.family in filters.families)
        and (not filters.tasks or run.data.task in filters.tasks)
    )


def _auc(run: Run) -> float | None:
    return run.metrics.get("val/roc_auc")


_SORT_KEYS = {
    "newest": lambda run: -run.created,
    "auc": lambda run: -(_auc(run) or 0.0),
    "name": lambda run: run.title.casefold(),
    "quick": lambda run: run.seconds,
    "small": lambda run: run.parameters,
}


def _filters(runs: list[Run]) -> Filters:
    families = [family for family in FAMILY_TITLES if any(run.recipe.family == family for run in runs)]
    tasks = [task for task in _TASKS if any(run.data.task == task for run in runs)]
    with st.grid("auto", min_column_width=170):
        search = st.text_input("Search", key="find", type="search", bind="query-params", placeholder="Name, model or data")
        data = st.selectbox("Data", sorted({run.data.title for run in runs}), index=None, key="of_data", bind="query-params",
                            placeholder="All")  # fmt: skip
        family = st.multiselect("Family", families, key="of_family", bind="query-params", format_func=FAMILY_TITLES.get, placeholder="All")
        task = st.multiselect("Task", tasks, key="of_task", bind="query-params", format_func=_TASKS.get, placeholder="All")
        sort = st.selectbox("Sort", list(_SORTS), format_func=_SORTS.get, key="sort", bind="query-params")
    archived = st.toggle("Show archived runs", key="archived", bind="query-params")
    return Filters(search or "", data, tuple(family), tuple(task), sort, archived)


def _table(runs: list[Run], in_view: set[str], pinned: frozenset[str], archived: frozenset[str]) -> list[Run]:
    """The table; returns the runs of the rows that are selected."""
    titles = distinct({run.run_id: run.title for run in runs})
    rows = [_row(run, titles[run.run_id], in_view, pinned, archived) for run in runs]
    config = {
        "Trained": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        "ROC AUC, validation": st.column_config.NumberColumn(format="%.3f", help="At the end of training, to find runs by; the table "
                                                             "below has the 95 % intervals of those in view."),
        "Training, s": st.column_config.NumberColumn(format="%.0f"),
        "Parameters": st.column_config.NumberColumn(format="localized", help="Learned numbers."),
    }  # fmt: skip
    # Rows are selected by their place: another set of rows is another table.
    key = f"picked_{hash(tuple(run.run_id for run in runs))}"
    event = st.dataframe(pd.DataFrame(rows), hide_index=True, key=key, on_select="rerun", column_config=config,
                         height="auto" if len(rows) > _ROWS_SHOWN else "content", alt="All runs")  # fmt: skip
    return [runs[row] for row in event.selection.rows if row < len(runs)]


def _row(run: Run, title: str, in_view: set[str], pinned: frozenset[str], archived: frozenset[str]) -> dict:
    marks = [word for word, ids in (("in view", in_view), ("pinned", pinned), ("archived", archived)) if run.run_id in ids]
    return {
        "Run": title, "Marks": ", ".join(marks), "Model": run.description, "Data": run.data.title, "Task": _TASKS[run.data.task],
        "ROC AUC, validation": _auc(run), "Seed": run.recipe.seed, "Training, s": run.seconds, "Parameters": run.parameters,
        "Trained": datetime.fromtimestamp(run.created),
    }  # fmt: skip
