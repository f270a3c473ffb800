"""A lesson: text on the left, the live figure on the right, tasks below, what to remember last."""

from pathlib import Path

import streamlit as st

from core.lessons.course import LESSONS, place_of
from core.lessons.lesson import Lesson
from core.lessons.progress import Progress
from pages.components import lesson_cards, lesson_data, lesson_figure, lesson_place, lesson_tasks, lesson_teacher, view
from pages.components.lesson_data import Shown


def show(root: Path, lesson: Lesson) -> None:
    """The whole lesson."""
    _head(root, lesson)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = lesson_data.choose(root, lesson)
        teaching = lesson_teacher.toggle()
    text, figure = st.columns([1, 2], gap="medium")
    with text:
        _text(lesson, shown)
    with figure, view.told(stop=False):
        lesson_figure.show(lesson, shown)
    lesson_tasks.show(root, lesson, shown)
    _remember(lesson)
    if teaching:
        lesson_teacher.show(lesson, shown.material)
    _next(lesson)


def _head(root: Path, lesson: Lesson) -> None:
    st.button("All lessons", on_click=lesson_place.close, icon=":material/arrow_back:", type="tertiary", key="lesson_close")
    st.header(f"{place_of(lesson)} · {lesson.title}")
    st.markdown(f"{lesson.goal} *{lesson.minutes} minutes.*")
    lesson_cards.bar(Progress(root).solved(), (lesson,), "tasks solved")


def _text(lesson: Lesson, shown: Shown) -> None:
    for section in lesson.sections:
        st.subheader(section.title)
        st.markdown(lesson.told(section.text, shown.material))


def _remember(lesson: Lesson) -> None:
    st.header("What to remember")
    st.markdown("\n".join(f"- {sentence}" for sentence in lesson.remember))


def _next(lesson: Lesson) -> None:
    place = place_of(lesson)
    with st.container(horizontal=True):
        for other, icon, side in ((place - 1, ":material/arrow_back:", "left"), (place + 1, ":material/arrow_forward:", "right")):
            if 1 <= other <= len(LESSONS):
                there = LESSONS[other - 1]
                st.button(f"{other} · {there.title}", on_click=lesson_place.enter, args=(there.lesson_id,), icon=icon, icon_position=side,
                          key=f"lesson_{side}")  # fmt: skip
