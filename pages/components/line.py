"""Where the line stands: one place per run, label and kind of scores, kept over pages."""

from dataclasses import dataclass
from typing import NamedTuple

import streamlit as st

from core.evaluation.thresholds import CHOSEN_ON
from core.runs.run import Run
from pages.components import cached


class Moved(NamedTuple):
    """How a line was moved: to where, while looking at which split, and by which rule, which chose `raw` among the scores as they are."""

    place: float
    split: str | None = None
    rule: str | None = None
    raw: float | None = None


_UNKNOWN = Moved(-1.0)


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
    def how(self) -> Moved:
        """What put it where it stands; without split and rule where that is not known."""
        moved = st.session_state.get(self._how_key, _UNKNOWN)
        return moved if moved.place == self.place else Moved(self.place)

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
        return self.how.rule

    @property
    def was_put_on_validation(self) -> bool:
        """Whether a hand put it there while looking at validation; a line that an address brought was put who knows where."""
        return self.how.rule is None and self.how.split == CHOSEN_ON

    def put(self, threshold: float) -> None:
        """Put it somewhere else by hand."""
        self._remember(Moved(threshold, self.split))

    def bring(self, threshold: float) -> None:
        """Put it where an address says."""
        self._remember(Moved(threshold))

    def choose(self, threshold: float, rule: str) -> None:
        """Put it where a rule chose a threshold of the scores as they are."""
        place = cached.temperature(self.root, self.run_id).threshold(self.label, threshold) if self.calibrated else threshold
        self._remember(Moved(place, self.split, rule, threshold))

    def reset(self) -> None:
        """Back to the frozen threshold."""
        st.session_state.pop(self.key, None)
        st.session_state.pop(self._how_key, None)

    def _remember(self, moved: Moved) -> None:
        st.session_state[self.key], st.session_state[self._how_key] = moved.place, moved


def line_of(root: str, run: Run, label: str, calibrated: bool, split: str) -> Line:
    """The line of a label while a split is looked at."""
    frozen = run.operating_point.thresholds[label]
    if calibrated:
        frozen = cached.temperature(root, run.run_id).threshold(label, frozen)
    return Line(root, run.run_id, label, calibrated, frozen, split)
