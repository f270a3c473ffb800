"""One's own data: a path or a ZIP file, looked at before it becomes a data set with a name."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.data import own, registry
from core.data.dataset import Dataset
from core.data.inspection.cleaning import causes
from core.data.sources import Reading
from core.errors import ImageError
from pages.components import cached, view, wording

ZIP_LIMIT = 2000  # MB; Streamlit holds an upload in memory, so larger sets come by their path
_FIRST = 6  # pictures shown
_PATH, _ZIP = "A path on this machine", "A ZIP file"
_LAYOUTS = """
- `train/CLASS/`, `val/CLASS/`, `test/CLASS/`; a missing `val` or `test` is split off train, by patient where names tell patients
- `CLASS/`, with `images/` in each class or not; masks beside them are left out
- a table (csv, tsv, txt) whose first column names pictures and whose others are 0 or 1; `train_labels.csv` and the like name the split
- NIH ChestX-ray14 with `Data_Entry_2017.csv`, in part or whole
- a MedMNIST `.npz` file

PNG, JPEG, TIFF, BMP and DICOM are read; what a file is, is told from its content.
"""


def ask(root: Path) -> None:
    """Asks for a path or a ZIP file, shows what is in it, and adds it to the list under a name."""
    if st.session_state.pop("own_added", False):  # an empty form for the next one
        st.session_state["data_path"] = ""
        st.session_state["own_uploads"] = st.session_state.get("own_uploads", 0) + 1
    with st.expander("Use your own images", icon=":material/create_new_folder:", expanded=st.session_state.get("own_open", False)):
        how = st.segmented_control("Where are they?", (_PATH, _ZIP), default=_PATH, required=True, key="own_where")
        st.markdown(_LAYOUTS)
        with st.container(horizontal=True):
            four = st.toggle("Leave out pictures with four channels", key="own_four_channels",
                             help="RGBA and CMYK pictures are converted to grey otherwise. One published study left them out.")  # fmt: skip
            anew = st.toggle("Split anew, by patient", key="own_by_patient",
                             help="New train, val and test parts that share no patient and no copy of an image.")  # fmt: skip
        reading = Reading(four_channels=not four, by_patient=anew)
        with view.told(stop=False):
            path = _path() if how == _PATH else _upload(root)
            if path:
                _preview(registry.load(path, root, reading), path, reading, root)


def _path() -> str:
    return st.text_input("Folder, .zip or .npz file", key="data_path", placeholder="/data/chest_xray").strip()


def _upload(root: Path) -> str:
    uploaded = st.file_uploader("ZIP file with a data set", type="zip", key=f"own_zip_{st.session_state.get('own_uploads', 0)}",
                                max_upload_size=ZIP_LIMIT)  # fmt: skip
    return str(cached.unpacked_upload(str(root), uploaded.file_id, uploaded)) if uploaded else ""


def _preview(found: Dataset, path: str, reading: Reading, root: Path) -> None:
    """What is in it, and the name under which it is kept."""
    st.subheader(found.title)
    st.markdown(f"{len(found):,} images, {found.task}, {len(found.classes)} {'labels' if found.task == 'multilabel' else 'classes'}")
    st.dataframe(pd.DataFrame({split: counts["per_class"] for split, counts in found.counts().items()}),
                 alt="Images per class and split")  # fmt: skip
    st.caption(f"Layout: {found.origin.get('layout')}. Splits: {found.split_rule}.")
    for cause in causes(found):
        more = " …" if cause.count > len(cause.first) else ""
        st.markdown(f"- left out: **{cause.count:,}** × {cause.kind} ({cause.reason}): {', '.join(cause.first)}{more}")
    _first_pictures(found)
    with st.form("own_name", border=False):
        name = st.text_input("Name of the data set", value=_name(found), max_chars=60, key="own_title")
        if st.form_submit_button("Add data set", type="primary", icon=":material/add:"):
            own.keep(name, path, reading, root)
            st.session_state.update(data_wished=name.strip(), own_added=True, own_open=False)
            st.rerun()


def _first_pictures(found: Dataset) -> None:
    with st.grid("auto", min_column_width=120, gap="xsmall"):
        for row in range(0, len(found), max(1, len(found) // _FIRST))[:_FIRST]:
            name = str(found.image_ids[row])
            try:
                st.image(found.reader.read(row), caption=wording.short_name(name), alt=name)
            except ImageError as error:
                st.caption(f"{name}: {error}")


def _name(found: Dataset) -> str:
    """The title less what a name may not hold."""
    words = "".join(letter if letter.isalnum() or letter in ".()+-_" else " " for letter in found.title).split()
    return " ".join(words)[:60].strip() or "my images"
