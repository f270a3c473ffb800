"""The front door: page settings, navigation, and the runs in view. No computing."""

import streamlit as st

from pages.components import navigation, view

st.set_page_config(page_title="Cutpoint", page_icon="pages/components/icon.png", layout="wide")
page = navigation.open_navigation()
with st.sidebar:
    view.choose_runs()
    st.caption("Teaching and research only. Not for diagnosis.")
page.run()
