"""A component of ours: plain JavaScript that draws in the browser, and may tell Python of a threshold.

Its HTML lies in a folder of its name. Its script comes in pieces, one noun per file, some of which components share; a piece may have
a style of the same name beside it.
"""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent


class OwnComponent:
    """The component of a folder, its script put together from `pieces` (paths from here, without their ends) in their order."""

    def __init__(self, folder: str, pieces: tuple[str, ...]):
        styles = [path for path in (_HERE / f"{piece}.css" for piece in pieces) if path.exists()]
        self._show = st.components.v2.component(
            f"cutpoint_{folder}",
            html=_text(_HERE / folder / f"{folder}.html"),
            css="\n".join(map(_text, styles)),
            js="\n".join(_text(_HERE / f"{piece}.js") for piece in pieces),
        )

    def show(self, data: dict, key: str, told: Callable[[float], None] | None = None) -> None:
        """Show it; `told` is called with the threshold that it tells, 0..1, before the page runs again."""

        def hear() -> None:
            threshold = st.session_state[key].get("threshold")
            if told and threshold is not None:
                told(float(threshold))

        self._show(key=key, data=data, **({"on_threshold_change": hear} if told else {}))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
