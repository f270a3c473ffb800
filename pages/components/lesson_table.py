"""A table below the figure of a lesson, which leaves as CSV."""

import pandas as pd
import streamlit as st

from core.lessons.lesson import Lesson


def table(lesson: Lesson, rows: list[dict], words: str, folded: bool = False) -> None:
    """Rows with a caption in words; folded away where the task is to find the numbers first."""
    made = pd.DataFrame(rows)
    with st.expander(words, key=f"fold_{lesson.lesson_id}") if folded else st.container():
        st.dataframe(made, hide_index=True, key=f"table_{lesson.lesson_id}", alt=words)
        if not folded:
            st.caption(f"{words}.")
        st.download_button("CSV", lambda: made.to_csv(index=False), f"lesson-{lesson.lesson_id}.csv", "text/csv", on_click="ignore",
                           key=f"csv_{lesson.lesson_id}", icon=":material/download:", type="tertiary", help=words)  # fmt: skip
