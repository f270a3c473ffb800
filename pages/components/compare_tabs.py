"""The lower half of the comparison, in tabs: curves, classes, matrices, tests, training, subgroups.

Only the open one is computed, and what is chosen in it makes nothing else anew.
"""

from pathlib import Path

import streamlit as st

from core.runs.run import Run
from pages.components import (
    compare_curves,
    compare_labels,
    compare_matrices,
    compare_pointing,
    compare_subgroups,
    compare_tests,
    compare_training,
)
from pages.components.compare_scope import Scope
from pages.components.view import told

_BODIES = {
    "Curves": compare_curves.show,
    "Per class": compare_labels.show,
    "Matrices": compare_matrices.show,
    "Tests in words": compare_tests.show,
    "Training": compare_training.show,
    "Subgroups": compare_subgroups.show,
    "Pointing game": compare_pointing.show,
}


def show(root: Path, runs: list[Run], split: str, metric: str, label: str | None = None) -> None:
    """The tabs over some runs; `split` is "test", "val" or "on:<name>", `label` None for all labels together."""
    st.fragment(_tabs)(Scope(root, tuple(runs), split, metric, label))


def _tabs(scope: Scope) -> None:
    tabs = st.tabs(list(_BODIES), on_change="rerun", key="tab", bind="query-params")
    for tab, body in zip(tabs, _BODIES.values(), strict=True):
        if tab.open:
            with tab, told(stop=False):
                body(scope)
