"""Confusion matrices of the runs side by side, or of every label of one run. A cell opens its images on the mistakes page."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.counts import Counts
from core.evaluation.decisions import decisions
from core.evaluation.mistakes import OF_LABEL, class_cell
from core.figures.matrix import confusion
from core.figures.matrix_cells import cells_figure
from core.figures.style import headed
from core.runs.run import Run
from pages.components import cached
from pages.components.chart import chart
from pages.components.compare_scope import Scope, ask_label, download, gather, tell_missing
from pages.components.view import keep_known, thresholds_of

_EVERY = "Every label of one run"
_OF_TWO = [["TN", "FP"], ["FN", "TP"]]  # rows actual, columns called
_MOST_LINKS = 4


def show(scope: Scope) -> None:
    """One matrix per run, or per label of a run."""
    label = ask_label(scope, "Matrices of", "matrix_label", _EVERY) if scope.tasks == {"multilabel"} else None
    if scope.tasks == {"multilabel"} and label is None:
        _every_label(scope)
    else:
        _side_by_side(scope, label)
    st.caption(f"On {scope.on}, at each run's operating point. Large: images; below: their share of the row, as is the colour. "
               "A click on a cell, or a link, opens its images.")  # fmt: skip


def _side_by_side(scope: Scope, label: str | None) -> None:
    found, missing = gather(scope, lambda run: _matrix(scope, run, label))
    with st.grid(3, min_column_width=290):
        for run in scope.runs:
            if scope.names[run.run_id] in found:
                _card(scope, run, scope.names[run.run_id], run.run_id, found[scope.names[run.run_id]], label)
    tell_missing(missing, "The matrix")
    if found:
        download(scope, "matrices", lambda: _table(found))


def _every_label(scope: Scope) -> None:
    runs = {run.run_id: run for run in scope.runs}
    keep_known("matrix_run", runs)
    run = runs[st.selectbox("Run", list(runs), key="matrix_run", bind="query-params", format_func=scope.names.get, width=240)]
    found = {label: _matrix(scope, run, label) for label in run.data.labels}
    with st.grid(4, min_column_width=250):
        for number, (label, cells) in enumerate(found.items()):
            _card(scope, run, label, f"{run.run_id}_{number}", cells, label)
    download(scope, "matrices-of-labels", lambda: _table(found))


def _matrix(scope: Scope, run: Run, label: str | None) -> dict[str, np.ndarray | list | tuple]:
    """`counts` (k, k), the `names` of the cells and the `classes`."""
    if run.data.task == "multiclass":
        found = cached.predictions(str(scope.root), run.run_id, scope.split)
        called = decisions(found, run.operating_point.thresholds)
        counts = confusion(found.y_true.argmax(axis=1), called.argmax(axis=1), len(found.labels))
        names = [[class_cell(one, other) for other in found.labels] for one in found.labels]
        return {"counts": counts, "names": names, "classes": found.labels}
    one = label or run.data.labels[0]
    cells = cached.operating_counts(str(scope.root), run.run_id, scope.split, thresholds_of(run))[one]
    classes = run.data.classes if run.data.task == "binary" else ("absent", "present")
    return {"counts": _square(cells), "names": _OF_TWO, "classes": classes}


def _square(cells: Counts) -> np.ndarray:
    return np.array([[cells.tn, cells.fp], [cells.fn, cells.tp]], int)


def _card(scope: Scope, run: Run, title: str, key: str, found: Mapping, label: str | None) -> None:
    with st.container(border=True, key=f"card_{key}"):
        st.markdown(f"**{title}**")
        said, last = scope.on if label in (None, title) else f"{scope.on}, {label}", len(found["classes"]) - 0.5
        figure = headed(cells_figure(found["counts"], found["classes"], found["names"], ""), said)
        figure["layout"]["xaxis"] |= {"range": [-0.5, last]}
        figure["layout"]["yaxis"] |= {"range": [last, -0.5], "autorange": False}
        has_links = scope.split in run.data.images  # the mistakes page shows no images of other data
        cells = ", ".join(f"{cell} {count}" for cell, count in _linked(run, found))
        chart(figure, key=f"matrix_{key}", config={"displayModeBar": False}, alt=f"Confusion matrix of {title} on {scope.on}: {cells}",
              on_select=partial(_remember, scope, run, label, f"matrix_{key}") if has_links else None)  # fmt: skip
        if not has_links:
            return
        with st.container(horizontal=True, gap="small"):
            for cell, count in _linked(run, found):
                st.page_link("pages/mistakes.py", label=f"{cell} {count:,}", query_params=_address(scope, run, label, cell))
    if st.session_state.get(_OPEN, {}).get("key") == f"matrix_{key}":
        st.switch_page("pages/mistakes.py", query_params=st.session_state.pop(_OPEN)["address"])


_OPEN = "open_cell"


def _remember(scope: Scope, run: Run, label: str | None, key: str) -> None:
    """A cell was clicked: its page opens in the run of the script that follows."""
    points = st.session_state[key].selection.points
    if points:
        st.session_state[_OPEN] = {"key": key, "address": _address(scope, run, label, points[0]["customdata"])}


def _linked(run: Run, found: Mapping) -> list[tuple[str, int]]:
    """The cells that stand as links: all four of two classes, of more the commonest mistakes."""
    cells = [(name, int(count)) for names, row in zip(found["names"], found["counts"], strict=True)
             for name, count in zip(names, row, strict=True)]  # fmt: skip
    if run.data.task != "multiclass":
        return sorted(cells, key=lambda cell: OF_LABEL.index(cell[0]))
    right = {class_cell(one, one) for one in run.data.labels}
    return sorted((cell for cell in cells if cell[0] not in right and cell[1]), key=lambda cell: -cell[1])[:_MOST_LINKS]


def _address(scope: Scope, run: Run, label: str | None, cell: str) -> dict[str, str]:
    """What the mistakes page is told."""
    of_label = {"mistake_label": label} if run.data.task == "multilabel" and label else {}
    return {"mistake_run": run.run_id, "mistake_split": scope.split, "cell": cell} | of_label


def _table(found: Mapping[str, Mapping]) -> pd.DataFrame:
    return pd.DataFrame([
        {"matrix": title, "actual": actual, "called": called, "images": int(one["counts"][row, column])}
        for title, one in found.items() for row, actual in enumerate(one["classes"]) for column, called in enumerate(one["classes"])
    ])  # fmt: skip
