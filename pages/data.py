"""A data set: what is in it, what was left out, what would spoil a comparison, and how it looks."""

import pandas as pd
import streamlit as st

from core.data import registry
from core.data.audit import audit
from core.figures.bars import class_counts_figure
from pages.components import gallery, view

root = view.open_page("Data", "Choose a data set, or give the path of your own: its splits are checked before you train on it.")

with view.told():
    known = {entry.name: entry for entry in registry.entries(root)}
with st.container(horizontal=True, vertical_alignment="bottom"):
    name = st.selectbox("Data set", list(known), format_func=lambda key: known[key].title, key="data", bind="query-params")
    path = st.text_input("or a folder or .npz file on this machine", key="data_path", placeholder="/data/chest_xray")
with st.expander("How your own images must lie"):
    st.markdown("- a folder with `train/CLASS/`, `val/CLASS/`, `test/CLASS/`; a missing `val` or `test` is split off train, by patient\n"
                "- or a MedMNIST `.npz` file with images and labels of three splits\n\n"
                "PNG, JPEG, TIFF, BMP and DICOM are read; what a file is, is told from its content.")  # fmt: skip

source = path.strip() or name
with view.told():
    if not path.strip() and not known[name].here:
        st.info(f"{known[name].title} is not here yet: {known[name].how_to_get}.", icon=":material/cloud_download:")
        if not st.button("Fetch it now", type="primary", icon=":material/download:"):
            st.stop()
    prepared = gallery.read_all(root, source)
    dataset = prepared.dataset
    if path.strip():
        registry.remember(dataset, root)

st.header(dataset.title)
if dataset.synthetic:
    st.badge("Synthetic: drawn by Cutpoint, no patient is shown", icon=":material/science:", color="violet")
counts = dataset.counts()
with st.grid(4, min_column_width=150):
    st.metric("Task", dataset.task, border=True)
    for split, found in counts.items():
        st.metric(f"Images, {split}", f"{found['images']:,}", border=True)

left, right = st.columns([3, 2])
with left:
    st.subheader("Classes")
    st.plotly_chart(class_counts_figure(counts), key="class_counts", alt="Images per class and split")
    with st.expander("As a table"):
        st.dataframe(pd.DataFrame({split: found["per_class"] for split, found in counts.items()}), alt="Images per class and split")
with right:
    st.subheader("Would it spoil a comparison?")
    gallery.audit_report(audit(dataset))
    st.caption(f"Splits: {dataset.split_rule}. Licence: {dataset.licence or 'not stated'}.")
    if dataset.skipped:
        skipped = pd.DataFrame([vars(one) for one in dataset.skipped])
        with st.expander(f"{len(skipped)} files left out"):
            st.dataframe(skipped, hide_index=True, alt="Files that were left out, and why")
    if st.button("Train on it", type="primary", icon=":material/model_training:"):
        st.session_state["train_data"] = source
        st.switch_page("pages/train.py")

st.header("Images")
gallery.show(prepared)
