"""The head of the compare page: which scores, which label, which metrics. Chosen once, for all numbers below, and kept in the address."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.evaluation.metrics import LABEL_METRICS, METRICS, metrics_of
from core.runs.elsewhere import KEY as ELSEWHERE
from core.runs.elsewhere import Elsewhere
from core.runs.run import Run
from core.runs.store import Store
from pages.components.view import shared_labels

_FIRST = ("roc_auc", "sensitivity", "specificity", "accuracy", "f1")
_SPLITS = {"test": "Test", "val": "Validation"}


@dataclass(frozen=True)
class Asked:
    """`split` is "test", "val" or "on:<name>"; `label` is None for all labels together; `drawn` is one of `metrics`."""

    split: str
    label: str | None
    metrics: tuple[str, ...]
    drawn: str

    @property
    def scores_of(self) -> str:
        """The split in words, to be said beside every number ("test", "validation, label Mass")."""
        return split_words(self.split) + (f", {self.label}" if self.label else "")


def split_words(split: str) -> str:
    """A split as a sentence has it ("test", "validation", "other hospital")."""
    return split.removeprefix(ELSEWHERE) if split.startswith(ELSEWHERE) else _SPLITS[split].lower()


def choose(root: Path, runs: list[Run]) -> Asked:
    """The controls."""
    splits = [*_SPLITS, *(f"{ELSEWHERE}{name}" for name in elsewhere(root, runs))]
    labels = shared_labels(runs)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control("Scores of", splits, default="test", required=True, key="split", bind="query-params",
                                     format_func=lambda one: _SPLITS.get(one) or f"On {split_words(one)}")  # fmt: skip
        label = None
        if len(labels) > 1:
            label = st.selectbox("Label", labels, index=None, key="label", bind="query-params", placeholder="All labels together",
                                 width=220)  # fmt: skip
        offered = _offered(runs, label)
        metrics = st.multiselect("Metrics", offered, default=[name for name in _FIRST if name in offered], key="metrics",
                                 bind="query-params", format_func=lambda name: METRICS[name].title)  # fmt: skip
    shown = tuple(metrics) or ("roc_auc",)
    drawn = st.segmented_control("Drawn, tested and set against cost", shown, default=shown[0], required=True, key="drawn",
                                 bind="query-params", format_func=lambda name: METRICS[name].title)  # fmt: skip
    return Asked(split, label, shown, drawn)


def _offered(runs: list[Run], label: str | None) -> list[str]:
    """The metrics that some run has, in the order of METRICS."""
    if label:
        return list(LABEL_METRICS)
    tasks = {run.data.task for run in runs}
    return [name for name in METRICS if any(name in metrics_of(task) for task in tasks)]


def elsewhere(root: Path, runs: list[Run]) -> list[str]:
    """The names of the other data sets that some of the runs were scored on."""
    known = Elsewhere(Store(root))
    return list(dict.fromkeys(name for run in runs for name in known.list(run)))


def scored(root: Path, runs: list[Run], split: str) -> list[Run]:
    """The runs that have scores on a split; says which ones have none, and what to know of scores on other data."""
    known, with_scores = Elsewhere(Store(root)), []
    for run in runs:
        if split in run.data.images or split.removeprefix(ELSEWHERE) in known.list(run):
            with_scores.append(run)
    without = [run.title for run in runs if run not in with_scores]
    if without:
        st.info(f"Without scores on {split_words(split)}: {', '.join(without)}.", icon=":material/info:")
    if split.startswith(ELSEWHERE):
        _remarks({run.title: known.find(run, split.removeprefix(ELSEWHERE)).remarks for run in with_scores})
    return with_scores


def _remarks(told: dict[str, list[str]]) -> None:
    """What to know of the numbers, once where it is the same for all runs."""
    for remark in dict.fromkeys(one for remarks in told.values() for one in remarks):
        concerned = [title for title, remarks in told.items() if remark in remarks]
        whose = "" if len(concerned) == len(told) else f"{', '.join(concerned)}: "
        st.warning(f"{whose}{remark}", icon=":material/warning:")
