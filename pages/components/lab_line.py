"""The lab, and the plain one: components of ours that move in the browser. Python ships what is known of all places of the line once,
and hears where it came to rest."""

from collections.abc import Callable

from pages.components.own_component import OwnComponent

_SHARED = ("echoes", "lab/counts", "lab/rates")
_VIEWS = ("canvas", "histogram", "matrix", "curves", "nearest", "rows", "spoken", "svg", "tools", "main")
_LAB = OwnComponent("lab", (*_SHARED, "handed_out", *(f"lab/{view}" for view in _VIEWS)))
_PLAIN = OwnComponent("plain", (*_SHARED, "plain/plain"))


def lab_line(data: dict, key: str, rested: Callable[[float], None]) -> None:
    """Show the lab; `rested` is called with the place where the line came to rest, 0..1, before the page runs again.

    `data` is what `lab_data` makes. Its `threshold` moves the line when it changes.
    """
    _LAB.show(data, key, rested)


def plain_line(data: dict, key: str, moved: Callable[[float], None]) -> None:
    """Show the slider and the numbers of the plain lab; `moved` is called with each place that the slider comes to, as above."""
    _PLAIN.show(data, key, moved)
