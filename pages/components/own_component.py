"""A component of ours: plain JavaScript that moves in the browser and tells Python of a threshold.

What it is made of lies in a folder of its name: HTML, CSS, and the script in pieces, one noun per file. `echoes.js` goes with each.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent


class OwnComponent:
    """The component of a folder, its script put together from `pieces` in their order."""

    def __init__(self, folder: str, pieces: tuple[str, ...]):
        scripts = ("echoes.js", *(f"{folder}/{piece}.js" for piece in pieces))
        self._show = st.components.v2.component(
            f"cutpoint_{folder}",
            html=_text(f"{folder}/{folder}.html"),
            css=_text(f"{folder}/{folder}.css"),
            js="\n".join(map(_text, scripts)),
        )

    def show(self, data: dict, key: str, told: Callable[[float], None]) -> None:
        """Show it; `told` is called with the threshold that it tells, 0..1, before the page runs again."""

        def hear() -> None:
            threshold = st.session_state[key].get("threshold")
            if threshold is not None:
                told(float(threshold))

        self._show(key=key, data=data, on_threshold_change=hear)


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
