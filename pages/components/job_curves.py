"""What a job has done so far: its curves, epoch by epoch, and its log."""

from pathlib import Path

import streamlit as st

from core.figures.training import learning_figure
from core.jobs.progress_log import history, log_tail
from core.runs.history import EpochRecord
from pages.components.line_chart import line_chart

METRICS = {"roc_auc": "ROC AUC", "accuracy": "Accuracy", "precision": "Precision", "recall": "Recall", "f1": "F1"}
_KEY = "progress_metric"
_LOG_LINES = 60


def choose_metric() -> None:
    """Which metric is drawn beside the loss, of all jobs."""
    st.selectbox("Metric beside the loss", list(METRICS), key=_KEY, format_func=METRICS.get, width=220)


def curves(root: Path, job_id: str) -> None:
    """Loss and the chosen metric on train and validation; nothing before the first epoch."""
    records = history(root, job_id)
    if not records:
        return
    metric = st.session_state.get(_KEY, "roc_auc")
    left, right = st.columns(2)
    with left:
        _draw(records, "loss", "Loss", f"loss_{job_id}")
    with right:
        if _is_recorded(records, metric):
            _draw(records, metric, METRICS[metric], f"metric_{job_id}")
        else:
            st.info(f"{METRICS[metric]} was not recorded in this run.", icon=":material/info:")


def _draw(records: list[EpochRecord], metric: str, title: str, key: str) -> None:
    said = f"{title} per epoch on train and validation"
    line_chart(learning_figure(records, metric, title), key, said, said)


def log(root: Path, job_id: str) -> None:
    """The end of what the job's processes printed."""
    text = log_tail(root, job_id, _LOG_LINES)
    st.code(text if text.strip() else "Nothing was printed.", language=None, height=260 if text.count("\n") > 10 else "content")


def _is_recorded(records: list[EpochRecord], metric: str) -> bool:
    return any(getattr(record, f"val_{metric}") is not None for record in records)
