"""A rule that chooses the threshold on validation: which, what it chose, what that gives on test, and freezing it."""

import pandas as pd
import streamlit as st

from core.evaluation.metrics import METRICS
from core.evaluation.threshold_rules import MOST_COSTLY, parse_rule
from core.evaluation.thresholds import CHOSEN_ON
from core.runs.run import Run
from pages.components import cached, view
from pages.components.lab_scene import Scene
from pages.components.run_lines import PER_LABEL, Fault, RunLines
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
    "sensitivity,specificity": {"first_value": ("sens.", 0.9), "second_value": ("spec.", 0.8)},
    "flagged": {"flagged_value": ("at most", 0.2)},
}
_WIDTHS = {1: 88, 2: 62}  # of the field of each number, so that all controls stand in one row
_SHOWN = ("sensitivity", "specificity", "precision", "npv", "f1", "accuracy")
_COSTS, _CALIBRATED = "missed_costs", "calibrated"
_FAULTS = "rule_faults"


def missed_costs(run: Run) -> float:
    """How many false alarms one missed case is worth; where they choose the threshold, it is chosen anew."""
    chooses = {"on_change": _choose, "args": [run]} if st.session_state.get("rule") == "cost" else {}
    return st.number_input("Alarms a miss", 0.1, 10_000.0, 10.0, key=_COSTS, bind="query-params", width=104, format="%g",
                           help="One missed case costs as much as N false alarms.", **chooses)  # fmt: skip


def ask(run: Run) -> str:
    """The rule and its numbers but for the costs; a change chooses at once."""
    again = {"on_change": _choose, "args": [run]}
    rule = st.selectbox("Rule", list(RULES), format_func=RULES.get, key="rule", bind="query-params", width=140, **again)
    asked = _NUMBERS.get(rule, {})
    for name, (title, first) in asked.items():
        st.number_input(title, 0.0, 1.0, first, 0.01, key=name, bind="query-params", width=_WIDTHS[len(asked)], **again)
    return rule


def buttons(scene: Scene) -> None:
    """Chooses, where the rule is not what put the line; makes what rules chose the run's operating point."""
    lines, rule, unmet = scene.lines, scene.line().rule, {label for fault in _faults(scene.lines) for label in fault.labels}
    if scene.label in unmet:
        st.badge("Not met: see below", icon=":material/block:", color="red")
    if any(line.rule != parse_rule(_text()).text for label, line in lines.by_label.items() if label not in unmet):
        st.button("Choose on validation", on_click=_choose, args=[scene.run], icon=":material/my_location:", type="tertiary")
    named = "all labels" if lines.rule == PER_LABEL else lines.rule
    can_freeze = rule and lines.moved and not lines.why_not_frozen
    if can_freeze and st.button(f"Freeze {named}", type="primary", icon=":material/lock:", key="freeze",
                                help="Make this the run's operating point, for all pages."):  # fmt: skip
        lines.freeze()


def tell_faults(lines: RunLines) -> None:
    """Which labels the rule could not choose a threshold for, and why."""
    for fault in _faults(lines):
        st.error(fault.words, icon=":material/error:")


def _faults(lines: RunLines) -> list[Fault]:
    """Those of the rule that is asked for now, of labels whose line still stands where it stood."""
    asked, places, faults = st.session_state.get(_FAULTS, (None, {}, []))
    if asked != (lines.run.run_id, _text()):
        return []
    unmoved = {label for label, line in lines.by_label.items() if line.place == places[label]}
    left = [fault._replace(labels=tuple(label for label in fault.labels if label in unmoved)) for fault in faults]
    return [fault for fault in left if fault.labels]


def tell_choice(scene: Scene) -> None:
    """What a rule chose for the label, how sure that is, and what it gives on each split."""
    how, run, root = scene.line().how, scene.run, str(scene.root)
    if how.rule is None:
        return
    with view.told(stop=False):
        between = cached.threshold_interval(root, run.run_id, scene.label, how.rule) if "val" in run.data.images else None
    words = f" (95 % interval of the threshold itself {between.low:.3f} to {between.high:.3f})" if between else ""
    rows = []
    for split in (one for one in ("val", "test") if one in run.data.images):
        found = cached.label_intervals(root, run.run_id, split, scene.label, how.raw)
        rows.append({"On": split, **{METRICS[name].title: with_interval(found[name]) for name in _SHOWN}})
    with st.expander(f"{how.rule}: {how.raw:.3f} for {scene.label}{words}"):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=f"What {how.rule} gives on validation, which chose, and on test")


def _text() -> str:
    """The rule as the command line writes it."""
    rule = st.session_state["rule"]
    if rule == "cost":
        return f"cost={min(st.session_state[_COSTS], MOST_COSTLY):g}"
    goals = rule.split(",") if rule in _NUMBERS else []
    given = [st.session_state.get(name, first) for name, (_, first) in _NUMBERS.get(rule, {}).items()]
    return ",".join(f"{goal}={value:g}" for goal, value in zip(goals, given, strict=True)) or rule


def _choose(run: Run) -> None:
    """Put the line of every label where the rule chooses it; of a label that cannot meet it nothing changes."""
    lines = RunLines(str(view.root()), run, bool(st.session_state.get(_CALIBRATED)), CHOSEN_ON)
    faults = lines.put(dict.fromkeys(run.data.labels, _text()))
    st.session_state[_FAULTS] = (run.run_id, _text()), {label: line.place for label, line in lines.by_label.items()}, faults
