"""A rule that chooses the threshold on validation: which, what it chose, what that gives on test, and freezing it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from core.errors import CoreError
from core.evaluation.metrics import METRICS
from core.evaluation.threshold_rules import MOST_COSTLY
from core.runs.operating import Choice, choose_point, freeze
from core.runs.run import Run
from pages.components import cached, view
from pages.components.wording import with_interval

RULES = {
    "0.5": "0.5",
    "youden": "Youden's J",
    "f1": "Best F1",
    "sensitivity": "Sensitivity at least",
    "specificity": "Specificity at least",
    "sensitivity,specificity": "Sensitivity and specificity at least",
    "flagged": "Flag at most",
    "cost": "Least cost",
    "prevalence": "Match prevalence",
}
_NUMBERS = {  # of a rule: what each is called, and its first value
    "sensitivity": {"sensitivity_value": ("at least", 0.95)},
    "specificity": {"specificity_value": ("at least", 0.95)},
    "sensitivity,specificity": {"first_value": ("sensitivity at least", 0.9), "second_value": ("specificity at least", 0.8)},
    "flagged": {"flagged_value": ("of the images, at most", 0.2)},
}
_SHOWN = ("sensitivity", "specificity", "precision", "npv", "f1", "accuracy")
Moved = Callable[[Mapping[str, float]], None]
_CHOICE, _ERROR = "rule_choice", "rule_error"


def show(root: Path, run: Run, label: str, missed_costs: float, moved: Moved) -> None:
    """Controls in a row, and below what the rule chose; `moved` is called with the thresholds of all labels."""
    ask = {"on_change": _choose, "args": (run, missed_costs, moved), "bind": "query-params"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rule = st.selectbox("Rule", list(RULES), format_func=RULES.get, key="rule", **ask)
        for name, (title, first) in _NUMBERS.get(rule, {}).items():
            st.number_input(title, 0.0, 1.0, first, 0.01, key=name, **ask)
        st.button("Choose on validation", on_click=_choose, args=ask["args"], icon=":material/my_location:")
        choice = _choice_of(run)
        if choice is not None and st.button(f"Freeze {choice.rule}", type="primary", icon=":material/lock:",
                                            help="Make this the run's operating point, for all pages."):  # fmt: skip
            freeze(view.store(), run, choice)
            st.toast(f"{run.title} now decides by {choice.rule}.", icon=":material/lock:")
            st.rerun()
    if _ERROR in st.session_state:
        st.error(st.session_state[_ERROR], icon=":material/error:")
    if choice is not None:
        _told(root, run, label, choice)


def _text(rule: str, missed_costs: float) -> str:
    """The rule as the command line writes it."""
    if rule == "cost":
        return f"cost={min(missed_costs, MOST_COSTLY):g}"
    goals = rule.split(",") if rule in _NUMBERS else []
    given = [st.session_state.get(name, first) for name, (_, first) in _NUMBERS.get(rule, {}).items()]
    return ",".join(f"{goal}={value:g}" for goal, value in zip(goals, given, strict=True)) or rule


def _choose(run: Run, missed_costs: float, moved: Moved) -> None:
    st.session_state.pop(_ERROR, None)
    try:
        choice = choose_point(view.store(), run, _text(st.session_state["rule"], missed_costs))
    except CoreError as error:
        st.session_state[_ERROR] = str(error)
        return
    st.session_state[_CHOICE] = (run.run_id, choice)
    moved(choice.thresholds)


def _choice_of(run: Run) -> Choice | None:
    chosen_for, choice = st.session_state.get(_CHOICE, (None, None))
    return choice if chosen_for == run.run_id else None


def _told(root: Path, run: Run, label: str, choice: Choice) -> None:
    """What the rule chose for the label, how sure that is, and what it gives on each split."""
    threshold = choice.thresholds[label]
    with view.told(stop=False):
        between = cached.threshold_interval(str(root), run.run_id, label, choice.rule) if "val" in run.data.images else None
    words = f" (95 % interval of the threshold itself {between.low:.3f} to {between.high:.3f})" if between else ""
    rows = []
    for split in (one for one in ("val", "test") if one in run.data.images):
        found = cached.label_intervals(str(root), run.run_id, split, label, threshold)
        rows.append({"On": split, **{METRICS[name].title: with_interval(found[name]) for name in _SHOWN}})
    with st.expander(f"{choice.rule}: {threshold:.3f} for {label}{words}"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=f"What {choice.rule} gives on validation, which chose, and on test")
