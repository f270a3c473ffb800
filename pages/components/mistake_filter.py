"""What is looked at on the mistakes page: a run, a split, a cell of the matrix, scores and a subgroup; all of it in the address."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from core.evaluation.mistakes import WRONG, cell_in_words, cell_names, cell_of, class_cell, rows_of, shown_scores
from core.evaluation.predictions import Predictions
from core.evaluation.shares import Share, shares
from core.evaluation.subgroups import in_order
from core.figures.matrix_cells import cells_figure
from core.runs.run import Run
from pages.components import cached, view
from pages.components.chart import chart

SPLITS = ("test", "val")
EVERYONE = "Everyone"
_NOT_KNOWN = "not known"
_OF_TWO = [["TN", "FP"], ["FN", "TP"]]  # rows actual, columns called


@dataclass(frozen=True, eq=False)
class Shown:
    """What was asked for: `predictions` of the split or subgroup, and the `rows` of them that are to be shown, worst first."""

    run: Run
    split: str
    label: str
    cell: str
    predictions: Predictions
    rows: np.ndarray


def choose_run(root: Path) -> Run:
    """One of the runs in view, or the one that a link names. The page ends here where there is none."""
    runs = {run.run_id: run for run in view.runs_in_view()}
    linked = st.session_state.get("mistake_run") or st.query_params.get("mistake_run")
    runs |= {run.run_id: run for run in view.store().runs() if run.run_id == linked}
    if not runs:
        view.empty("image_search", "No run is in view. Choose one in the sidebar, or train the starter comparison.", "start", "Go to start")
    view.keep_known("mistake_run", runs)
    first = next(iter(runs))
    if st.session_state.get("mistake_run") is None and "mistake_run" not in st.query_params:
        st.session_state["mistake_run"] = first  # no default of the control: the address leaves out what is one
    chosen = st.selectbox("Run", list(runs), None, key="mistake_run", bind="query-params", on_change=forget_image, width=260)
    return runs[chosen or first]


def ask_split(run: Run) -> str:
    """Validation or test, once for the whole page, as far as the run has scores of both."""
    there = [split for split in SPLITS if split in run.data.images]
    view.keep_known("mistake_split", there)
    return st.segmented_control("Split", there, default=there[0], required=True, key="mistake_split", bind="query-params",
                                on_change=forget_image)  # fmt: skip


def ask_label(run: Run) -> str:
    """The label that is looked at, where there are several that an image may have."""
    labels = run.data.labels
    if run.data.task != "multilabel":
        return labels[0]
    view.keep_known("mistake_label", labels)
    return st.selectbox("Label", labels, key="mistake_label", bind="query-params", on_change=forget_image, width=220)


def ask(root: Path, run: Run, split: str, label: str) -> Shown:
    """The matrix, the cell and the filters."""
    everyone, points = cached.predictions(str(root), run.run_id, split), run.operating_point.thresholds
    left, right = st.columns([3, 2], gap="medium")
    with right:
        cell = _ask_cell(run)
        predictions = _subgroup(everyone)
        low, high = st.slider("Score from and to", 0.0, 1.0, (0.0, 1.0), 0.01, key="mistake_scores", bind="query-params",
                              on_change=forget_image, help=_meaning(run.data.task, label))  # fmt: skip
    with left:
        _matrix(run, predictions, label, cell, split)
    rows = rows_of(predictions, points, label, cell)
    scores = shown_scores(predictions, points, label)[0][rows]
    rows = rows[(scores >= np.float32(low)) & (scores <= np.float32(high))]
    return Shown(run, split, label, cell, predictions, rows)


def told(shown: Shown) -> str:
    """How many images there are, what they are, and their share of those that could be, with its interval."""
    predictions, points = shown.predictions, shown.run.operating_point.thresholds
    words, of = cell_in_words(shown.cell, shown.label, predictions.labels), _could_be(shown)
    inside = np.zeros(predictions.n, bool)
    inside[rows_of(predictions, points, shown.label, shown.cell)] = True
    fewer = "" if len(shown.rows) == inside.sum() else f" {len(shown.rows):,} of them have such scores."
    return f"**{inside.sum():,}** of {of.sum():,} images on **{shown.split}**{_share(predictions, inside, of)}. Each {words}.{fewer}"


def _share(predictions: Predictions, inside: np.ndarray, of: np.ndarray) -> str:
    if not of.any():
        return ""
    share = shares(predictions, {"cell": Share(inside & of, of, "")})["cell"]
    limits = f"95 % interval {share.low:.1%} to {share.high:.1%}" if share.low is not None else f"interval {share.method}"
    return f": {share.value:.1%} ({limits})"


def forget_image() -> None:
    """Begin with the worst image again."""
    st.session_state["image"] = None
    st.session_state["mistake_page"] = 1


def _could_be(shown: Shown) -> np.ndarray:
    """(n,) bool: images whose truth is that of the cell; all, where it is any mistake."""
    if shown.cell == WRONG:
        return np.ones(shown.predictions.n, bool)
    cells = cell_of(shown.predictions, shown.run.operating_point.thresholds, shown.label)
    if shown.predictions.task == "multiclass":
        labels = shown.predictions.labels
        actual = next(one for one in labels for called in labels if class_cell(one, called) == shown.cell)
        return shown.predictions.column(actual)[0].astype(bool)
    return np.isin(cells, ("TP", "FN") if shown.cell in ("TP", "FN") else ("TN", "FP"))


def _ask_cell(run: Run) -> str:
    names = cell_names(run.data.task, run.data.labels)
    view.keep_known("cell", names)
    if run.data.task == "multiclass":
        return st.selectbox("Cell (actual > called)", names, key="cell", bind="query-params", on_change=forget_image)
    return st.segmented_control("Cell", names, default=names[0], required=True, key="cell", bind="query-params", on_change=forget_image)


def _subgroup(predictions: Predictions) -> Predictions:
    parts = {
        f"{name}: {value or _NOT_KNOWN}": column == value
        for name, column in predictions.groups.items()
        for value in in_order(column.tolist())
    }
    if not parts:
        return predictions
    view.keep_known("mistake_group", (EVERYONE, *parts))
    chosen = st.selectbox("Subgroup", (EVERYONE, *parts), key="mistake_group", bind="query-params", on_change=forget_image)
    return predictions if chosen == EVERYONE else predictions.select(parts[chosen])


def _matrix(run: Run, predictions: Predictions, label: str, cell: str, split: str) -> None:
    """The matrix; a click on a cell opens it, as the control beside it does."""
    cells = cell_of(predictions, run.operating_point.thresholds, label)
    if run.data.task == "multiclass":
        classes, names = run.data.labels, [[class_cell(one, other) for other in run.data.labels] for one in run.data.labels]
    else:
        classes, names = (run.data.classes if run.data.task == "binary" else (f"no {label}", label)), _OF_TWO
    counts = np.array([[(cells == name).sum() for name in row] for row in names], int)
    figure, words = cells_figure(counts, classes, names, cell), f"Confusion matrix on {split}; choose a cell with the control beside it"
    chart(figure, key="mistake_matrix", on_select=_open_cell, alt=words, config={"displayModeBar": False})


def _open_cell() -> None:
    points = st.session_state["mistake_matrix"].selection.points
    if points:
        st.session_state["cell"] = points[0]["customdata"]
        forget_image()


def _meaning(task: str, label: str) -> str:
    return "Of the score of the true class." if task == "multiclass" else f"Of the score of {label}."
