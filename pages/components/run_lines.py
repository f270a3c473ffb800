"""The lines of all labels of a run together: put by a rule, frozen, put back, and told to the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import streamlit as st

from core.errors import CoreError
from core.evaluation.thresholds import CHOSEN_ON, OperatingPoint, choose_among
from core.runs.operating import freeze
from core.runs.run import Run
from pages.components import cached, line_address, view
from pages.components.line import Line, line_of

HAND, PER_LABEL = "hand", "a rule per label"
RAW_ALONE = "Switch off calibrated scores first: a run's thresholds are kept among the scores as they are."
_SEEN = "line_seen"


class Fault(NamedTuple):
    """Why a rule could not move the lines of some labels."""

    labels: tuple[str, ...]
    why: str

    @property
    def words(self) -> str:
        return f"{', '.join(self.labels)}: not moved: {self.why}"


@dataclass(frozen=True)
class RunLines:
    """The lines among the scores of `split`, calibrated or as they are."""

    root: str
    run: Run
    calibrated: bool
    split: str

    @cached_property
    def by_label(self) -> dict[str, Line]:
        return {label: line_of(self.root, self.run, label, self.calibrated, self.split) for label in self.run.data.labels}

    @property
    def moved(self) -> list[Line]:
        return [line for line in self.by_label.values() if line.is_moved]

    def rule_of(self, label: str) -> str:
        """How a line came to stand where it stands: the run's own rule, another one, or by hand."""
        line = self.by_label[label]
        return (line.rule or HAND) if line.is_moved else self.run.operating_point.rule

    @property
    def rule(self) -> str:
        """One rule where all labels have the same; "hand" where any was put by hand."""
        several = {self.rule_of(label) for label in self.by_label}
        if len(several) == 1:
            return several.pop()
        return HAND if HAND in several else PER_LABEL

    def put(self, rules: Mapping[str, str]) -> list[Fault]:
        """Choose thresholds on validation, by label. A label that cannot meet its rule keeps its line, and is told."""
        splits = {split: cached.predictions(self.root, self.run.run_id, split) for split in (CHOSEN_ON, self.split)
                  if split in self.run.data.images}  # fmt: skip
        failed: dict[str, list[str]] = {}
        for label, rule in rules.items():
            try:
                chosen = choose_among(rule, {split: found.of_label(label) for split, found in splits.items()})
            except CoreError as error:
                failed.setdefault(str(error), []).append(label)
            else:
                self.by_label[label].choose(chosen.thresholds[label], chosen.rule)
        return [Fault(tuple(labels), why) for why, labels in failed.items()]

    @property
    def why_not_frozen(self) -> str | None:
        """Why these thresholds cannot be frozen: test may not choose them, and a run keeps thresholds of its scores as they are."""
        if self.calibrated:
            return RAW_ALONE
        unsound = [line.label for line in self.moved if line.rule is None and not line.was_put_on_validation]
        if unsound:
            return f"{', '.join(unsound)}: put by hand, but not on validation; test only reports. Show validation, and put it there again."
        return None

    def freeze(self) -> None:
        """Make them the run's operating point; the page runs again, for the run that it holds has the old thresholds."""
        rule = self.rule
        freeze(view.store(), self.run, OperatingPoint(rule, CHOSEN_ON, {label: line.place for label, line in self.by_label.items()}))
        self.reset()
        st.toast(f"{self.run.title} now decides by {rule}.", icon=":material/lock:")
        st.rerun()

    def reset(self) -> None:
        """All back to the frozen thresholds."""
        for line in self.by_label.values():
            line.reset()

    def follow_address(self, shown: str) -> None:
        """A fresh visit finds the lines where the address says; later the address follows them. `shown` is the label that is shown."""
        if _SEEN not in st.session_state:
            for label, place in line_address.read(shown).items():
                if label in self.by_label:
                    self.by_label[label].bring(place)
        st.session_state[_SEEN] = True
        line_address.tell({line.label: line.place for line in self.moved}, shown)
