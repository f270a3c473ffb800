"""A run that was exported whole elsewhere: a ZIP file is dropped, looked at, and the run stands on the shelf."""

from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.runs.run_archive import Arrived, take_in
from core.runs.store import Store
from pages.components import view

_LIMIT = 2000  # MB; Streamlit holds an upload in memory, so larger runs come by the command line
_WORDS = """
The ZIP file that another Cutpoint wrote of a whole run (`python -m core export ID --whole --out FILE.zip`, or the button of that name).
Every file is checked against the run's manifest, and nothing in it is executed. Larger files: `python -m core import FILE.zip`.
"""


def show(root: Path) -> None:
    """Asks for a file, takes the run in, puts it in view and tells what it is."""
    with st.expander("Take in a run from another Cutpoint", icon=":material/unarchive:"):
        st.markdown(_WORDS)
        uploaded = st.file_uploader("Whole run, ZIP", type="zip", key=f"import_{st.session_state.get('imports', 0)}",
                                    max_upload_size=_LIMIT)  # fmt: skip
        if uploaded and st.button("Take it in", type="primary", icon=":material/unarchive:", key="import_now"):
            try:
                arrived = take_in(Store(root), uploaded)
            except CoreError as error:
                st.error("This file is not taken in, and nothing of it is kept:", icon=":material/error:")
                st.text(str(error))  # it quotes names from the file, which shall not be drawn as links or pictures
            else:
                _put_in_view(arrived)
                st.session_state.update(import_told=_told(arrived), imports=st.session_state.get("imports", 0) + 1)  # an empty form
                st.rerun()
        elif told := st.session_state.pop("import_told", None):
            st.success(told[0], icon=":material/check_circle:")
            st.text(told[1])


def _put_in_view(arrived: Arrived) -> None:
    viewed = [one.run_id for one in view.runs_in_view() if one.run_id != arrived.run.run_id]
    view.wish_runs([*viewed[: view.MOST - 1], arrived.run.run_id])


def _told(arrived: Arrived) -> tuple[str, str]:
    """A sentence of ours, and what the run says of itself, to be shown as plain text."""
    run = arrived.run
    verdict = "The run is on the shelf and in view." if arrived.is_new else "This very run was here already. It is in view."
    return verdict, "\n".join((f"{run.title}: {run.description}", f"Data: {run.data.title}", *arrived.notes))
