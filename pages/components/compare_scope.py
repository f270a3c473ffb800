"""What the tabs of the comparison share: the runs, split, metric and label that were chosen, and how tables leave the page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pandas as pd
import streamlit as st

from core.errors import CoreError
from core.runs.run import Run
from pages.components.compare_head import split_words
from pages.components.table_download import table_download
from pages.components.view import keep_known, shared_labels
from pages.components.wording import distinct

Found = TypeVar("Found")


@dataclass(frozen=True)
class Scope:
    """`split` is "test", "val" or "on:<name>"; `label` is the one chosen for the whole page, None for all together."""

    root: Path
    runs: tuple[Run, ...]
    split: str
    metric: str
    label: str | None

    @cached_property
    def names(self) -> dict[str, str]:
        """Titles by run id, all different."""
        return distinct({run.run_id: run.title for run in self.runs})

    @cached_property
    def labels(self) -> list[str]:
        """The labels that all runs have."""
        return shared_labels(list(self.runs))

    @property
    def on(self) -> str:
        """The split in words."""
        return split_words(self.split)

    @property
    def said(self) -> str:
        """The split, and the label where one is chosen, in words."""
        return f"{self.on}, {self.label}" if self.label else self.on

    @property
    def tasks(self) -> set[str]:
        return {run.data.task for run in self.runs}


def gather(scope: Scope, ask: Callable[[Run], Found]) -> tuple[dict[str, Found], dict[str, str]]:
    """What `ask` has of each run, by its name, and why where it has nothing."""
    found, missing = {}, {}
    for run in scope.runs:
        try:
            found[scope.names[run.run_id]] = ask(run)
        except CoreError as error:
            missing[scope.names[run.run_id]] = str(error)
    return found, missing


def tell_missing(missing: Mapping[str, str], what: str) -> None:
    """One line for each run that lacks something."""
    for name, why in missing.items():
        st.caption(f":material/block: {what} of {name}: not available: {why}")


def ask_label(scope: Scope, title: str, key: str, together: str | None = None) -> str | None:
    """A label that all runs have; the page's, where one is chosen above. `together` is what None is called, where that is offered."""
    if scope.label in scope.labels:
        return scope.label
    if not scope.labels:
        st.info("These runs share no label.", icon=":material/info:")
        st.stop()
    if len(scope.labels) == 1:
        return scope.labels[0]
    options = scope.labels if together is None else [together, *scope.labels]
    keep_known(key, options)
    chosen = st.selectbox(title, options, key=key, bind="query-params", width=240)
    return None if chosen == together else chosen


def download(scope: Scope, name: str, table: Callable[[], pd.DataFrame] | pd.DataFrame, words: str = "CSV") -> None:
    """A button that hands out a table of these runs."""
    table_download(name, scope.on, table, words)
