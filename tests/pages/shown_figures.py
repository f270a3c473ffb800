"""The figures of a page as the browser is sent them, whether Plotly draws them or a script of ours."""

import json

from streamlit.testing.v1 import AppTest


def figures(app: AppTest) -> list[dict]:
    """All of them, as dicts of `data` and `layout`."""
    return [figure for _, figure in _named(app)]


def figure(app: AppTest, key: str) -> dict:
    """The one of a key."""
    return next(figure for name, figure in _named(app) if name.endswith(f"-{key}"))


def _named(app: AppTest) -> list[tuple[str, dict]]:
    ours = [(one.proto.id, json.loads(one.proto.json)) for one in app.get("bidi_component")]
    plotly = [(one.proto.id, json.loads(one.proto.spec)) for one in app.get("plotly_chart")]
    return plotly + [(name, sent["figure"]) for name, sent in ours if "figure" in sent]
