"""The threshold lab: one line among the scores, and everything that moves with it. Chosen on validation, reported on test."""

import streamlit as st

from pages.components import rule_form, threshold_lab, view
from pages.components.lab_scene import Scene

root = view.open_page("Thresholds", "Move the line: who is missed, who is alarmed? A rule chooses it on validation; test reports.")
with view.told():
    runs = view.runs_in_view()
    if not runs:
        view.empty("tune", "No run is in view. Choose one in the sidebar, or train the starter comparison.", "start", "Go to start")

titles = {run.run_id: f"{run.title}: {run.description}" for run in runs}
with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
    run_id = st.selectbox("Run", list(titles), format_func=titles.get, key="threshold_run", bind="query-params", width=144)
    run = next(run for run in runs if run.run_id == run_id)
    labels = list(run.data.labels)
    label = st.selectbox("Label", labels, key="threshold_label", bind="query-params", width=122) if len(labels) > 1 else labels[0]
    splits = [one for one in ("test", "val") if one in run.data.images]
    split = st.segmented_control("Scores of", splits, default=splits[0], required=True, key="threshold_split", bind="query-params",
                                 format_func={"test": "Test", "val": "Validation"}.get)  # fmt: skip
    rule = rule_form.ask(run)
    missed_costs = rule_form.missed_costs(run) if rule == "cost" else None
    with st.popover("View", icon=":material/visibility:"):
        missed_costs = missed_costs or rule_form.missed_costs(run)
        plain = st.toggle("Plain slider", key="plain", bind="query-params", help="The same numbers without dragging.")
        together = st.toggle("All labels at the line", key="together", bind="query-params", disabled=len(labels) < 2 or plain)
        calibrated = st.toggle("Calibrated scores", key="calibrated", bind="query-params", disabled="val" not in run.data.images,
                               help="By a temperature that is fitted on validation.")  # fmt: skip

with view.told():
    scene = Scene(root, run, label, split, calibrated, missed_costs, together, plain)
    threshold_lab.show(scene)
    view.synthetic_note([run])
