"""The lab within a lesson: one label, one line, and where a lesson compares scenes, a choice between them."""

from functools import partial

import streamlit as st

from core.evaluation.predictions import Predictions
from core.lessons.lesson import Lesson
from pages.components import cached, lab_data, lesson_place
from pages.components.lab_line import lab_line
from pages.components.lesson_data import Shown
from pages.components.view import keep_known

_STILL = ("roc_auc", "average_precision")
_SPLITS = {"val": "validation", "test": "test"}


@st.fragment
def show(lesson: Lesson, shown: Shown) -> None:
    """Only this part runs again when the line comes to rest."""
    scenes = lesson.scenes(shown.material)
    name = _ask_scene(lesson, list(scenes))
    one = scenes[name]
    place = lesson_place.line_at(lesson, shown.key, lesson.begins(shown.material))
    lab_line(_data(lesson, shown, name, one, place), f"lesson_lab_{lesson.lesson_id}_{shown.key}",
             lambda threshold: lesson_place.move_line(lesson, shown.key, threshold))  # fmt: skip
    whose = "simulated scores" if shown.material.is_drawn else f"scores of {shown.material.title}"
    st.caption(f"{one.n:,} images of {_SPLITS[one.split]}, {whose}, with 95 % intervals. Drag the "
               "line, or use the arrow and page keys. Moving it over test is exploratory: lesson 6 says why.")  # fmt: skip


def _ask_scene(lesson: Lesson, names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    key = f"scene_{lesson.lesson_id}"
    keep_known(key, names)
    return st.segmented_control("Show", names, default=names[0], required=True, key=key, bind="query-params")


def _data(lesson: Lesson, shown: Shown, scene: str, one: Predictions, place: float) -> dict:
    label = one.labels[0]
    view, still = cached.lesson_view(lesson.lesson_id, shown.key, scene, _STILL, one)
    asked = partial(cached.lesson_limits, lesson.lesson_id, shown.key, scene, _one=one)
    return lab_data.counts_data(view) | lab_data.limits_data(one, asked, (place, lesson.begins(shown.material))) | {
        "key": f"{lesson.lesson_id} {shown.key} {scene}", "label": 0, "classes": _classes(shown, label),
        "labels": lab_data.label_data(view, {label: place}), "threshold": place, "missed_costs": lesson.missed_costs, "together": False,
        "words": lab_data.words_data(lesson.missed_costs),
        "still": lab_data.still_data(still), "images": [], "split": one.split,
    }  # fmt: skip


def _classes(shown: Shown, label: str) -> list[str]:
    return list(shown.material.classes) if label == shown.material.label else [f"no {label}", label]
