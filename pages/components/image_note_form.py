"""A note on one image and the mark that its label looks wrong, and the table of all of them."""

import io
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import streamlit as st

from core.errors import StoreError
from core.runs.image_notes import LONGEST, ImageNote, ImageNotes, write_csv
from core.runs.run import Run
from pages.components.wording import plain


def ask(root: Path, run: Run, image_id: str, notes: Mapping[str, ImageNote]) -> None:
    """The form; what it holds is kept by a press on its button."""
    note = notes.get(image_id)
    key = f"{run.data.fingerprint}_{image_id}_{note.changed if note else 0}"  # so that what another session noted is seen
    with st.form(f"note_{key}", border=True):
        wrong = st.checkbox("The label looks wrong", bool(note and note.looks_wrong), key=f"wrong_{key}")
        text = st.text_area("Note", note.text if note else "", max_chars=LONGEST, height=80, key=f"text_{key}")
        if st.form_submit_button("Keep the note", icon=":material/save:"):
            _keep(root, run, image_id, text, wrong)


def show_all(root: Path, run: Run, notes: Mapping[str, ImageNote]) -> None:
    """All notes on the data set of a run, and the file of them."""
    part = st.expander(f"Notes on {run.data.title}: {len(notes)}", icon=":material/edit_note:", key="notes", on_change="rerun")
    if part.open:
        with part:
            _all(root, run, notes)


def _all(root: Path, run: Run, notes: Mapping[str, ImageNote]) -> None:
    damaged = ImageNotes(root).damaged()
    if damaged:
        st.warning(f"{damaged} lines of the file of notes are damaged and left out.", icon=":material/warning:")
    if not notes:
        st.markdown("None yet. Write one beside the large image.")
        return
    table = pd.DataFrame([{"Image": note.image_id, "Label looks wrong": note.looks_wrong, "Note": note.text,
                           "Changed": pd.Timestamp(note.changed, unit="s")} for note in notes.values()])  # fmt: skip
    st.dataframe(table, hide_index=True, alt="Notes on images")
    stream = io.StringIO()
    write_csv(notes.values(), stream)
    st.download_button("Download the notes", stream.getvalue(), f"notes-{run.data.name}.csv", "text/csv", icon=":material/download:",
                       on_click="ignore")  # fmt: skip


def _keep(root: Path, run: Run, image_id: str, text: str, wrong: bool) -> None:
    try:
        ImageNotes(root).put(run.data.fingerprint, run.data.title, image_id, text, wrong)
    except StoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.toast("Kept.", icon=":material/save:")
        st.rerun()
