"""A figure of ours as Streamlit takes one in. A plain dict it would have Plotly check and copy anew in each rerun: 20 ms for ten curves.

The checks are the tests': they hold each figure against what Plotly makes of it.
"""

from functools import cache

import plotly.io
from plotly.basedatatypes import BaseFigure


class Drawn(BaseFigure):
    """A figure (a dict of `data` and `layout`) that is sent as it is, beside the template that Plotly gives to all."""

    def __init__(self, figure: dict):
        object.__setattr__(self, "_drawn", figure)  # not BaseFigure's own, which would check and copy

    def to_dict(self) -> dict:
        """What the browser draws."""
        return {"data": self._drawn["data"], "layout": {**self._drawn["layout"], "template": _template(plotly.io.templates.default)}}


@cache
def _template(name: str) -> dict:
    return plotly.io.templates[name].to_plotly_json()
