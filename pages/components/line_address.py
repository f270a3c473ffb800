"""Lines in the address: the bare place of the one that is shown ("0.35"), or of several by label ("Mass:0.35;Edema:0.08")."""

from collections.abc import Mapping
from urllib.parse import quote, unquote

import streamlit as st

_NAME = "line"


def tell(places: Mapping[str, float], shown: str) -> None:
    """Write the places of the lines that were moved; nothing where none was. To nine digits, which name any score of 32 bits."""
    text = ";".join(f"{quote(label)}:{place:.9g}" for label, place in places.items())
    if list(places) == [shown]:
        text = f"{places[shown]:.9g}"
    if not text:
        st.query_params.pop(_NAME, None)
    elif st.query_params.get(_NAME) != text:
        st.query_params[_NAME] = text


def read(shown: str) -> dict[str, float]:
    """The places by label; what cannot be read is left out."""
    found = {}
    for part in (st.query_params.get(_NAME) or "").split(";"):
        label, _, number = part.rpartition(":")
        place = _place(number)
        if place is not None:
            found[unquote(label) or shown] = place
    return found


def _place(text: str) -> float | None:
    """A number from 0 to 1, or None for anything else that stands there."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None
