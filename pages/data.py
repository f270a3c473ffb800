"""A data set: what is in it, what was left out, what would spoil a comparison, and how it looks."""

import streamlit as st

from core.data import registry
from pages.components import data_tabs, gallery, own_data, phantom_form, view, wording

root = view.open_page("Data", "Choose a data set, or bring your own: it is read as it lies, and checked before you train on it.")

with view.told():
    known = {entry.name: entry for entry in registry.entries(root)}
if "data_wished" in st.session_state:
    st.session_state["data"] = st.session_state.pop("data_wished")
titles = wording.distinct({key: entry.title for key, entry in known.items()})
name = st.selectbox("Data set", list(known), format_func=titles.get, key="data", bind="query-params")
own_data.ask(root)
phantom_form.ask(root)

with view.told():
    if not known[name].here:
        st.info(f"{known[name].title} is not here: {known[name].how_to_get}.", icon=":material/cloud_download:")
        if not st.button("Fetch it now", type="primary", icon=":material/download:"):
            st.stop()
    prepared = gallery.read_all(root, name)
dataset = prepared.dataset

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.header(dataset.title)
    if st.button("Train on it", type="primary", icon=":material/model_training:"):
        st.session_state["train_data"] = name
        st.switch_page("pages/train.py")
with st.container(horizontal=True):
    st.badge(f"{dataset.task}, {len(dataset.classes)} {'labels' if dataset.task == 'multilabel' else 'classes'}", icon=":material/label:")
    if dataset.synthetic:
        st.badge("Synthetic: drawn by Cutpoint, no patient is shown", icon=":material/science:", color="violet")
with st.grid(4, min_column_width=130):
    for split, found in dataset.counts().items():
        st.metric(f"Images, {split}", f"{found['images']:,}", border=True)
    if len(dataset.unlabelled):
        st.metric("Images without truth", f"{len(dataset.unlabelled):,}", border=True)
data_tabs.show(root, name, prepared)
