"""Images of a data set by class and split, one of them large, and the audit in words."""

from pathlib import Path

import numpy as np
import streamlit as st

from core.data.audit import Audit
from core.data.cache import Prepared, prepare
from pages.components import cached

THUMBNAIL = 64  # px
_SHOWN = 24
_ENLARGED = 512  # px


def audit_report(found: Audit) -> None:
    """The audit as coloured lines, each with its reason."""
    known = found.patients_across is not None
    if found.split_level == "patient":
        st.success("No patient and no copy of an image lies in two splits.", icon=":material/verified_user:")
    if known and found.patients_across:
        st.warning(f"{found.patients_across} patients, told from file names, have images in more than one split: a score on test may "
                   "flatter. Where numbers start anew in each split, these are other patients.", icon=":material/warning:")  # fmt: skip
    if not known:
        st.info("Nobody knows which images are of one patient, so this cannot be checked.", icon=":material/help:")
    if found.duplicates_across:
        st.error(f"{found.duplicates_across} images lie byte for byte in more than one split: the model has seen them.",
                 icon=":material/content_copy:")  # fmt: skip
    if found.duplicates_within:
        st.caption(f"{found.duplicates_within} groups of byte-equal images inside a split.")


def read_all(root: Path, source: str) -> Prepared:
    """Every image of a data set as a thumbnail, with a bar while they are read for the first time."""
    bar = st.empty()
    dataset = cached.dataset(str(root), source)
    prepared = prepare(dataset, THUMBNAIL, root, lambda done, total: bar.progress(done / total, f"Reading images: {done} of {total}"))
    bar.empty()
    return prepared


@st.fragment
def show(prepared: Prepared) -> None:
    """A grid of thumbnails; the chosen one large with all that is known of it."""
    dataset = prepared.dataset
    names = list(dataset.classes if dataset.task == "binary" else dataset.labels)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control("Split", list(dataset.counts()), default="train", required=True, key="gallery_split")
        name = st.selectbox("Class", names, key="gallery_class")
    rows = np.flatnonzero((dataset.splits == split) & _has(prepared, names.index(name)))
    if not len(rows):
        st.info(f"No image of {name} in {split}.", icon=":material/image_not_supported:")
        return
    pages = max(1, -(-len(rows) // _SHOWN))
    page = st.pagination(pages, key="gallery_page") if pages > 1 else 1
    shown = rows[(page - 1) * _SHOWN : page * _SHOWN]
    chosen = st.selectbox("Large", shown, format_func=lambda row: str(dataset.image_ids[row]), key="gallery_large", index=None,
                          placeholder="Choose an image to enlarge")  # fmt: skip
    if chosen is not None:
        _large(prepared, int(chosen))
    with st.grid("auto", min_column_width=96, gap="xsmall"):
        for row, pixels in zip(shown, prepared.of(shown), strict=True):
            image_id = str(dataset.image_ids[row])
            st.image(pixels, caption=image_id.rsplit("/", 1)[-1][:24], width="stretch", alt=f"{name}, {image_id}")


def _has(prepared: Prepared, number: int) -> np.ndarray:
    dataset = prepared.dataset
    return dataset.class_index() == number if dataset.task == "binary" else dataset.y[:, number] == 1


def _large(prepared: Prepared, row: int) -> None:
    dataset = prepared.dataset
    with st.container(horizontal=True):
        st.image(dataset.reader.read(row), width=_ENLARGED, alt=f"{dataset.image_ids[row]}, large")
        with st.container():
            labels = [label for label, value in zip(dataset.labels, dataset.y[row], strict=True) if value]
            told = {"image": dataset.image_ids[row], "split": dataset.splits[row], "labels": ", ".join(labels) or dataset.classes[0],
                    "patient": dataset.patients[row] if dataset.patients is not None else "not known"}  # fmt: skip
            for what, value in told.items():
                st.markdown(f"**{what}**  \n{value}")
