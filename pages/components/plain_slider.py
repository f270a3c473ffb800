"""A plain slider that tells Python of every step at once: Streamlit's own waits 200 ms for the next one.

It is the browser's own range control, with its keys and its words for screen readers. What it is made of lies in the folder `slider`.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).with_name("slider")
_SLIDER = st.components.v2.component(
    "cutpoint_slider",
    html=(_FOLDER / "slider.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "slider.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "slider.js").read_text(encoding="utf-8"),
)


def plain_slider(label: str, value: float, digits: int, key: str, moved: Callable[[float], None]) -> None:
    """Show a slider from 0 to 1 in steps of the last of `digits`; `moved` is called with each new place, before the page runs again."""

    def hear() -> None:
        place = st.session_state[key].get("value")
        if place is not None:
            moved(float(place))

    data = {"label": label, "value": round(value, digits), "low": 0, "high": 1, "step": 10**-digits, "digits": digits}
    _SLIDER(key=key, data=data, on_value_change=hear)
