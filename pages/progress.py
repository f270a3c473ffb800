"""The queue: what is trained now, what waits, and how it ended. It goes on when this page is closed."""

import streamlit as st

from core.jobs.local import ensure_runner
from core.jobs.queue import Queue
from pages.components import job_cards, job_curves, view

FINISHED_SHOWN = 12

root = view.open_page("Progress", "Training goes on when this page, or the whole app, is closed.")
with view.told():
    queue = Queue(root)
    if not queue.jobs():
        view.empty("pending_actions", "Nothing was put in the queue yet.", "train", "Train a model")


def show_open() -> None:
    """What runs and waits; looked at again every two seconds while there is such."""
    ensure_runner(root)
    running, waiting = queue.jobs("running"), queue.waiting()
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
    for place, job in enumerate(waiting, 1):
        job_cards.waiting_card(root, job, place)


with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
    st.header("Now", width="content")
    job_curves.choose_metric()
st.fragment(show_open, run_every=2.0 if queue.has_open_work() else None)()

over = sorted(queue.jobs("done", "failed", "cancelled"), key=lambda job: job.ended or job.created, reverse=True)
done = [job.id for job in over if job.state == "done"]
if over:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.header("Over", width="content")
        if done and st.button("Compare the finished runs", icon=":material/compare:"):
            view.wish_runs(done)
            st.switch_page("pages/compare.py")
    for job in over[:FINISHED_SHOWN]:
        job_cards.over_card(root, job)
    if len(over) > FINISHED_SHOWN:
        st.caption(f"The newest {FINISHED_SHOWN} of {len(over)} are shown.")
