"""Every st.cache_* of the compare page, beside those that other pages share with it (cached). Keys are as they are there.

Streamlit takes about .3 ms to find something it keeps, so what is asked for of each run is kept for all runs in view together.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import streamlit as st

from core.evaluation.classification_report import ClassificationReport, classification_report
from core.evaluation.comparison import Entry as Compared
from core.evaluation.comparison import pairs as tested
from core.evaluation.pair import Pair
from core.evaluation.subgroups import Subgroup, subgroup_intervals, whole
from core.jobs.published_reports import Report, reports_of
from core.runs import learning
from core.runs.store import Store
from pages.components import cached

Made = TypeVar("Made")


@st.cache_resource(max_entries=64, show_spinner=False)
def overlaid(key: str, _make: Callable[[], Made]) -> Made:
    """What `_make` makes of several runs; `key` names all that it depends on."""
    return _make()


@st.cache_data(max_entries=256, show_spinner=False)
def epoch_values(root: str, run_ids: tuple[str, ...], metrics: tuple[str, ...], label: str | None) -> dict[tuple[str, str], list[float]]:
    """Metrics on validation after each epoch of the training of runs, by run and metric."""
    store = Store(Path(root))
    runs = [store.get(run_id) for run_id in run_ids]
    return {(run.run_id, name): learning.epoch_values(store, run, name, label) for run in runs for name in metrics}


@st.cache_data(max_entries=64, ttl="10m", show_spinner="Looking at published figures")
def reports(root: str, run_ids: tuple[str, ...]) -> dict[str, list[Report]]:
    """The published models that each run is; the data sets are looked at again after ten minutes."""
    store = Store(Path(root))
    return {run_id: reports_of(store, store.get(run_id), lambda source: cached.dataset(root, source)) for run_id in run_ids}


@st.cache_data(max_entries=256, show_spinner=False)
def report(
    root: str, run_id: str, split: str, thresholds: tuple[tuple[str, float], ...], labels: tuple[str, ...] | None, classes: tuple | None
) -> ClassificationReport:
    """The classification report of some labels, or all; `classes` are the two names of a binary task."""
    return classification_report(cached.predictions(root, run_id, split), dict(thresholds), labels, classes)


@st.cache_resource(max_entries=200, show_spinner=False)
def compared(
    root: str, run_id: str, name: str, split: str, label: str | None, thresholds: tuple[tuple[str, float], ...], metric: str
) -> Compared:
    """A run to be tested against others in a metric, under a name; it keeps what took long."""
    found = cached.predictions(root, run_id, split)
    return Compared(name, found if label is None else found.of_label(label), dict(thresholds), (metric,))


@st.cache_data(max_entries=256, show_spinner="Testing the runs against each other")
def pairs(root: str, runs: tuple[tuple[str, str, tuple], ...], split: str, label: str | None, metric: str) -> list[Pair]:
    """Each two runs tested against each other, of all labels or one; `runs` are ids, names and thresholds."""
    return tested([compared(root, run_id, name, split, label, thresholds, metric) for run_id, name, thresholds in runs], metric)


@st.cache_data(max_entries=256, show_spinner="Computing intervals of each subgroup")
def subgroups(
    root: str, run_id: str, split: str, label: str | None, thresholds: tuple[tuple[str, float], ...], group: str, metric: str
) -> list[Subgroup]:
    """A metric of all images and of each subgroup, of one label or of all together, with intervals."""
    found, points = cached.predictions(root, run_id, split), dict(thresholds)
    found = found if label is None else found.of_label(label)
    return [whole(found, points, [metric]), *subgroup_intervals(found, points, group, [metric])]
