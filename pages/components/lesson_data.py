"""Whose scores a lesson is shown on: the simulated ones, or those of a run in view that fits."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.lessons.lesson import Lesson
from core.lessons.material import FIRST_LINE, Material
from core.runs.run import Run
from pages.components import cached, view
from pages.components.view import keep_known, thresholds_of
from pages.components.wording import distinct

SIMULATED = "Simulated"
_DATA, _LABEL, _BESIDE = "lesson_data", "lesson_label", "lesson_beside"


@dataclass(frozen=True, eq=False)
class Shown:
    """The scores of a lesson. `key` tells them from others, for widgets and caches."""

    material: Material
    key: str


def choose(root: Path, lesson: Lesson) -> Shown:
    """The controls; scores on which the lesson cannot be taught say why, and the simulated ones stay."""
    runs = {run.run_id: run for run in view.runs_in_view()}
    titles = distinct({run_id: run.title for run_id, run in runs.items()})
    names = {SIMULATED: SIMULATED} | titles
    keep_known(_DATA, names)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.selectbox("Data", list(names), format_func=names.get, key=_DATA, bind="query-params", width=260,
                              help="Simulated scores have known truth. The runs in view in the sidebar can be taken instead.")  # fmt: skip
        if wanted == SIMULATED:
            return Shown(cached.drawn_lesson(lesson.lesson_id), SIMULATED)
        run = runs[wanted]
        label = _ask_label(run)
        other = _ask_other(run, label, list(runs.values()), titles) if lesson.figure == "difference" else None
    return _of_run(root, lesson, (run, other), label, titles)


def _ask_label(run: Run) -> str:
    labels = list(run.data.labels)
    if len(labels) == 1:
        return labels[0]
    keep_known(_LABEL, labels)
    return st.selectbox("Label", labels, key=_LABEL, bind="query-params", width=220)


def _ask_other(run: Run, label: str, runs: list[Run], titles: dict[str, str]) -> Run | None:
    """Another run on the same images that knows the label; None where none is in view."""
    fitting = {
        one.run_id: one for one in runs
        if one.run_id != run.run_id and one.data.fingerprint == run.data.fingerprint and label in one.data.labels
        and "test" in one.data.images
    }  # fmt: skip
    if len(fitting) < 2:
        return next(iter(fitting.values()), None)
    keep_known(_BESIDE, fitting)
    return fitting[st.selectbox("Beside", list(fitting), format_func=titles.get, key=_BESIDE, bind="query-params", width=220)]


def _of_run(root: Path, lesson: Lesson, runs: tuple[Run, Run | None], label: str, titles: dict[str, str]) -> Shown:
    run, other = runs
    try:
        material = _material(root, run, other, label, titles)
        lesson.check(material)
    except CoreError as error:
        st.info(f"{titles[run.run_id]} cannot show this lesson: {error} The simulated data are shown.", icon=":material/info:")
        return Shown(cached.drawn_lesson(lesson.lesson_id), SIMULATED)
    key = " ".join([run.run_id, label, str(hash(thresholds_of(run))), other.run_id if other else ""])
    return Shown(material, key)


def _material(root: Path, run: Run, other: Run | None, label: str, titles: dict[str, str]) -> Material:
    classes = run.data.classes if run.data.task == "binary" else (f"no {label}", label)
    splits = {split: cached.predictions(str(root), run.run_id, split) for split in ("val", "test") if split in run.data.images}
    second = cached.predictions(str(root), other.run_id, "test") if other else None
    names = (titles[run.run_id], titles[other.run_id] if other else "")
    thresholds = dict(run.operating_point.thresholds)
    there = other.operating_point.thresholds[label] if other else FIRST_LINE
    return Material(titles[run.run_id], label, tuple(classes), splits, thresholds, second, there, names, is_drawn=False)
