"""The figures of a report beside those of a run that is its recipe."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.jobs.published_figures import Beside
from core.jobs.published_reports import Report
from core.published.published import FACTS
from core.runs.run import Run
from pages.components import cached_compare
from pages.components.compare_head import split_words
from pages.components.setting_widget import title_of


def show(root: Path, runs: list[Run], titles: dict[str, str]) -> pd.DataFrame:
    """A table per run and report; returns all of them in one, as it is to be downloaded."""
    found = cached_compare.reports(str(root), tuple(run.run_id for run in runs))
    if not any(found.values()):
        words = "None of these runs is a published recipe. The train page offers all of them under Published recipe."
        st.info(words, icon=":material/menu_book:")
    rows = []
    for run in runs:
        for report in found[run.run_id]:
            _report(report, titles[run.run_id], f"{run.run_id}_{report.published.id}")
            rows += [{"run_id": run.run_id, "run": titles[run.run_id], "published": report.published.id, **one.as_dict(),
                      "not_comparable": report.reason} for one in report.figures]  # fmt: skip
    return pd.DataFrame(rows)


def _report(report: Report, title: str, key: str) -> None:
    published = report.published
    st.subheader(f"{title}: {published.title}", anchor=False)
    st.caption(published.source)
    if report.reason:
        st.warning(f"Not comparable: {report.reason}.", icon=":material/balance:")
    table = pd.DataFrame([_row(one) for one in report.figures])
    words = f"Published figures of {published.id} beside {title}"
    st.dataframe(table, hide_index=True, key=f"published_{key}", height="content", alt=words)
    st.caption(f"Both at the report's threshold, {published.rule}, whatever the run's own is. Ours has no interval here: the table of "
               "metrics has it, at the run's own threshold.")  # fmt: skip


def _row(one: Beside) -> dict:
    figure = one.figure
    name = title_of(figure.name) + (f" of {figure.label}" if figure.label else "")
    is_both = isinstance(figure.value, int | float) and isinstance(one.ours, int | float)
    difference = f"{one.ours - figure.value:+.3f}" if is_both and figure.split != FACTS else ""
    return {"Figure": name, "Split": "" if figure.split == FACTS else split_words(figure.split), "Published": _plain(figure.value),
            "Ours": _plain(one.ours), "Ours minus published": difference, "To know": figure.words}  # fmt: skip


def _plain(value) -> str:
    if value is None:
        return "not available"
    if isinstance(value, tuple):
        return " | ".join(" ".join(f"{count:,}" for count in row) for row in value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"
