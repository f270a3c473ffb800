"""A strip of phantoms: what the starter comparison is trained on, before anything is trained."""

import streamlit as st

from pages.components import cached

_EACH = 3


def show() -> None:
    """Three phantoms without and three with pneumonia."""
    with st.grid(2 * _EACH, min_column_width=96, gap="xsmall"):
        for number, (name, pixels) in enumerate(cached.phantoms(_EACH)):
            st.image(pixels, caption=name, width="stretch", alt=f"Synthetic chest X-ray {number + 1}, {name}")
    st.caption(":material/science: Synthetic: the phantom is drawn by Cutpoint and shows no patient. Can you tell the two kinds apart?")
