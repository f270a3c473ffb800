"""A rule that chooses the threshold on validation: which, what it chose, what that gives on test, and freezing it."""

import pandas as pd
import streamlit as st

from core.errors import CoreError
from core.evaluation.metrics import METRICS
from core.evaluation.threshold_rules import MOST_COSTLY
from core.evaluation.thresholds import CHOSEN_ON
from core.runs.operating import choose_point, freeze
from core.runs.run import OperatingPoint, Run
from pages.components import cached, view
from pages.components.lab_scene import Scene
from pages.components.line import line_of
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
    "sensitivity,specificity": {"first_value": ("sensitivity", 0.9), "second_value": ("specificity", 0.8)},
    "flagged": {"flagged_value": ("at most", 0.2)},
}
_SHOWN = ("sensitivity", "specificity", "precision", "npv", "f1", "accuracy")
_COSTS, _CALIBRATED = "missed_costs", "calibrated"
_CHOICE, _ERROR = "rule_choice", "rule_error"


def missed_costs() -> float:
    """How many false alarms one missed case is worth."""
    return st.number_input("1 missed = N alarms", 0.1, 10_000.0, 10.0, key=_COSTS, bind="query-params", width=150, format="%g",
                           help="One missed case costs as much as N false alarms.")  # fmt: skip


def ask(run: Run) -> str:
    """The rule and its numbers but for the costs; a change chooses at once."""
    again = {"on_change": _choose, "args": [run]}
    rule = st.selectbox("Rule", list(RULES), format_func=RULES.get, key="rule", bind="query-params", width=160, **again)
    for name, (title, first) in _NUMBERS.get(rule, {}).items():
        st.number_input(title, 0.0, 1.0, first, 0.01, key=name, bind="query-params", width=120, **again)
    return rule


def buttons(run: Run) -> None:
    """Chooses once more; makes what was chosen the run's operating point."""
    st.button("Choose on validation", on_click=_choose, args=[run], icon=":material/my_location:", type="tertiary")
    choice = _choice_of(run)
    if choice is not None and st.button(f"Freeze {choice.rule}", type="primary", icon=":material/lock:", key="freeze",
                                        help="Make this the run's operating point, for all pages."):  # fmt: skip
        freeze(view.store(), run, choice)
        st.toast(f"{run.title} now decides by {choice.rule}.", icon=":material/lock:")
        st.rerun()


def tell_fault() -> None:
    """Why no threshold was chosen."""
    if _ERROR in st.session_state:
        st.error(st.session_state[_ERROR], icon=":material/error:")


def tell_choice(scene: Scene) -> None:
    """What the rule chose for the label, how sure that is, and what it gives on each split."""
    choice, run, root = _choice_of(scene.run), scene.run, str(scene.root)
    if choice is None:
        return
    threshold = choice.thresholds[scene.label]
    with view.told(stop=False):
        between = cached.threshold_interval(root, run.run_id, scene.label, choice.rule) if "val" in run.data.images else None
    words = f" (95 % interval of the threshold itself {between.low:.3f} to {between.high:.3f})" if between else ""
    rows = []
    for split in (one for one in ("val", "test") if one in run.data.images):
        found = cached.label_intervals(root, run.run_id, split, scene.label, threshold)
        rows.append({"On": split, **{METRICS[name].title: with_interval(found[name]) for name in _SHOWN}})
    with st.expander(f"{choice.rule}: {threshold:.3f} for {scene.label}{words}"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=f"What {choice.rule} gives on validation, which chose, and on test")


def _text() -> str:
    """The rule as the command line writes it."""
    rule = st.session_state["rule"]
    if rule == "cost":
        return f"cost={min(st.session_state[_COSTS], MOST_COSTLY):g}"
    goals = rule.split(",") if rule in _NUMBERS else []
    given = [st.session_state.get(name, first) for name, (_, first) in _NUMBERS.get(rule, {}).items()]
    return ",".join(f"{goal}={value:g}" for goal, value in zip(goals, given, strict=True)) or rule


def _choose(run: Run) -> None:
    """Put the line of every label where the rule chooses it; a rule that cannot be met changes nothing."""
    st.session_state.pop(_ERROR, None)
    try:
        choice = choose_point(view.store(), run, _text())
    except CoreError as error:
        st.session_state[_ERROR] = str(error)
        return
    st.session_state[_CHOICE] = (run.run_id, choice)
    calibrated = bool(st.session_state.get(_CALIBRATED))
    for label, threshold in choice.thresholds.items():
        line_of(str(view.root()), run, label, calibrated, CHOSEN_ON).choose(threshold, choice.rule)


def _choice_of(run: Run) -> OperatingPoint | None:
    chosen_for, choice = st.session_state.get(_CHOICE, (None, None))
    return choice if chosen_for == run.run_id else None
