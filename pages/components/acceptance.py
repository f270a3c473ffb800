"""What a visitor says once a session before a model looks at a picture."""

import streamlit as st

_KEY = "accepted"


def ask() -> None:
    """Nothing below is shown before the button is pressed."""
    if st.session_state.get(_KEY):
        st.caption("Teaching and research only, not for diagnosis. Images are read in memory, not stored; what names a patient is dropped.")
        return
    with st.container(border=True):
        st.markdown("#### For teaching and research only, not for diagnosis")
        st.markdown(
            "The models here learned from few images. They were never tested on patients, and a score of theirs says nothing about a "
            "person's health. An image that you upload is read in memory and not stored; names, dates and numbers in its file are dropped."
        )
        st.button("I understand", type="primary", key="accept", on_click=_accept)
    st.stop()


def _accept() -> None:
    st.session_state[_KEY] = True
