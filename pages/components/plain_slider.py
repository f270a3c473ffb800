"""A plain slider that tells Python of every step at once: Streamlit's own waits 200 ms for the next one.

It is the browser's own range control, with its keys and its words for screen readers.
"""

from collections.abc import Callable

from pages.components.own_component import OwnComponent

_SLIDER = OwnComponent("slider", ("slider",))


def plain_slider(label: str, threshold: float, digits: int, key: str, moved: Callable[[float], None]) -> None:
    """Show a slider from 0 to 1 in steps of the last of `digits`; `moved` is called with each new place, before the page runs again."""
    _SLIDER.show({"label": label, "threshold": round(threshold, digits), "digits": digits}, key, moved)
