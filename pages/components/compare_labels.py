"""A metric of each class with its interval, runs side by side; and the classification report of a run, as table and as text."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.evaluation.classification_report import ClassificationReport
from core.evaluation.intervals import Interval
from core.evaluation.metrics import LABEL_METRICS, METRICS
from core.evaluation.scorecard import NOT_AVAILABLE, Entry
from core.figures.label_bars import label_bars_figure
from core.runs.counting import counting
from core.runs.kept_estimates import Wanted
from core.runs.run import Run
from pages.components import cached, cached_compare
from pages.components.chart import chart
from pages.components.compare_scope import Scope, download, tell_missing
from pages.components.view import keep_known, thresholds_of

_IN_WORK = "its intervals are being counted"
_PATIENCE, _AGAIN = 0.5, 1.5  # seconds: to wait at first, and between two looks
_ZERO_ONE = "Bars begin at 0; the thin line is the 95 % interval."


def show(scope: Scope) -> None:
    """Bars, their table, then the report."""
    metric = st.selectbox("Metric of each class", LABEL_METRICS, index=_first(scope), key="class_metric", bind="query-params", width=260,
                          format_func=lambda name: METRICS[name].title)  # fmt: skip
    waits = any(why == _IN_WORK for why in _counted(scope, _PATIENCE)[1].values())
    st.fragment(_bars, run_every=_AGAIN if waits else None)(scope, metric, waits)
    _report(scope)


def _bars(scope: Scope, metric: str, waits: bool) -> None:
    """Of the runs that are counted; while others are, this part alone looks again and again."""
    entries, missing = _counted(scope)
    if waits and _IN_WORK not in missing.values():
        st.rerun()
    title, found = METRICS[metric].title, {run: _of_metric(scope, of_labels, metric) for run, of_labels in entries.items()}
    if found:
        intervals = {run: {label: _interval(one) for label, one in of_labels.items()} for run, of_labels in found.items()}
        why = {run: {label: one.method.removeprefix(NOT_AVAILABLE) for label, one in of_labels.items()} for run, of_labels in found.items()}
        chart(label_bars_figure(intervals, f"{title}, {scope.on}", why), key="figure_classes",
              alt=f"{title} of each class and run on {scope.on}, with 95 % intervals")  # fmt: skip
        st.caption(f"{METRICS[metric].definition} On {scope.on}, each class against the rest, at each run's operating point. {_ZERO_ONE}")
        download(scope, f"{metric}-by-class", lambda: _table(found))
    tell_missing(missing, title)


def _counted(scope: Scope, patience: float = 0.0) -> tuple[dict[str, dict], dict[str, str]]:
    """All metrics of each label by the name of the run, and why of the runs that lack some yet."""
    labels = {run.run_id: cached.predictions(str(scope.root), run.run_id, scope.split).labels for run in scope.runs}
    asked = [(run, Wanted(run.run_id, scope.split, label, LABEL_METRICS)) for run in scope.runs for label in labels[run.run_id]]
    have = counting(str(scope.root)).entries([run for run, _ in asked], [wanted for _, wanted in asked], patience)
    found: dict[str, dict] = {scope.names[run_id]: {} for run_id in labels}
    for (run, wanted), entries in zip(asked, have, strict=True):
        found[scope.names[run.run_id]][wanted.label] = entries
    missing = {name: _IN_WORK for name, of_labels in found.items() if any(len(one) < len(LABEL_METRICS) for one in of_labels.values())}
    return {name: of_labels for name, of_labels in found.items() if name not in missing}, missing


def _first(scope: Scope) -> int:
    return LABEL_METRICS.index(scope.metric) if scope.metric in LABEL_METRICS else LABEL_METRICS.index("roc_auc")


def _of_metric(scope: Scope, of_labels: Mapping[str, Mapping[str, Entry]], metric: str) -> dict[str, Entry]:
    return {label: found[metric] for label, found in of_labels.items() if scope.label in (None, label)}


def _interval(one: Entry) -> Interval | None:
    return None if one.low is None else Interval(one.value, one.low, one.high, one.method)


def _table(found: Mapping[str, Mapping[str, Entry]]) -> pd.DataFrame:
    return pd.DataFrame([{"run": run, "label": label, **vars(one)} for run, entries in found.items() for label, one in entries.items()])


def _report(scope: Scope) -> None:
    st.subheader("Classification report")
    runs = {run.run_id: run for run in scope.runs}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keep_known("report_run", runs)
        run = runs[st.selectbox("Run", list(runs), key="report_run", bind="query-params", format_func=scope.names.get, width=240)]
        several = _classes(run)
        keep_known("report_as", ("Table", "Text"))
        chosen = _ask_classes(several)
        form = st.segmented_control("As", ("Table", "Text"), default="Table", required=True, key="report_as", bind="query-params")
    made = cached_compare.report(str(scope.root), run.run_id, scope.split, thresholds_of(run), tuple(chosen) or None, _names_of_two(run))
    if form == "Text":
        st.code(made.as_text(), language=None)
    else:
        shown = {name: st.column_config.NumberColumn(format="%.3f") for name in ("precision", "recall", "f1-score")}
        st.dataframe(_report_table(made), hide_index=True, column_config=shown,
                     alt=f"Classification report of {scope.names[run.run_id]} on {scope.on}")  # fmt: skip
        for row in (*made.labels, *made.averages):
            for heading, why in row.why.items():
                st.caption(f":material/block: {heading} of {row.name}: not available: {why}.")
    st.caption(f"{scope.names[run.run_id]} on {scope.on}, at its operating point. Support is how many images have the label; "
               "the intervals of these numbers stand in the bars above.")  # fmt: skip
    download(scope, "classification-report", lambda: _report_table(made))


def _classes(run: Run) -> tuple[str, ...]:
    return run.data.classes if run.data.task == "binary" else run.data.labels


def _names_of_two(run: Run) -> tuple[str, ...] | None:
    return tuple(run.data.classes) if run.data.task == "binary" else None


def _ask_classes(several: tuple[str, ...]) -> list[str]:
    """Some of the classes, none meaning all."""
    known = st.session_state.get("report_classes")
    if known and not set(known) <= set(several):
        del st.session_state["report_classes"]
    return st.multiselect("Classes", several, key="report_classes", bind="query-params", placeholder="All", width=280)


def _report_table(made: ClassificationReport) -> pd.DataFrame:
    return pd.DataFrame([{"class": row.name, **row.as_dict()} for row in (*made.labels, *made.averages)])
