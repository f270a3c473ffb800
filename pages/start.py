"""What Cutpoint is, the starter comparison in one click, and the last runs."""

import streamlit as st

from core.jobs.local import ensure_runner
from core.jobs.queue import Queue
from core.jobs.starter import submit_starter
from core.machine import this_machine
from pages.components import job_cards, phantom_strip, run_import, view
from pages.components.run_cards import run_card
from pages.components.wording import plain

SHOWN = 6

root = view.open_page("Cutpoint", "Train classifiers of chest X-rays, compare them honestly, and see what a decision threshold does.")
queue = Queue(root)
st.badge(f"This machine: {this_machine().title}", icon=":material/memory:", color="gray")


def begin_starter() -> None:
    """Queue what is missing of the starter comparison."""
    with view.told():
        submissions = submit_starter(root)
        ensure_runner(root)
    st.session_state["starter"] = [one.run_id for one in submissions]


with st.container(horizontal=True):
    st.button("Run the starter comparison", type="primary", icon=":material/play_arrow:", on_click=begin_starter,
              help="A CNN, a transfer-learned network, an SVM and a random forest on the phantom: about two minutes.")  # fmt: skip
    if st.button("Use my own images", icon=":material/folder_open:"):
        st.session_state["own_open"] = True
        st.switch_page("pages/data.py")
    if st.button("Open a lesson", icon=":material/school:"):
        st.switch_page("pages/lessons.py")
    if st.button("Train a model", icon=":material/model_training:"):
        st.switch_page("pages/train.py")
    if st.button("Test one image", icon=":material/radiology:"):
        st.switch_page("pages/single_image.py")


def show_starter() -> None:
    """The four starter runs while they are trained; then the way to their comparison."""
    ensure_runner(root)
    jobs = {job.id: job for job in queue.jobs()}
    ids = st.session_state["starter"]
    open_jobs = [jobs[run_id] for run_id in ids if run_id in jobs and not jobs[run_id].is_over]
    failed = [jobs[run_id] for run_id in ids if run_id in jobs and jobs[run_id].state in ("failed", "cancelled")]
    finished = len(ids) - len(open_jobs) - len(failed)
    with st.container(border=True):
        st.subheader("Starter comparison")
        st.progress(finished / len(ids), text=f"{finished} of {len(ids)} runs are ready")
        for job in reversed(open_jobs):
            if job.state == "running":
                st.markdown(f"**{job.title}**")
                job_cards.progress_bar(job)
        for job in failed:
            st.error(plain(f"{job.title}: {job.note}"), icon=":material/error:")
        if not open_jobs and st.button("Compare them", type="primary", icon=":material/compare:", disabled=not finished):
            view.wish_runs(ids)
            st.switch_page("pages/compare.py")
    if not open_jobs and st.session_state.pop("starter_running", False):
        st.rerun()
    if open_jobs:
        st.session_state["starter_running"] = True


if st.session_state.get("starter"):
    waits = any(job.id in st.session_state["starter"] for job in queue.jobs("queued", "running"))
    st.fragment(show_starter, run_every=1.0 if waits else None)()

with view.told():
    runs = view.store().runs()
st.header("Last runs")
if runs:
    with st.grid(3, min_column_width=300):
        for run in runs[:SHOWN]:
            run_card(root, run)
else:
    st.info("No run yet. The starter comparison needs no data of yours and no network.", icon=":material/lightbulb:")
run_import.show(root)

st.header("What it is trained on")
phantom_strip.show()
