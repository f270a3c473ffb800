"""Runs side by side: numbers with intervals, what differs, cost, published figures; then curves, classes, matrices and tests."""

import streamlit as st

from pages.components import (
    compare_head,
    compare_numbers,
    compare_tabs,
    outside_upload,
    run_export,
    run_picker,
    score_elsewhere,
    score_tables,
    view,
)
from pages.components.wording import distinct

root = view.open_page(
    "Compare", "Overlapping intervals mean that the images at hand may not tell the runs apart; the tests below say it in words."
)
with view.told():
    runs = view.runs_in_view()
    run_picker.show(root, runs)
    outside_upload.ask(root)
    if not runs:
        view.empty("compare", "No run is in view. Choose runs above, or train the starter comparison.", "start", "Go to start")
view.synthetic_note(runs)
with st.container(horizontal=True):
    score_elsewhere.ask(root, runs)
    score_tables.show(root, runs)

asked = compare_head.choose(root, runs)
scored = compare_head.scored(root, runs, asked.split)
if not scored:
    st.stop()
if len({run.data.fingerprint for run in scored}) > 1 and not asked.split.startswith(compare_head.ELSEWHERE):
    st.warning("These runs are of different data: their numbers stand side by side but cannot be tested against each other.",
               icon=":material/warning:")  # fmt: skip
with view.told():
    compare_numbers.show(root, scored, distinct({run.run_id: run.title for run in scored}), asked)
    compare_tabs.show(root, scored, asked.split, asked.drawn, asked.label)
for run in scored:
    run_export.show(root, run)
