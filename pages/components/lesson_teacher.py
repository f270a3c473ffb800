"""What a teacher has beside a lesson: goals, timing, questions for the class, where people stumble, and the answers, computed."""

import pandas as pd
import streamlit as st

from core.errors import CoreError
from core.lessons.course import LESSONS, place_of
from core.lessons.lesson import Lesson
from core.lessons.material import Material
from pages.components import cached

_KEY = "teacher"
_LINKS = "A lesson's address names its data and its line too: set it up for the class, and copy the address."


def toggle() -> bool:
    """Whether notes and answers are shown."""
    return st.toggle("Teacher's notes", key=_KEY, bind="query-params", help="Goals, timing and the answers to all tasks.")


def show(lesson: Lesson, material: Material) -> None:
    """The notes of one lesson, with the answers for the scores that are shown."""
    with st.container(border=True):
        st.subheader("Teacher's notes")
        _notes(lesson)
        _answers(_table(lesson, material), lesson.lesson_id)


def show_all() -> None:
    """The notes of all lessons, with the answers for the simulated data."""
    st.header("Teacher's notes")
    st.markdown(f"Ten lessons, {sum(lesson.minutes for lesson in LESSONS)} minutes. Each answer is computed from the scores that are "
                "shown; here they are for the simulated data. Within a lesson they are for the data chosen there.")  # fmt: skip
    tables = []
    for lesson in LESSONS:
        tables.append(_table(lesson, cached.drawn_lesson(lesson.lesson_id)))
        with st.expander(f"{place_of(lesson)} · {lesson.title} · {lesson.minutes} min"):
            st.markdown(f"[Link to this lesson](lessons?lesson={lesson.lesson_id}). {_LINKS}")
            _notes(lesson)
            st.dataframe(tables[-1], hide_index=True, key=f"answers_{lesson.lesson_id}", alt=f"Answers to the tasks of {lesson.title}")
    _download(pd.concat(tables), "all")


def _notes(lesson: Lesson) -> None:
    notes = lesson.notes
    st.markdown(f"**Afterwards the class can** {'; '.join(notes.goals)}.\n\n**Time:** {notes.timing}.\n\n"
                f"**Ask:** {' '.join(notes.ask)}\n\n**Where people stumble:** {notes.stumbles}")  # fmt: skip


def _answers(table: pd.DataFrame, name: str) -> None:
    st.dataframe(table, hide_index=True, key=f"answers_{name}", alt="Answers to the tasks")
    _download(table, name)


def _download(table: pd.DataFrame, name: str) -> None:
    st.download_button("CSV", lambda: table.to_csv(index=False), f"lesson-answers-{name}.csv", "text/csv", key=f"csv_answers_{name}",
                       icon=":material/download:", on_click="ignore", type="tertiary", help="The answers as a table")  # fmt: skip


def _table(lesson: Lesson, material: Material) -> pd.DataFrame:
    rows = [{"Lesson": place_of(lesson), "Task": number, "Question": _plain(lesson.told(task.question, material)),
             "Answer": _answer(lesson, task, material)} for number, task in enumerate(lesson.tasks, 1)]  # fmt: skip
    return pd.DataFrame(rows)


def _answer(lesson: Lesson, task, material: Material) -> str:
    try:
        return _plain(lesson.told(task.answer_text(material), material))
    except CoreError as error:
        return f"not available: {error}"


def _plain(text: str) -> str:
    return text.replace("*", "")
