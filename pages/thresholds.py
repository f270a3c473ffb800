"""The threshold lab: one line among the scores, and everything that moves with it. Chosen on validation, reported on test."""

import streamlit as st

from core.errors import CoreError
from core.runs.operating import choose_point, freeze
from pages.components import threshold_lab, view

RULES = {
    "0.5": "0.5", "youden": "Youden's J", "f1": "Best F1", "sensitivity": "Sensitivity at least", "specificity": "Specificity at least",
}  # fmt: skip
LEAST = 0.95

root = view.open_page("Thresholds", "Move the line: who is missed, who is alarmed? A rule chooses it on validation; test reports.")
with view.told():
    runs = view.runs_in_view()
    if not runs:
        view.empty("tune", "No run is in view. Choose one in the sidebar, or train the starter comparison.", "start", "Go to start")

titles = {run.run_id: f"{run.title}: {run.description}" for run in runs}
with st.container(horizontal=True, vertical_alignment="bottom"):
    run_id = st.selectbox("Run", list(titles), format_func=titles.get, key="threshold_run", persist_state="session")
    run = next(run for run in runs if run.run_id == run_id)
    labels = list(run.data.labels)
    label = st.selectbox("Label", labels, key="threshold_label", persist_state="session") if len(labels) > 1 else labels[0]
    split = st.segmented_control("Scores of", ["test", "val"], default="test", required=True, key="threshold_split",
                                 persist_state="session", format_func={"test": "Test", "val": "Validation"}.get)  # fmt: skip
view.synthetic_note([run])
slider_key = threshold_lab.slider_key(run, label)


def apply_rule() -> None:
    """Choose by the rule on validation and move the line there."""
    st.session_state.pop("threshold_error", None)
    try:
        choice = choose_point(view.store(), run, rule_text())
    except CoreError as error:
        st.session_state["threshold_error"] = str(error)
        return
    st.session_state[slider_key] = threshold_lab.on_slider(choice.thresholds[label])
    st.session_state["threshold_choice"] = (run.run_id, choice)


def rule_text() -> str:
    """The rule as the command line writes it."""
    rule = st.session_state["rule"]
    return f"{rule}={st.session_state.get('rule_value', LEAST):g}" if rule in ("sensitivity", "specificity") else rule


with st.container(horizontal=True, vertical_alignment="bottom"):
    rule = st.selectbox("Rule", list(RULES), format_func=RULES.get, key="rule", on_change=apply_rule, persist_state="session")
    if rule in ("sensitivity", "specificity"):
        st.number_input("at least", 0.5, 1.0, LEAST, 0.01, key="rule_value", on_change=apply_rule, persist_state="session")
    st.button("Choose on validation", on_click=apply_rule, icon=":material/my_location:")
    chosen_for, choice = st.session_state.get("threshold_choice", (None, None))
    if chosen_for == run.run_id and st.button(f"Freeze {choice.rule}", type="primary", icon=":material/lock:",
                                              help="Make this the run's operating point, for all pages."):  # fmt: skip
        freeze(view.store(), run, choice)
        st.toast(f"{run.title} now decides by {choice.rule}.", icon=":material/lock:")
        st.rerun()
if "threshold_error" in st.session_state:
    st.error(st.session_state["threshold_error"], icon=":material/error:")

with view.told():
    threshold_lab.show(root, run, label, split)
