"""The lower half of the comparison: curves, tests in words, matrices, training, what differs."""

from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.counts import counts_at
from core.evaluation.decisions import decisions
from core.figures.matrix import confusion, matrix_figure
from core.figures.roc_pr import Point, pr_figure, roc_figure
from core.figures.training import metric_figure
from core.runs.run import Run
from core.runs.store import Store
from pages.components import cached
from pages.components.view import told

_TITLES = ["Curves", "Tests in words", "Matrices", "Training", "What differs"]


def show(root: Path, runs: list[Run], found: dict, split: str) -> None:
    """Tabs; only the open one is computed."""
    tabs = st.tabs(_TITLES, on_change="rerun", key="compare_tab")
    bodies = (
        lambda: _curves(root, runs, split), lambda: _tests(found), lambda: _matrices(root, runs, split),
        lambda: _training(root, runs), lambda: _settings(found),
    )  # fmt: skip
    for tab, body in zip(tabs, bodies, strict=True):
        if tab.open:
            with tab, told():
                body()


def _curves(root: Path, runs: list[Run], split: str) -> None:
    labels = [label for label in runs[0].data.labels if all(label in run.data.labels for run in runs)]
    if not labels:
        st.info("These runs share no label.", icon=":material/info:")
        return
    label = labels[0] if len(labels) == 1 else st.selectbox("Label", labels, key="curve_label")
    points = {run.title: _point(root, run, split, label) for run in runs}
    left, right = st.columns(2)
    roc = {run.title: cached.roc(str(root), run.run_id, split, label) for run in runs}
    left.subheader("ROC")
    left.plotly_chart(roc_figure(roc, points), key="roc", alt=f"ROC curves of the runs on {split}")
    pr = {run.title: cached.precision_recall(str(root), run.run_id, split, label) for run in runs}
    right.subheader("Precision and recall")
    right.plotly_chart(pr_figure(pr, points), key="pr", alt=f"Precision-recall curves of the runs on {split}")
    st.caption(f"On {split}. The mark on each curve is the run's operating point; hover for threshold and counts.")


def _point(root: Path, run: Run, split: str, label: str) -> Point:
    threshold = run.operating_point.thresholds[label]
    return Point(threshold, counts_at(*cached.predictions(str(root), run.run_id, split).column(label), threshold))


def _tests(found: dict) -> None:
    if not found["pairs"]:
        st.info("Put a second run in view to test one against the other.", icon=":material/info:")
        return
    for pair in found["pairs"]:
        st.markdown(f"- {pair['sentence']}")
    st.caption(f"DeLong's test of the ROC AUC on {found['split']}, Holm-adjusted over {len(found['pairs'])} pairs. "
               "Resolved means that chance alone would rarely give such a difference.")  # fmt: skip


def _matrices(root: Path, runs: list[Run], split: str) -> None:
    with st.grid(3, min_column_width=280):
        for run in runs:
            with st.container(border=True):
                st.markdown(f"**{run.title}**")
                st.plotly_chart(_matrix(root, run, split), key=f"matrix_{run.run_id}", alt=f"Confusion matrix of {run.title} on {split}")
    st.caption(f"On {split}, at each run's operating point. Colour is the share of the row.")


def _matrix(root: Path, run: Run, split: str) -> dict:
    found = cached.predictions(str(root), run.run_id, split)
    decided = decisions(found, run.operating_point.thresholds)
    if found.task == "multilabel":
        agreed = np.concatenate([found.y_true.reshape(-1, 1), decided.reshape(-1, 1)], axis=1).astype(int)
        return matrix_figure(confusion(agreed[:, 0], agreed[:, 1], 2), ("absent", "present"))
    indices = [one[:, 0].astype(int) if found.task == "binary" else one.argmax(axis=1) for one in (found.y_true, decided)]
    return matrix_figure(confusion(*indices, len(run.data.classes)), run.data.classes)


def _training(root: Path, runs: list[Run]) -> None:
    histories = {run.title: Store(root).history(run) for run in runs}
    histories = {title: history for title, history in histories.items() if history}
    if not histories:
        st.info("SVMs and forests have no epochs; put a CNN or a transfer run in view.", icon=":material/info:")
        return
    left, right = st.columns(2)
    left.plotly_chart(metric_figure(histories, "val_roc_auc", "ROC AUC, validation"), key="train_auc", alt="Validation ROC AUC per epoch")
    right.plotly_chart(metric_figure(histories, "val_loss", "Loss, validation"), key="train_loss", alt="Validation loss per epoch")


def _settings(found: dict) -> None:
    rows = [{"Run": row["title"], **{name: _plain(value) for name, value in row["settings"].items()}} for row in found["rows"]]
    if len(rows) < 2 or not found["rows"][0]["settings"]:
        st.info("Nothing differs between the runs in view.", icon=":material/info:")
        return
    table = pd.DataFrame(rows).set_index("Run").T.rename_axis("setting").reset_index()
    st.dataframe(table, hide_index=True, alt="Settings that differ between the runs")


def _plain(value) -> str:
    return "" if value is None else str(value)
