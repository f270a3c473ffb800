"""The queue: what is trained now, what waits, and how it ended. It goes on when this page is closed."""

import streamlit as st

from core.jobs.local import ensure_runner
from core.jobs.queue import Queue
from pages.components import job_cards, view

FINISHED_SHOWN = 12

root = view.open_page("Progress", "Training goes on when this page, or the whole app, is closed.")
with view.told():
    queue = Queue(root)
    if not queue.jobs():
        view.empty("pending_actions", "Nothing was put in the queue yet.", "train", "Train a model")


def show_open() -> None:
    """What runs and waits; looked at again every two seconds while there is such."""
    ensure_runner(root)
    running, waiting = queue.jobs("running"), queue.jobs("queued")
    over_now = {job.id for job in queue.jobs("done", "failed", "cancelled")}
    if st.session_state.setdefault("over_before", over_now) != over_now:
        st.session_state["over_before"] = over_now
        st.rerun()
    if not running and not waiting:
        st.info("Nothing runs now.", icon=":material/done_all:")
    for job in running:
        job_cards.running_card(root, job)
    if waiting:
        st.subheader(f"{len(waiting)} waiting")
    for job in reversed(waiting):
        job_cards.waiting_card(root, job)


st.header("Now")
st.fragment(show_open, run_every=2.0 if queue.has_open_work() else None)()

over = queue.jobs("done", "failed", "cancelled")
done = [job.id for job in over if job.state == "done"]
if over:
    st.header("Over")
    if done and st.button("Compare the finished runs", icon=":material/compare:", type="primary"):
        view.wish_runs(done)
        st.switch_page("pages/compare.py")
    for job in over[:FINISHED_SHOWN]:
        job_cards.over_card(root, job)
