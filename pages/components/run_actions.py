"""What can be done with the selected runs: put them in view, pin, archive, delete."""

from pathlib import Path

import streamlit as st

from core.runs.marks import Marks
from core.runs.run import Run
from core.runs.store import Store
from pages.components import view


def show(root: Path, chosen: list[Run], in_view: list[Run], pinned: frozenset[str], archived: frozenset[str]) -> None:
    """A row of buttons for the selected runs."""
    ids, viewed = [run.run_id for run in chosen], [run.run_id for run in in_view]
    if not ids:
        st.caption(f"Select rows at their left edge, up to {view.MOST} to put in view. A click on a column's name sorts by it.")
    with st.container(horizontal=True):
        st.button(f"Put {len(ids)} in view" if ids else "Put in view", type="primary", icon=":material/visibility:", key="view_these",
                  disabled=not 0 < len(ids) <= view.MOST, on_click=view.wish_runs, args=[ids])  # fmt: skip
        both = [*viewed, *(run_id for run_id in ids if run_id not in viewed)]
        st.button("Add to view", icon=":material/add:", key="view_too", disabled=not len(viewed) < len(both) <= view.MOST,
                  on_click=view.wish_runs, args=[both])  # fmt: skip
        _mark_button(root, "pinned", ids, pinned, ("Pin", "Unpin"), "keep")
        _mark_button(root, "archived", ids, archived, ("Archive", "Take out of the archive"), "archive")
        if st.button("Delete", icon=":material/delete:", key="delete", disabled=not ids):
            _confirm(root, chosen, viewed)
    if len(ids) > view.MOST:
        st.caption(f"{len(ids)} runs are selected; at most {view.MOST} can be in view.")


def _mark_button(root: Path, mark: str, ids: list[str], marked: frozenset[str], words: tuple[str, str], icon: str) -> None:
    """Marks the selected runs, or takes the mark off where all have it."""
    have_it = bool(ids) and marked.issuperset(ids)
    marks = Marks(root)
    st.button(words[have_it], icon=f":material/{icon}:", key=f"mark_{mark}", disabled=not ids,
              on_click=lambda: marks.take(ids) if have_it else marks.put(mark, ids))  # fmt: skip


@st.dialog("Delete runs")
def _confirm(root: Path, chosen: list[Run], viewed: list[str]) -> None:
    """Asks before anything is gone."""
    names = "\n".join(f"- **{run.title}**: {run.description}, {run.data.title}" for run in chosen)
    st.markdown(f"{_count(chosen)} will be gone for good, with weights, scores and history. Notes on images stay:\n\n{names}")
    with st.container(horizontal=True):
        is_sure = st.button(f"Delete {_count(chosen)}", type="primary", icon=":material/delete_forever:", key="delete_now")
        is_over = st.button("Keep", key="delete_not")
    if is_sure:
        _delete(root, chosen, viewed)
    if is_sure or is_over:
        st.rerun()


def _delete(root: Path, chosen: list[Run], viewed: list[str]) -> None:
    gone = [run.run_id for run in chosen]
    with view.told():
        for run in chosen:
            Store(root).delete(run)
        Marks(root).take(gone)
    view.wish_runs([run_id for run_id in viewed if run_id not in gone])
    st.toast(f"{_count(chosen)} deleted.", icon=":material/delete:")


def _count(runs: list[Run]) -> str:
    return "1 run" if len(runs) == 1 else f"{len(runs)} runs"
