"""A card for a job: how far it is, what can be done with it."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.jobs.job import Job
from core.jobs.job_folder import JobFolder
from core.jobs.queue import WAITING, Queue
from core.machine import this_machine
from pages.components import job_curves, view
from pages.components.wording import ago, duration, plain

STATES = {
    "queued": ("gray", "schedule"), "running": ("blue", "play_circle"), "done": ("green", "check_circle"),
    "failed": ("red", "error"), "cancelled": ("orange", "cancel"),
}  # fmt: skip


def state_badge(job: Job) -> None:
    """The state of a job in a word."""
    color, icon = STATES[job.state]
    st.badge("waiting" if job.state == "queued" else job.state, color=color, icon=f":material/{icon}:")


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
    """A job in work: bar, curves as they grow, log, cancel."""
    with st.container(border=True):
        _head(job, f"{_of(job)} · {this_machine().title} · began {ago(job.started)}{_again(job)}")
        progress_bar(job)
        if job.note:
            st.warning(job.note, icon=":material/warning:")
        job_curves.curves(root, job.id)
        if job.cancel:
            st.caption("Stopping at the next step; finished epochs are kept.")
        elif st.button("Cancel", key=f"cancel_{job.id}", icon=":material/cancel:", help="Finished epochs are kept: it can be resumed."):
            _change(lambda: Queue(root).request_cancel(job.id))
        _details("Log", job, lambda: job_curves.log(root, job.id))


def waiting_card(root: Path, job: Job, place: int) -> None:
    """A job in the queue; `place` counts from 1, the next one."""
    with st.container(border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(width=460):
            _head(job, f"{_of(job)} · {'next' if place == 1 else f'number {place}'} · submitted {ago(job.created)}")
            for told in _reasons(root, job):
                st.caption(told)
        with st.container(horizontal=True, width="content"):
            if place > 1 and st.button("Move to the front", key=f"front_{job.id}", icon=":material/vertical_align_top:"):
                _change(lambda: Queue(root).move_to_front(job.id))
            if st.button("Cancel", key=f"cancel_{job.id}", icon=":material/cancel:"):
                _change(lambda: Queue(root).request_cancel(job.id))


def over_card(root: Path, job: Job) -> None:
    """A job that is over: what came of it, and how it can go on."""
    with st.container(border=True):
        _head(job, f"{_of(job)} · {ago(job.ended or job.created)}{_took(job)}")
        if job.state == "failed":
            st.error(plain(job.note), icon=":material/error:")
        elif job.note:
            st.caption(job.note)
        with st.container(horizontal=True):
            _ways_on(root, job)
            if st.button("Remove from this list", key=f"remove_{job.id}", icon=":material/close:", type="tertiary"):
                _change(lambda: Queue(root).remove(job.id))
        _details("Curves and log", job, lambda: _past(root, job))


def _ways_on(root: Path, job: Job) -> None:
    """Look at what is done; resume or begin anew what is not."""
    if job.state == "done":
        if st.button("Look at it", key=f"look_{job.id}", icon=":material/compare:"):
            view.wish_runs([job.id])
            st.switch_page("pages/compare.py")
        return
    kept = _kept(root, job)
    if kept and st.button(f"Resume after epoch {kept}", key=f"resume_{job.id}", icon=":material/resume:", type="primary"):
        _change(lambda: Queue(root).retry(job.id))
    if st.button("Start anew" if kept else "Train again", key=f"anew_{job.id}", icon=":material/replay:",
                 help=f"Forgets the {kept} finished epochs." if kept else None):  # fmt: skip
        _change(lambda: Queue(root).retry(job.id, anew=True))


def _past(root: Path, job: Job) -> None:
    job_curves.curves(root, job.id)
    job_curves.log(root, job.id)


def _details(label: str, job: Job, show: Callable[[], None]) -> None:
    """What is read only when it is opened."""
    folded = st.expander(label, key=f"details_{job.id}", on_change="rerun")
    if folded.open:
        with folded:
            show()


def _reasons(root: Path, job: Job) -> list[str]:
    """Why a job waits, and where it begins."""
    base = {one.id: one for one in Queue(root).jobs("queued", "running")}.get(job.depends_on)
    told = [f"Waits for {base.title} ({base.id}), which it needs; those behind may go first."] if base else []
    if job.note:
        told.append(job.note.removeprefix(WAITING))
    if kept := _kept(root, job):
        told.append(f"Goes on after epoch {kept}.")
    return told


def _kept(root: Path, job: Job) -> int:
    """After which epoch a job would go on; 0 where it would begin anew."""
    return job.epochs_kept if JobFolder(root, job.id).checkpoint.exists() else 0


def _of(job: Job) -> str:
    return f"{Path(job.source).name} · {job.id}"


def _again(job: Job) -> str:
    return f" · attempt {job.attempt}" if job.attempt > 1 else ""


def _took(job: Job) -> str:
    return f" · took {duration(job.ended - job.started)}" if job.started and job.ended else ""


def _head(job: Job, caption: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{job.title}**", width="content")
        state_badge(job)
    st.caption(caption)


def _change(action: Callable[[], object]) -> None:
    """Do what a button asks; the job may have moved on meanwhile."""
    try:
        action()
    except CoreError as error:
        st.toast(str(error), icon=":material/error:")
    st.rerun()
