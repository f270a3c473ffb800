"""The line and all that moves with it: histogram, matrix, rates, and the points on the curves."""

from pathlib import Path

import numpy as np
import streamlit as st

from core.evaluation.counts import Counts, counts_at
from core.evaluation.intervals import Interval
from core.evaluation.metrics import METRICS, evaluate
from core.figures.matrix import matrix_figure
from core.figures.roc_pr import Point, pr_figure, roc_figure
from core.figures.scores import histogram_figure
from core.runs.run import Run
from pages.components import cached
from pages.components.wording import share

STEP = 0.001
_MOVING = ("sensitivity", "specificity", "precision", "npv", "f1", "accuracy")
_STILL = ("roc_auc", "average_precision")


def slider_key(run: Run, label: str) -> str:
    """The slider's name; each run and label has its own."""
    return f"threshold_{run.run_id}_{label}"


def on_slider(threshold: float) -> float:
    """The slider's nearest place that decides no validation score otherwise than `threshold` upwards: rounded down."""
    return float(np.floor(threshold / STEP) * STEP)


@st.fragment
def show(root: Path, run: Run, label: str, split: str) -> None:
    """Everything that depends on the line; only this part runs again when it moves."""
    frozen = run.operating_point.thresholds[label]
    st.session_state.setdefault(slider_key(run, label), on_slider(frozen))
    threshold = st.slider(f"Threshold for {label}", 0.0, 1.0, step=STEP, format="%.3f", key=slider_key(run, label), persist_state="session")
    _status(run, split, frozen, threshold)
    y_true, y_score = cached.predictions(str(root), run.run_id, split).column(label)
    counts = counts_at(y_true, y_score, threshold)
    classes = run.data.classes if run.data.task == "binary" else (f"no {label}", label)
    left, right = st.columns([3, 2])
    left.plotly_chart(histogram_figure(cached.histogram(str(root), run.run_id, split, label), classes, threshold), key="histogram",
                      alt=f"Scores of both classes on {split} with the threshold")  # fmt: skip
    right.plotly_chart(matrix_figure(_matrix(counts), classes), key="matrix", alt=f"Confusion matrix on {split} at the threshold")
    _rates(root, run, label, split, threshold)
    _curves(root, run, label, split, Point(threshold, counts))


def _status(run: Run, split: str, frozen: float, threshold: float) -> None:
    point = run.operating_point
    how = "fixed beforehand" if point.rule == "0.5" else f"chosen by {point.rule} on validation"
    with st.container(horizontal=True):
        st.badge(f"Frozen: {frozen:.3f}, {how}", icon=":material/lock:", color="gray")
        if on_slider(frozen) != on_slider(threshold + STEP / 2):
            words = "Exploratory: this line was moved while looking at test" if split == "test" else "Trying out on validation"
            st.badge(words, icon=":material/explore:", color="orange")


def _rates(root: Path, run: Run, label: str, split: str, threshold: float) -> None:
    """The numbers that move, then those that stay."""
    one = cached.predictions(str(root), run.run_id, split).of_label(label)
    values, found = evaluate(one, {label: threshold}), cached.label_intervals(str(root), run.run_id, split, label, threshold)
    with st.grid("auto", min_column_width=130):
        for name in (*_MOVING, *_STILL):
            _rate(name, values[name], found[name], split)
    st.caption(f"On {split}, with 95 % intervals. ROC AUC and average precision do not depend on the threshold: they stay as it moves.")


def _rate(name: str, value: float | None, one: Interval | None, split: str) -> None:
    low_high = f"{one.low:.3f} to {one.high:.3f}" if one else "no interval"
    st.metric(METRICS[name].title, share(value), low_high, delta_color="off", delta_arrow="off", border=True,
              help=f"{METRICS[name].definition} On {split}.")  # fmt: skip


def _curves(root: Path, run: Run, label: str, split: str, point: Point) -> None:
    left, right = st.columns(2)
    at, key = {run.title: point}, (str(root), run.run_id, split, label)
    left.plotly_chart(roc_figure({run.title: cached.roc(*key)}, at, 300), key="lab_roc", alt="ROC curve with the threshold's point")
    curves = {run.title: cached.precision_recall(*key)}
    right.plotly_chart(pr_figure(curves, at, 300), key="lab_pr", alt="Precision-recall curve with the threshold's point")


def _matrix(counts: Counts) -> np.ndarray:
    return np.array([[counts.tn, counts.fp], [counts.fn, counts.tp]], int)
