"""The lab: a component of ours, plain JavaScript, that moves in the browser.

Python ships the counts once and hears where the line came to rest. The pieces lie in the folder `lab`, one noun per file.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_FOLDER = Path(__file__).with_name("lab")
_PIECES = ("counts", "canvas", "histogram", "matrix", "curves", "nearest", "rates", "rows", "spoken", "tools", "main")
_LAB = st.components.v2.component(
    "cutpoint_lab",
    html=(_FOLDER / "lab.html").read_text(encoding="utf-8"),
    css=(_FOLDER / "lab.css").read_text(encoding="utf-8"),
    js="\n".join((_FOLDER / f"{piece}.js").read_text(encoding="utf-8") for piece in _PIECES),
)


def lab_line(data: dict, key: str, rested: Callable[[float], None]) -> None:
    """Show the lab; `rested` is called with the place where the line came to rest, 0..1, before the page runs again.

    `data` is what `lab_data` makes. Its `threshold` moves the line when it changes.
    """

    def hear() -> None:
        threshold = st.session_state[key].get("threshold")
        if threshold is not None:
            rested(float(threshold))

    _LAB(key=key, data=data, on_threshold_change=hear)
