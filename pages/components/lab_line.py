"""The lab: a component of ours that moves in the browser. Python ships the counts once and hears where the line came to rest."""

from collections.abc import Callable

from pages.components.own_component import OwnComponent

_LAB = OwnComponent(
    "lab", ("counts", "canvas", "histogram", "matrix", "curves", "nearest", "rates", "rows", "spoken", "tools", "main")
)  # fmt: skip


def lab_line(data: dict, key: str, rested: Callable[[float], None]) -> None:
    """Show the lab; `rested` is called with the place where the line came to rest, 0..1, before the page runs again.

    `data` is what `lab_data` makes. Its `threshold` moves the line when it changes.
    """
    _LAB.show(data, key, rested)
