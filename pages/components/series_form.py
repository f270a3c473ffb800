"""Several runs at once: seeds, and several values of one setting."""

from collections.abc import Mapping

import streamlit as st

from core.jobs.series import Series, read_seeds, read_values
from core.limits import SEED_LIMIT
from core.recipe import limits_of
from pages.components.setting_widget import title_of

_NOT_SWEPT = ("seed", "members")


def ask_series(key: str, family: str, seed: int, idle: Mapping[str, str], hidden: tuple[str, ...]) -> Series:
    """The seeds and the values that are wanted. Raises RecipeError where they cannot be."""
    if family == "ensemble":
        return Series()
    limits = limits_of(family)
    with st.expander("Several at once: seeds, values of a setting"):
        seeds = st.text_input("Seeds", str(seed), key=f"{key}_seeds_{seed}", help=f"{SEED_LIMIT.help} One run each, as in 0, 1, 2.",
                              persist_state="session")  # fmt: skip
        names = [name for name in limits if name not in {*_NOT_SWEPT, *idle, *hidden}]
        left, right = st.columns(2)
        with left:
            swept = st.selectbox("Setting with several values", names, None, key=f"{key}_swept", format_func=title_of, placeholder="None",
                                 persist_state="session", help="Each value becomes a run of its own, with each seed.")  # fmt: skip
        if swept is None:
            return Series(read_seeds(seeds))
        with right:
            return Series(read_seeds(seeds), swept, _ask_values(key, swept, limits[swept]))


def _ask_values(key: str, name: str, limit) -> tuple:
    common = {"key": f"{key}_values_{name}", "persist_state": "session", "help": limit.help}
    choices = (False, True) if isinstance(limit.default, bool) else () if limit.open_choices else limit.choices
    if choices:
        return tuple(st.multiselect("Values", choices, format_func=lambda one: str(one).replace("_", " "), **common)) or (limit.default,)
    return read_values(name, limit, st.text_input("Values", str(limit.default), placeholder="As in 1, 2, 3", **common))
