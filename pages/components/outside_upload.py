"""Scores of a model that was trained elsewhere: a table is dropped, looked at, named, and stands beside the other runs."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.evaluation.prediction_table import PredictionTable
from core.evaluation.predictions import TASKS
from core.evaluation.table_text import MAX_BYTES
from core.jobs.external_run import keep_external
from pages.components import cached, view
from pages.components.rule_names import OFFERED, RULE_WORDS

_FORM = """
A CSV file in UTF-8 with one row per image: `id`, `split` (train, val or test), and for each label `true:<label>` (0 or 1) and
`score:<label>` (0 to 1); perhaps `patient`, and columns such as `sex` or `age` for subgroups. Images with the names that they have in a
data set here are found again, so that the runs can be tested against each other.
"""
_TASK_WORDS = {"binary": "one label, or not", "multiclass": "one of several classes", "multilabel": "any of several findings"}
_SPLIT_WORDS = {"train": "train", "val": "validation", "test": "test"}


def ask(root: Path) -> None:
    """Asks for a file, shows what was read, and adds it to the runs in view under a name."""
    if added := st.session_state.pop("outside_added", None):  # an empty form for the next one
        st.session_state["outside_uploads"] = st.session_state.get("outside_uploads", 0) + 1
        st.toast(added, icon=":material/add:")
    with st.expander("Add the scores of a model trained elsewhere", icon=":material/upload_file:"):
        st.markdown(_FORM)
        uploaded = st.file_uploader("Table of predictions", key=f"outside_{st.session_state.get('outside_uploads', 0)}",
                                    max_upload_size=MAX_BYTES // 2**20)  # fmt: skip
        task = st.selectbox("Task", TASKS, index=None, key="outside_task", placeholder="As the table tells it",
                            format_func=lambda one: f"{one} ({_TASK_WORDS[one]})")  # fmt: skip
        if uploaded:
            with view.told(stop=False):
                table, file_hash = cached.prediction_table(uploaded.file_id, task, uploaded)
                _preview(table)
                _keep(root, table, file_hash, Path(uploaded.name).stem)


def _preview(table: PredictionTable) -> None:
    """What was read: how many images have each label, in each split."""
    st.markdown(f"**{table.task}**: {_TASK_WORDS[table.task]}. {sum(table.images.values()):,} images.")
    counted = {
        _SPLIT_WORDS[split]: {"all images": one.n, **dict(zip(one.labels, one.y_true.sum(axis=0, dtype=int).tolist(), strict=True))}
        for split, one in table.splits.items()
    }
    st.dataframe(pd.DataFrame(counted), alt="Images with each label, by split")
    first = next(iter(table.splits.values()))
    patients = "Patients are told." if first.patients is not None else "Patients are not told: images count as independent."
    groups = f"Subgroups: {', '.join(first.groups)}." if first.groups else "No subgroups."
    unused = f"Not used, since they are no groups of images: {', '.join(table.unused)}." if table.unused else ""
    st.caption(" ".join([patients, groups, unused, *table.remarks]))


def _keep(root: Path, table: PredictionTable, file_hash: str, begin: str) -> None:
    with st.form("outside_name", border=False):
        name = st.text_input("Name of the run", value=_fitting(begin), max_chars=60, key=f"outside_name_{file_hash[:8]}")
        rule = st.selectbox("Threshold rule", OFFERED, key="outside_rule", accept_new_options=True, help=RULE_WORDS)
        if st.form_submit_button("Add and put in view", type="primary", icon=":material/add:"):
            run = keep_external(root, name, table.splits, file_hash, rule)
            viewed = [one.run_id for one in view.runs_in_view() if one.run_id != run.run_id]
            view.wish_runs([*viewed[: view.MOST - 1], run.run_id])
            st.session_state["outside_added"] = f"{run.title} is in view, on {run.data.title}."
            st.rerun()


def _fitting(name: str) -> str:
    """A file's name less what a run's name may not hold."""
    words = "".join(letter if letter.isalnum() or letter in ".()+-_" else " " for letter in name).split()
    return " ".join(words).lstrip(".()+-_ ")[:60].strip() or "my model"
