"""Choices in a tab outlive the time in which it is closed: Streamlit forgets a widget that is not drawn."""

import streamlit as st


def bring_back(key: str) -> None:
    """To be called before a widget is drawn: it stands where it stood when it was drawn last, unless the address says otherwise."""
    last = f"{key}_last"
    if key in st.session_state:
        st.session_state[last] = st.session_state[key]
    elif last in st.session_state and key not in st.query_params:
        st.session_state[key] = st.session_state[last]
