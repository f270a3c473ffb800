"""A card for a job: how far it is, what can be done with it."""

from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.figures.training import loss_figure, metric_figure
from core.jobs.job import Job
from core.jobs.progress_log import history, log_tail
from core.jobs.queue import Queue
from pages.components.wording import ago, duration

STATES = {
    "queued": ("gray", "schedule"), "running": ("blue", "play_circle"), "done": ("green", "check_circle"),
    "failed": ("red", "error"), "cancelled": ("orange", "cancel"),
}  # fmt: skip


def state_badge(job: Job) -> None:
    """The state of a job in a word."""
    color, icon = STATES[job.state]
    st.badge(job.state, color=color, icon=f":material/{icon}:")


def progress_bar(job: Job) -> None:
    """How far a running job is, in words and as a bar."""
    if not job.progress:
        st.progress(0.0, text="starting")
        return
    told = [job.progress.phase]
    if job.progress.images_per_second:
        told.append(f"{job.progress.images_per_second:,.0f} images/s")
    if job.progress.seconds_left:
        told.append(f"about {duration(job.progress.seconds_left)} left")
    st.progress(min(job.progress.done / max(job.progress.total, 1), 1.0), text=" · ".join(told))


def running_card(root: Path, job: Job) -> None:
    """A job in work: bar, curves as they grow, cancel."""
    with st.container(border=True):
        _head(job, f"{Path(job.source).name} · {job.id}")
        progress_bar(job)
        records = history(root, job.id)
        if records:
            left, right = st.columns(2)
            left.plotly_chart(loss_figure(records), key=f"loss_{job.id}", alt="Loss per epoch on train and validation")
            right.plotly_chart(metric_figure({"validation": records}, "val_roc_auc", "ROC AUC, validation"), key=f"auc_{job.id}",
                               alt="Validation ROC AUC per epoch")  # fmt: skip
        if job.cancel:
            st.caption("Stopping at the next step.")
        elif st.button("Cancel", key=f"cancel_{job.id}", icon=":material/cancel:"):
            _change(lambda: Queue(root).request_cancel(job.id))


def waiting_card(root: Path, job: Job) -> None:
    """A job in the queue."""
    with st.container(border=True):
        _head(job, f"{Path(job.source).name} · {job.id} · since {ago(job.created)}")
        if job.note:
            st.caption(job.note)
        if st.button("Cancel", key=f"cancel_{job.id}", icon=":material/cancel:"):
            _change(lambda: Queue(root).request_cancel(job.id))


def over_card(root: Path, job: Job) -> None:
    """A job that is over: what came of it, and retry or remove."""
    with st.container(border=True):
        _head(job, f"{Path(job.source).name} · {job.id} · {ago(job.ended or job.created)}")
        if job.state == "failed":
            st.error(job.note, icon=":material/error:")
            log = log_tail(root, job.id, 40)
            if log.strip():
                with st.expander("Log"):
                    st.code(log, language=None)
        elif job.note:
            st.caption(job.note)
        with st.container(horizontal=True):
            if job.state != "done" and st.button("Train again", key=f"retry_{job.id}", icon=":material/replay:"):
                _change(lambda: Queue(root).retry(job.id))
            if st.button("Remove from this list", key=f"remove_{job.id}", icon=":material/close:"):
                _change(lambda: Queue(root).remove(job.id))


def _head(job: Job, caption: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{job.title}**", width="content")
        state_badge(job)
    st.caption(caption)


def _change(action) -> None:
    """Do what a button asks; the job may have moved on meanwhile."""
    try:
        action()
    except CoreError as error:
        st.toast(str(error), icon=":material/error:")
    st.rerun()
