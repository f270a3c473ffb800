"""All lessons as cards: time, goal and how far one is; for teachers, notes and answers of all of them."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from core.lessons.course import LESSONS, place_of
from core.lessons.lesson import Lesson
from core.lessons.progress import Progress
from pages.components import lesson_place, lesson_teacher, view

_DONE = ":material/check_circle:"


def show(root: Path) -> None:
    """The progress line, the cards, the way to begin anew."""
    solved = Progress(root).solved()
    bar(solved, LESSONS, "tasks solved in all lessons")
    with st.container(horizontal=True, vertical_alignment="center"):
        teaching = lesson_teacher.toggle()
        if any(solved.values()):
            st.button("Begin anew", on_click=_forget, args=(root,), type="tertiary", icon=":material/restart_alt:", key="forget_lessons",
                      help="Forget which tasks were solved, for all who use this store.")  # fmt: skip
    with st.grid(3, min_column_width=270):
        for lesson in LESSONS:
            _card(lesson, solved.get(lesson.lesson_id, frozenset()))
    if teaching:
        lesson_teacher.show_all()


def bar(solved: Mapping[str, frozenset[str]], lessons: tuple[Lesson, ...], words: str) -> None:
    """How many of the tasks of some lessons are solved."""
    tasks = [(lesson.lesson_id, task.name) for lesson in lessons for task in lesson.tasks]
    done = sum(name in solved.get(lesson_id, ()) for lesson_id, name in tasks)
    st.progress(done / len(tasks), text=f"{done} of {len(tasks)} {words}")


def _card(lesson: Lesson, solved: frozenset[str]) -> None:
    done = sum(task.name in solved for task in lesson.tasks)
    with st.container(border=True, height="stretch", key=f"lesson_card_{lesson.lesson_id}"):
        st.markdown(f"**{place_of(lesson)} · {lesson.title}**")
        st.markdown(lesson.goal)
        mark = f"{_DONE} " if done == len(lesson.tasks) else ""
        st.caption(f"{mark}{lesson.minutes} min · {done} of {len(lesson.tasks)} tasks solved")
        st.button("Open" if not done else "Go on" if done < len(lesson.tasks) else "Open again", key=f"open_{lesson.lesson_id}",
                  on_click=lesson_place.enter, args=(lesson.lesson_id,), help=lesson.title)  # fmt: skip


def _forget(root: Path) -> None:
    with view.told(stop=False):
        Progress(root).forget()
