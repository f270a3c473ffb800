"""Several classes, decided by the highest score, or by a threshold each: then some images stay undecided."""

import pandas as pd
import streamlit as st

from core.evaluation.one_vs_rest import ClassDecisions
from core.evaluation.scorecard import Entry
from core.figures.matrix import matrix_figure
from pages.components import cached
from pages.components.chart import chart
from pages.components.compare_head import split_words
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.metric_table import told
from pages.components.wording import thousands

UNDECIDED = "undecided"
_WAYS = {"highest": "Highest score", "thresholds": "A threshold per class"}
_MOST_HIGH, _ROW = 620, 74  # px


def show(scene: Scene) -> None:
    """The way, the numbers, the matrix and the classes."""
    if scene.run.data.task != "multiclass":
        st.info("Each label of this run has a threshold of its own: this tab is for runs with several classes.", icon=":material/info:")
        return
    way = st.segmented_control("Decided by", list(_WAYS), default="highest", required=True, key="class_way", bind="query-params",
                               format_func=_WAYS.get)  # fmt: skip
    key = (str(scene.root), scene.run.run_id, scene.split, scene.calibrated)
    thresholds = tuple((label, scene.line(label).place) for label in scene.run.data.labels)
    found = cached.class_decisions(*key, thresholds if way == "thresholds" else None)
    _numbers(scene, found, cached.class_decisions(*key, None), way)
    _matrix(scene, found, way)
    _classes(scene, found, dict(thresholds), way)


def _numbers(scene: Scene, found: ClassDecisions, highest: ClassDecisions, way: str) -> None:
    """The numbers of the way, and beside thresholds the accuracy of the highest score, which decides on every image."""
    split = split_words(scene.split)
    left = f"Undecided: {thousands(found.none)} images reach no threshold, {thousands(found.several)} reach several."
    cards = {
        "Undecided": (found.undecided, left),
        "Accuracy, decided": (found.accuracy, "Of the images that are called one class, the share that are of it."),
        "Accuracy, highest score": (highest.accuracy, "Of all images, the share whose class has the highest score."),
        "Macro F1": (found.macro_f1, "The mean F1 of the classes; an undecided image is missed by its own class."),
    }
    if way == "highest":
        cards, left = {title: cards[title] for title in ("Accuracy, highest score", "Macro F1")}, "No image stays undecided."
    with st.grid("auto", min_column_width=175):
        for title, (entry, words) in cards.items():
            _number(title, entry, f"{words} On {split}, {entry.method}.")
    st.caption(f"On {split}, with 95 % intervals. {left}")


def _number(title: str, entry: Entry, words: str) -> None:
    value = "n/a" if entry.value is None else f"{entry.value:.3f}"
    between = entry.method if entry.low is None else f"{entry.low:.3f} to {entry.high:.3f}"
    st.metric(title, value, between, delta_color="off", delta_arrow="off", border=True, help=words)


def _matrix(scene: Scene, found: ClassDecisions, way: str) -> None:
    called = (*found.labels, UNDECIDED)
    height = min(110 + _ROW * len(found.labels), _MOST_HIGH)
    made = matrix_figure(found.matrix, found.labels, height, called)
    if len(found.labels) > 4:
        made["data"][0]["textfont"]["size"] = 12
    words = f"Confusion matrix on {split_words(scene.split)} by {_WAYS[way].lower()}, with a column of undecided images"
    chart(made, key="figure_classes_undecided", alt=words)
    download(scene, "class-matrix", lambda: _cells(scene, found, way))


def _classes(scene: Scene, found: ClassDecisions, thresholds: dict[str, float], way: str) -> None:
    """Each class by itself, and at which threshold where it has one."""
    rows = []
    for number, label in enumerate(found.labels):
        at = {"Threshold": thresholds[label]} if way == "thresholds" else {}
        rows.append({"Class": label, **at, "Undecided": int(found.matrix[number, -1]), "Sensitivity": told(found.sensitivity[label]),
                     "F1": told(found.f1[label])})  # fmt: skip
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config={"Threshold": st.column_config.NumberColumn(format="%.3f")},
                 alt=f"Sensitivity and F1 of each class on {split_words(scene.split)}")  # fmt: skip
    if way == "thresholds":
        st.caption("The thresholds are the lines of the classes: choose a label above and move its line, or edit them in the tab of all "
                   "labels. A run itself calls the class with the highest score on all other pages.")  # fmt: skip


def _cells(scene: Scene, found: ClassDecisions, way: str) -> pd.DataFrame:
    called = (*found.labels, UNDECIDED)
    return pd.DataFrame([
        {"run_id": scene.run.run_id, "split": scene.split, "decided_by": way, "actual": actual, "called": name,
         "images": int(found.matrix[row, column])}
        for row, actual in enumerate(found.labels) for column, name in enumerate(called)
    ])  # fmt: skip
