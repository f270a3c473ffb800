"""Which lesson is open and where its line stands: kept over pages, and in the address as `?lesson=...&line=...`."""

import streamlit as st

from core.errors import CoreError
from core.lessons.course import lesson_of
from core.lessons.lesson import Lesson

_LESSON, _LINE = "lesson", "line"
_OPEN, _SEEN = "lesson_open", "lesson_line_seen"


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
    st.query_params.pop(_LINE, None)
    st.session_state[_OPEN] = st.query_params[_LESSON] = lesson_id


def close() -> None:
    """Back to the list of all."""
    st.session_state.pop(_OPEN, None)
    for name in (_LESSON, _LINE):
        st.query_params.pop(name, None)


def line_at(lesson: Lesson, data: str, first: float) -> float:
    """Where the line of a lesson stands, 0..1; a fresh visit finds it where the address says, else at `first`."""
    key = _key(lesson, data)
    if _SEEN not in st.session_state:
        st.session_state[_SEEN] = True
        wanted = _of_address(st.query_params.get(_LINE))
        if wanted is not None:
            st.session_state[key] = wanted
    return st.session_state.get(key, first)


def move_line(lesson: Lesson, data: str, threshold: float) -> None:
    """Put it somewhere else."""
    st.session_state[_key(lesson, data)] = threshold
    st.query_params[_LINE] = f"{threshold:.6g}"


def _key(lesson: Lesson, data: str) -> str:
    return f"lesson_line_{lesson.lesson_id}_{data}"


def _of_address(text: str | None) -> float | None:
    """A number from 0 to 1, or None for anything else that stands there."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
