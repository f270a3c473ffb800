"""A phantom to order: task, number, size, seed, wrong labels, another hospital at test."""

from pathlib import Path

import streamlit as st

from core.data import registry
from core.data.phantom.dataset import PhantomSpec, load_phantom
from pages.components import view

_TASKS = {"binary": "Normal or pneumonia", "multiclass": "Four classes", "multilabel": "Fourteen findings"}


def ask(root: Path) -> None:
    """Asks what shall be drawn, and puts it on the list."""
    with st.expander("Make a phantom", icon=":material/science:"), st.form("phantom", border=False):
        st.markdown("Synthetic X-rays with known truth, drawn here: the same numbers give the same images on every machine.")
        with st.grid(4, min_column_width=150):
            task = st.selectbox("Task", list(_TASKS), format_func=_TASKS.get, key="phantom_task")
            images = st.number_input("Images", 20, 200_000, 2000, 500, key="phantom_images")
            size = st.number_input("Side in pixels", 32, 1024, 128, 32, key="phantom_size")
            seed = st.number_input("Seed", 0, 2**31 - 1, 0, key="phantom_seed")
        noise = st.slider("Wrong labels in train and val, %", 0, 40, 0, key="phantom_noise",
                          help="The labels of test stay true, so that you see what wrong labels cost.")  # fmt: skip
        shifted = st.toggle("Test on another hospital", key="phantom_shifted",
                            help="Train and val come from hospital A, test from B, whose exposure, contrast and grain differ.")  # fmt: skip
        if st.form_submit_button("Draw it", icon=":material/draw:"):
            with view.told(stop=False):
                made = load_phantom(PhantomSpec(int(images), int(size), int(seed), task, noise / 100, shifted).source)
                registry.remember(made, root)
                st.session_state["data_wished"] = made.source
                st.rerun()
