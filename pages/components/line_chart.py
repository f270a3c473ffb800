"""A chart of lines, marks and intervals, drawn by a script of ours: many stand on a page and change at once.

Streamlit mounts a chart of Plotly's anew at each change, and draws it twice: 60 ms each. What this one draws are the same figures, of
`scatter` traces alone; one with other traces needs `chart`.
"""

from pages.components.own_component import OwnComponent

_PIECES = ("shapes", "axes", "words", "plot", "legend", "line_chart")
_CHART = OwnComponent("line_chart", ("handed_out", *(f"line_chart/{piece}" for piece in _PIECES)))


def line_chart(figure: dict, key: str, alt: str, name: str) -> None:
    """Draw a figure; `name` is that of the file that it is taken along in."""
    _CHART.show({"figure": figure, "alt": alt, "name": "".join(letter if letter.isalnum() else "-" for letter in name)}, key)
