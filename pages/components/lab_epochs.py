"""F1, AUC of the decision and AUC over the epochs of the run's training, a line per threshold: one training, many experiments."""

import pandas as pd
import streamlit as st

from core.evaluation.epochs import DECISION_AUC, EpochMetrics
from core.evaluation.metrics import METRICS
from core.figures.epochs import epochs_figure
from pages.components import epoch_curves, view
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.line_chart import line_chart


def show(scene: Scene) -> None:
    """Which label and thresholds, three figures, and where each line is highest."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = _ask_label(scene)
        thresholds = epoch_curves.ask_thresholds()
    if not thresholds:
        st.info("Choose a threshold, or type one.", icon=":material/info:")
        return
    found = epoch_curves.of_run(scene.root, scene.run, thresholds, label, scene.run.title)
    if found is None:
        _elsewhere(scene)
        return
    left, right = st.columns(2, gap="medium")
    with left:
        _figure(found, "f1", label)
        _figure(found, "roc_auc", label)
    with right:
        _figure(found, DECISION_AUC, label)
        _tell_highest(found)
    of = label or "all labels, mean of those with both classes"
    st.caption(f"On validation, {of}; the scores as they were, without intervals. One training gives every line: the threshold is no part "
               f"of training. {METRICS[DECISION_AUC].definition}{_kept(scene)}")  # fmt: skip
    download(scene, "epochs", lambda: epoch_curves.table({scene.run.title: found}))


def _ask_label(scene: Scene) -> str | None:
    if len(scene.run.data.labels) < 2:
        return None
    chosen = st.segmented_control("Over epochs", ("label", "all"), default="label", required=True, key="epochs_of", bind="query-params",
                                  format_func={"label": scene.label, "all": "All labels, mean"}.get)  # fmt: skip
    return scene.label if chosen == "label" else None


def _figure(found: EpochMetrics, metric: str, label: str | None) -> None:
    title = METRICS[metric].title
    st.markdown(f"**{title}**")
    said = f"{title} over epochs on validation, {label or 'all labels'}"
    line_chart(epochs_figure(found, metric, title), f"lab_epochs_{metric}", f"{said}, a line per threshold", said)


def _tell_highest(found: EpochMetrics) -> None:
    if not found.thresholds:
        st.caption("Several classes: the highest score decides, so thresholds change nothing here. Choose a label to see them act.")
        return
    st.markdown("**Where each line is highest**")
    st.table(_highest(found), border="horizontal", hide_index=True, alt="The epoch in which each metric is highest at each threshold")
    st.caption("On validation. Highest by chance too: the highest of many epochs is a little better than it would be on new images.")


def _highest(found: EpochMetrics) -> pd.DataFrame:
    rows = []
    for number, threshold in enumerate(found.thresholds):
        row = {"Threshold": f"{threshold:g}"}
        for metric in ("f1", DECISION_AUC):
            epoch, value = found.highest(metric, number)
            row[METRICS[metric].title] = "not available: it has no value" if epoch is None else f"{value:.3f} in epoch {epoch}"
        rows.append(row)
    return pd.DataFrame(rows)


def _kept(scene: Scene) -> str:
    kept = scene.run.details.get("kept_epoch")
    return f" The weights of this run are those of epoch {kept}." if kept else ""


def _elsewhere(scene: Scene) -> None:
    """What to do where the run has no scores of its epochs."""
    others = [run for run in view.runs_in_view() if run.run_id != scene.run.run_id and view.store().epoch_scores(run) is not None]
    if others:
        st.info(f"In view with scores of their epochs: {', '.join(run.title for run in others)}. Choose one at the top of the page.",
                icon=":material/timeline:")  # fmt: skip
    else:
        st.info("Networks keep the scores of their epochs while they train: train a CNN, an LSTM or a transfer run, and put it in view.",
                icon=":material/model_training:")  # fmt: skip
