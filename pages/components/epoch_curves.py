"""Metrics over the epochs of each run at any thresholds, from the scores of validation that were kept of every epoch."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.errors import EvaluationError
from core.evaluation.epochs import DECISION_AUC, FREE, EpochMetrics, threshold_metrics_of
from core.evaluation.metrics import METRICS
from core.figures.epochs import epochs_figure
from core.runs.run import Run
from pages.components import cached, view
from pages.components.line_chart import line_chart
from pages.components.wording import distinct

STUDY = ("0.4", "0.5", "0.6")  # as one published study drew them
_OFFERED = tuple(f"{number / 20:g}" for number in range(1, 20))
_MOST = 6  # lines in a figure


def show(root: Path, runs: list[Run], label: str | None = None) -> None:
    """A figure for each run, one line per threshold; of one label where it is named, else of all together, or of one that is chosen."""
    asked = _ask(runs, label)
    if asked is None:
        return
    metric, thresholds, label = asked
    names, found = distinct({run.run_id: run.title for run in runs}), {}
    with st.grid(2, min_column_width=330):
        for run in runs:
            if made := of_run(root, run, thresholds, label, names[run.run_id]):
                found[names[run.run_id]] = made
                _draw(run, names[run.run_id], metric, made, label)
    if found:
        st.caption(f"On validation{f', {label}' if label else ''}. {METRICS[metric].definition} The ROC AUC of the scores, grey, knows no "
                   "threshold.")  # fmt: skip
        st.download_button("CSV of all metrics over epochs", lambda: table(found).to_csv(index=False), "epochs-validation.csv", "text/csv",
                           key="csv_epochs", icon=":material/download:", on_click="ignore", type="tertiary")  # fmt: skip


def _ask(runs: list[Run], label: str | None) -> tuple[str, tuple[float, ...], str | None] | None:
    """Metric, thresholds and label; None where no threshold is chosen."""
    tasks, labels = {run.data.task for run in runs}, view.shared_labels(runs)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        offered = [name for name in _names(tasks, label) if name in METRICS]
        first = offered.index(DECISION_AUC)
        view.keep_known("epoch_metric", offered)
        metric = st.selectbox("Metric over epochs", offered, first, key="epoch_metric", bind="query-params", width=230,
                              format_func=lambda name: METRICS[name].title)  # fmt: skip
        thresholds = ask_thresholds()
        if label is None and len(labels) > 1:
            view.keep_known("epoch_label", labels)
            label = st.selectbox("Of the label", labels, None, key="epoch_label", bind="query-params", placeholder="All labels together",
                                 width=220)  # fmt: skip
    if not thresholds:
        st.info("Choose a threshold, or type one.", icon=":material/info:")
        return None
    return metric, thresholds, label


def ask_thresholds() -> tuple[float, ...]:
    """The chosen thresholds, rising; none where none is chosen. Raises EvaluationError for what is typed and no number."""
    chosen = st.multiselect("Thresholds", _OFFERED, list(STUDY), key="epoch_thresholds", bind="query-params", max_selections=_MOST,
                            accept_new_options=True)  # fmt: skip
    try:
        return tuple(sorted({float(one) for one in chosen}))
    except ValueError:
        raise EvaluationError(f"the thresholds are {', '.join(chosen)[:80]}", "each is a number between 0 and 1, as in 0.45") from None


def _names(tasks: set[str], label: str | None) -> tuple[str, ...]:
    return (*threshold_metrics_of("multilabel" if tasks - {"binary"} and label is None else "binary"), *FREE)


def of_run(root: Path, run: Run, thresholds: tuple[float, ...], label: str | None, name: str) -> EpochMetrics | None:
    """What is known of a run; says why where it is nothing."""
    found = cached.epoch_metrics(str(root), run.run_id, thresholds, label)
    if found is None:
        why = "it has no epochs" if run.recipe.training is None else "the scores of its epochs were not kept; train it again to have them"
        st.caption(f":material/block: {name}: not available: {why}.")
    return found


def _draw(run: Run, name: str, metric: str, found: EpochMetrics, label: str | None) -> None:
    with st.container(border=True):
        st.markdown(f"**{name}**")
        if metric not in {**found.at_thresholds, **found.free}:
            st.caption(f":material/block: {METRICS[metric].title} is no metric of {run.data.task} tasks.")
            return
        title = METRICS[metric].title
        said = f"{title} of {name} over epochs on validation"
        line_chart(epochs_figure(found, metric, title), key=f"epochs_{run.run_id}", alt=said, name=said)
        if not found.thresholds and label is None:
            st.caption("Several classes: the highest score decides, so thresholds change nothing here. Choose a label to see them act.")
        kept = run.recipe.training.max_epochs
        if len(found.epochs) > 1 and int(found.epochs[1] - found.epochs[0]) > 1:
            st.caption(f"Of up to {kept} epochs, {len(found.epochs)} were kept: all would have taken too much room.")


def table(found: dict[str, EpochMetrics]) -> pd.DataFrame:
    """A row for each run, epoch and threshold."""
    rows = []
    for name, one in found.items():
        for place, epoch in enumerate(one.epochs.tolist()):
            free = {metric: values[place] for metric, values in one.free.items()}
            for number, threshold in enumerate(one.thresholds or (None,)):
                at = {metric: values[number, place] for metric, values in one.at_thresholds.items()}
                rows.append({"run": name, "split": "val", "epoch": epoch, "threshold": threshold} | at | free)
    return pd.DataFrame(rows)
