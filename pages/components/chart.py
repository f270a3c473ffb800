"""How a figure comes to a page: with a name for itself and words for those who cannot see it."""

from collections.abc import Callable

import streamlit as st

from core.figures.drawn import Drawn


def chart(figure: dict, key: str, alt: str, on_select: Callable | None = None, config: dict | None = None):
    """Draw one of our figures, which leaves as SVG; `on_select` is called when points of it are chosen."""
    selects = {} if on_select is None else {"on_select": on_select, "selection_mode": "points"}
    leaves = {"toImageButtonOptions": {"format": "svg", "filename": key}}
    return st.plotly_chart(Drawn(figure), key=key, alt=alt, config=leaves | (config or {}), **selects)
