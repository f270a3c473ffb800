"""Where the line stands: one place per run, label and kind of scores, kept over pages and in the address."""

from dataclasses import dataclass

import streamlit as st

from core.runs.run import Run
from pages.components import cached

STEP = 0.001
_ADDRESS = "line"


@dataclass(frozen=True)
class Line:
    """The line of one label of a run; `frozen` is the run's own threshold, among the scores that are shown."""

    root: str
    run_id: str
    label: str
    calibrated: bool
    frozen: float

    @property
    def key(self) -> str:
        return f"line_{self.run_id}_{self.label}_{self.calibrated}"

    @property
    def place(self) -> float:
        """Where it stands now, 0..1."""
        return st.session_state.get(self.key, self.frozen)

    @property
    def is_moved(self) -> bool:
        return self.place != self.frozen

    def move(self, threshold: float) -> None:
        """Put it somewhere else."""
        st.session_state[self.key] = threshold
        st.query_params[_ADDRESS] = f"{threshold:.6g}"

    def choose(self, threshold: float) -> None:
        """Put it where a rule chose a threshold of the scores as they are."""
        if self.calibrated:
            threshold = cached.temperature(self.root, self.run_id).threshold(self.label, threshold)
        st.session_state[self.key] = threshold

    def reset(self) -> None:
        """Back to the frozen threshold."""
        st.session_state.pop(self.key, None)
        st.query_params.pop(_ADDRESS, None)


def line_of(root: str, run: Run, label: str, calibrated: bool) -> Line:
    """The line of a label; a fresh visit finds it where the address says."""
    frozen = run.operating_point.thresholds[label]
    if calibrated:
        frozen = cached.temperature(root, run.run_id).threshold(label, frozen)
    line = Line(root, run.run_id, label, calibrated, frozen)
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
