"""The tasks of a lesson: a question, a place for the answer, a hint, and the judgement, at once."""

from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.lessons.lesson import Lesson
from core.lessons.progress import Progress
from core.lessons.task import Judgement, NumberTask, Task
from pages.components import view
from pages.components.lesson_data import Shown

_SOLVED = ":green-badge[:material/check: solved]"


def show(root: Path, lesson: Lesson, shown: Shown) -> None:
    """All tasks, one below the other."""
    solved = Progress(root).solved().get(lesson.lesson_id, frozenset())
    st.header("Tasks")
    for number, task in enumerate(lesson.tasks, 1):
        with st.container(border=True, key=f"task_{lesson.lesson_id}_{task.name}"):
            st.markdown(f"**{number}.** {lesson.told(task.question, shown.material)} {_SOLVED if task.name in solved else ''}")
            missing = None if shown.material.is_drawn else _missing(task, shown)
            if missing:
                st.caption(f":material/block: not available with these data: {missing}")
                continue
            _form(root, lesson, task, shown)
            _judged(lesson, task, shown)


def _missing(task: Task, shown: Shown) -> str | None:
    """Why a run's scores have no answer."""
    try:
        task.answer(shown.material)
    except CoreError as error:
        return str(error)
    return None


def _form(root: Path, lesson: Lesson, task: Task, shown: Shown) -> None:
    key = _key(lesson, task, shown)
    with st.form(f"form_{key}", border=False):
        if isinstance(task, NumberTask):
            step = 10.0**-task.digits
            st.number_input("Your answer", value=None, step=step, format=f"%.{task.digits}f", key=key, placeholder="A number", width=220)
        else:
            options = [lesson.told(option.text, shown.material) for option in task.options]
            st.radio("Your answer", range(len(options)), format_func=options.__getitem__, index=None, key=key)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button("Check", on_click=_judge, args=(root, lesson, task, shown), icon=":material/done:")
            with st.popover("Hint", icon=":material/lightbulb:"):
                st.markdown(lesson.told(task.hint, shown.material))


def _judge(root: Path, lesson: Lesson, task: Task, shown: Shown) -> None:
    key = _key(lesson, task, shown)
    given = st.session_state.get(key)
    if given is None:
        st.session_state[f"judged_{key}"] = Judgement(False, "Give an answer first.")
        return
    with view.told(stop=False):
        judgement = task.judge(given, shown.material)
        st.session_state[f"judged_{key}"] = judgement
        if judgement.right:
            Progress(root).solve(lesson.lesson_id, task.name)


def _judged(lesson: Lesson, task: Task, shown: Shown) -> None:
    judgement = st.session_state.get(f"judged_{_key(lesson, task, shown)}")
    if judgement is None:
        return
    words = lesson.told(judgement.words, shown.material)
    if judgement.right:
        st.success(words, icon=":material/check_circle:")
    else:
        st.warning(f"Not yet. {words}", icon=":material/replay:")


def _key(lesson: Lesson, task: Task, shown: Shown) -> str:
    return f"answer_{lesson.lesson_id}_{task.name}_{shown.key}"
