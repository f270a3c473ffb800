"""Where the line stands: one place per run, label and kind of scores, kept over pages and in the address."""

from dataclasses import dataclass

import streamlit as st

from core.evaluation.thresholds import CHOSEN_ON
from core.runs.run import Run
from pages.components import cached

_ADDRESS = "line"


@dataclass(frozen=True)
class Line:
    """The line of one label of a run; `frozen` is the run's own threshold, among the scores that are shown, those of `split`."""

    root: str
    run_id: str
    label: str
    calibrated: bool
    frozen: float
    split: str

    @property
    def key(self) -> str:
        return f"line_{self.run_id}_{self.label}_{self.calibrated}"

    @property
    def _how_key(self) -> str:
        return f"{self.key}_how"

    @property
    def _how(self) -> tuple[str | None, str | None]:
        """The rule and the split that put it where it stands; None for what is not known."""
        rule, split, threshold = st.session_state.get(self._how_key, (None, None, None))
        return (rule, split) if threshold == self.place else (None, None)

    @property
    def place(self) -> float:
        """Where it stands now, 0..1."""
        return st.session_state.get(self.key, self.frozen)

    @property
    def is_moved(self) -> bool:
        return self.place != self.frozen

    @property
    def rule(self) -> str | None:
        """The rule that put it where it stands; None where a hand did, or where it was not moved."""
        return self._how[0]

    @property
    def was_put_on_validation(self) -> bool:
        """Whether a hand put it there while looking at validation; a line that an address brought was put who knows where."""
        return self._how == (None, CHOSEN_ON)

    def move(self, threshold: float) -> None:
        """Put it somewhere else, and tell the address."""
        self.put(threshold)
        st.query_params[_ADDRESS] = f"{threshold:.6g}"

    def put(self, threshold: float, rule: str | None = None) -> None:
        """Put it somewhere else, without a word to the address, which knows one line only."""
        st.session_state[self.key], st.session_state[self._how_key] = threshold, (rule, self.split, threshold)

    def choose(self, threshold: float, rule: str | None = None) -> None:
        """Put it where a rule chose a threshold of the scores as they are."""
        if self.calibrated:
            threshold = cached.temperature(self.root, self.run_id).threshold(self.label, threshold)
        self.put(threshold, rule)

    def reset(self) -> None:
        """Back to the frozen threshold."""
        st.session_state.pop(self.key, None)
        st.session_state.pop(self._how_key, None)
        st.query_params.pop(_ADDRESS, None)


def line_of(root: str, run: Run, label: str, calibrated: bool, split: str) -> Line:
    """The line of a label while a split is looked at; a fresh visit finds it where the address says."""
    frozen = run.operating_point.thresholds[label]
    if calibrated:
        frozen = cached.temperature(root, run.run_id).threshold(label, frozen)
    line = Line(root, run.run_id, label, calibrated, frozen, split)
    wanted = _of_address(st.query_params.get(_ADDRESS))
    if "line_seen" not in st.session_state and wanted is not None:
        st.session_state[line.key] = wanted
    st.session_state["line_seen"] = True
    return line


def _of_address(text: str | None) -> float | None:
    """A number from 0 to 1, or None for anything else that stands there."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
