"""The pages in their order, and the way in."""

import streamlit as st

_DOOR = "front_door"
_PAGES = (
    ("start", "Start", "home", "The starter comparison and your last runs."),
    ("data", "Data", "photo_library", "Look at a data set, check its splits, bring your own."),
    ("train", "Train", "model_training", "Choose data, model and settings; add to the queue."),
    ("progress", "Progress", "pending_actions", "What is trained now, what waits, what failed."),
    ("compare", "Compare", "compare", "Runs side by side, with intervals and paired tests."),
    ("thresholds", "Thresholds", "tune", "Move a threshold and see who is missed and who is alarmed."),
    ("mistakes", "Mistakes", "image_search", "The images that a run gets wrong, worst first, and labels that look wrong."),
    ("single_image", "Single image", "radiology", "One X-ray and what each run says of it."),
    ("lessons", "Lessons", "school", "Ten short lessons on what a threshold does."),
)


def open_navigation():
    """The navigation of the app; returns the page that was asked for."""
    st.session_state[_DOOR] = True
    return st.navigation([_page(*words) for words in _PAGES])


def check_front_door() -> None:
    """Begin again with app.py where a page runs without it.

    The first visit to a fresh server, if it is a link to a page, runs that page's file alone: Streamlit finds it by its old rule for
    folders that are called pages. Any call of `st.navigation` ends that rule. Icons are left out: before app.py has set the app's own,
    the browser would fetch a page's icon from another host.
    """
    if _DOOR not in st.session_state:
        st.navigation([st.Page(f"pages/{name}.py", default=name == "start") for name, *_ in _PAGES])
        st.rerun()


def _page(name: str, title: str, icon: str, words: str):
    return st.Page(f"pages/{name}.py", title=title, icon=f":material/{icon}:", default=name == "start", help=words)
