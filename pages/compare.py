"""Runs side by side: numbers with intervals, curves, paired tests in words, what differs, and cost."""

import pandas as pd
import streamlit as st

from core.evaluation.intervals import Interval
from core.evaluation.metrics import METRICS
from core.figures.bars import interval_figure
from pages.components import cached, compare_tabs, view
from pages.components.wording import duration, thousands, with_interval

SHOWN_FIRST = ["roc_auc", "sensitivity", "specificity", "accuracy", "f1"]

root = view.open_page(
    "Compare", "Overlapping intervals mean that the images at hand may not tell the runs apart; the tests below say it in words."
)
with view.told():
    runs = view.runs_in_view()
    if not runs:
        view.empty("compare", "No run is in view. Choose runs in the sidebar, or train the starter comparison.", "start", "Go to start")
view.synthetic_note(runs)

with st.container(horizontal=True, vertical_alignment="bottom"):
    split = st.segmented_control("Split", ["test", "val"], default="test", required=True, key="split", bind="query-params",
                                 format_func={"test": "Test", "val": "Validation"}.get)  # fmt: skip
    metrics = st.multiselect("Metrics", list(METRICS), default=SHOWN_FIRST, key="metrics", bind="query-params",
                             format_func=lambda name: METRICS[name].title)  # fmt: skip

with view.told():
    found = cached.comparison(str(root), tuple(run.run_id for run in runs), split, tuple(view.thresholds_of(run) for run in runs))


def interval_of(row: dict, metric: str) -> Interval | None:
    """The stored interval of a row's metric."""
    stored = row["intervals"][f"{split}/{metric}"]
    return Interval(**stored) if stored else None


def table_row(row: dict) -> dict:
    """One line of the table."""
    first = {"Run": row["title"], "Model": row["description"], f"Images, {split}": row["images"]}
    numbers = {METRICS[name].title: with_interval(interval_of(row, name)) for name in metrics}
    cost = {"Training": duration(row["seconds"]), "Learned numbers": thousands(row["parameters"])}
    return first | numbers | {"Threshold": row["rule"]} | cost


if len({run.data.fingerprint for run in runs}) > 1:
    st.warning("These runs were trained on different data: their numbers stand side by side but cannot be tested against each other.",
               icon=":material/warning:")  # fmt: skip
table = pd.DataFrame([table_row(row) for row in found["rows"]])
st.dataframe(table, hide_index=True, alt=f"Metrics of the runs in view on {split}, with 95 % intervals")

drawn = st.segmented_control("Drawn", metrics or SHOWN_FIRST, default=(metrics or SHOWN_FIRST)[0], required=True, key="drawn",
                             format_func=lambda name: METRICS[name].title)  # fmt: skip
estimates = {row["title"]: interval_of(row, drawn) for row in found["rows"] if interval_of(row, drawn)}
st.plotly_chart(interval_figure(estimates, f"{METRICS[drawn].title}, {split}"), key="intervals",
                alt=f"{METRICS[drawn].title} of each run with its 95 % interval")  # fmt: skip
st.caption(METRICS[drawn].definition)

compare_tabs.show(root, runs, found, split)
st.download_button("Download the table", table.to_csv(index=False), f"comparison-{split}.csv", "text/csv", icon=":material/download:")
