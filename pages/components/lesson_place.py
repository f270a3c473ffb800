"""Which lesson is open and where its line stands: kept over pages, and in the address as `?lesson=...&line=...`."""

import streamlit as st

from core.errors import CoreError
from core.lessons.course import lesson_of
from core.lessons.lesson import Lesson
from pages.components import line_address

_LESSON, _OPEN, _SEEN = "lesson", "lesson_open", "lesson_line_seen"
_SHOWN = ""  # the one label of a lesson


def opened() -> Lesson | None:
    """The open lesson, or None for the list of all. Raises EvaluationError for a link to one that is none."""
    wanted = st.query_params.get(_LESSON) or st.session_state.get(_OPEN)
    if not wanted:
        return None
    try:
        lesson = lesson_of(wanted)
    except CoreError:
        close()
        raise
    st.session_state[_OPEN] = st.query_params[_LESSON] = lesson.lesson_id
    return lesson


def enter(lesson_id: str) -> None:
    """Open a lesson, its line where it was left."""
    st.session_state[_OPEN] = st.query_params[_LESSON] = lesson_id


def close() -> None:
    """Back to the list of all."""
    st.session_state.pop(_OPEN, None)
    st.query_params.pop(_LESSON, None)
    line_address.tell({}, _SHOWN)


def line_at(lesson: Lesson, data: str, first: float) -> float:
    """Where the line of a lesson stands, 0..1; a fresh visit finds it where the address says, else at `first`. The address follows."""
    key = _key(lesson, data)
    if _SEEN not in st.session_state:
        st.session_state[_SEEN] = True
        if _SHOWN in (places := line_address.read(_SHOWN)):
            st.session_state[key] = places[_SHOWN]
    line_address.tell({_SHOWN: st.session_state[key]} if key in st.session_state else {}, _SHOWN)
    return st.session_state.get(key, first)


def move_line(lesson: Lesson, data: str, threshold: float) -> None:
    """Put it somewhere else."""
    st.session_state[_key(lesson, data)] = threshold


def _key(lesson: Lesson, data: str) -> str:
    return f"lesson_line_{lesson.lesson_id}_{data}"
