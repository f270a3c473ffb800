"""The front door: page settings, navigation, and the runs in view. No computing."""

import streamlit as st

from pages.components import view

st.set_page_config(page_title="Cutpoint", page_icon="pages/components/icon.png", layout="wide")

PAGES = [
    st.Page("pages/start.py", title="Start", icon=":material/home:", default=True, help="The starter comparison and your last runs."),
    st.Page("pages/data.py", title="Data", icon=":material/photo_library:", help="Look at a data set, check its splits, bring your own."),
    st.Page("pages/train.py", title="Train", icon=":material/model_training:", help="Choose data, model and settings; add to the queue."),
    st.Page("pages/progress.py", title="Progress", icon=":material/pending_actions:", help="What is trained now, what waits, what failed."),
    st.Page("pages/compare.py", title="Compare", icon=":material/compare:", help="Runs side by side, with intervals and paired tests."),
    st.Page("pages/thresholds.py", title="Thresholds", icon=":material/tune:", help="Move a threshold and see who is missed and alarmed."),
    st.Page("pages/single_image.py", title="Single image", icon=":material/radiology:", help="One X-ray and what each run says of it."),
]

page = st.navigation(PAGES)
with st.sidebar:
    view.choose_runs()
    st.caption("Teaching and research only. Not for diagnosis.")
page.run()
