"""Widgets for the settings of a family, from the few that matter to all of them. Bounds come from the limits, one truth for all."""

import streamlit as st

from core.limits import HUB_BACKBONES, IMAGE_LIMITS, OFFLINE_BACKBONES, RUN_PREFIX, Limit
from core.recipe import limits_of

FIRST = {
    "cnn": ("blocks", "filters", "image_size", "max_epochs", "learning_rate"),
    "transfer": ("backbone", "trainable", "image_size", "max_epochs", "learning_rate"),
    "lstm": ("hidden_size", "layers", "image_size", "max_epochs", "learning_rate"),
    "svm": ("features", "kernel", "C", "image_size"),
    "forest": ("features", "n_estimators", "max_depth", "image_size"),
    "logistic": ("features", "C", "image_size"),
    "ensemble": ("members",),
}
_BACKBONE_SETTINGS = ("backbone", "features")


def ask(family: str, defaults: dict, bases: dict[str, str]) -> dict:
    """The settings that differ from their defaults, by name; `bases` are runs whose network can yield features, with their titles."""
    limits = limits_of(family)
    with st.grid(2, min_column_width=180):
        chosen = {name: _widget(family, name, limits[name], defaults[name], bases) for name in FIRST[family]}
    groups = dict.fromkeys(limit.group for name, limit in limits.items() if name not in FIRST[family])
    for group in groups:
        with st.expander(f"All settings: {group}"), st.grid(3, min_column_width=180):
            for name, limit in limits.items():
                if limit.group == group and name not in FIRST[family]:
                    chosen[name] = _widget(family, name, limit, defaults[name], bases)
    settings = {name: value for name, value in chosen.items() if value != defaults[name]}
    if str(settings.get("features", "")).startswith(RUN_PREFIX):
        settings = {name: value for name, value in settings.items() if name not in IMAGE_LIMITS}  # those of the base run
    return settings


def _widget(family: str, name: str, limit: Limit, default, bases: dict[str, str]):
    key, title = f"{family}_{name}_{default}", name.replace("_", " ")  # another data set may bring another default
    common = {"key": key, "help": limit.help, "persist_state": "session"}
    if name in _BACKBONE_SETTINGS:
        return _network(name, title, default, bases if name == "features" else {}, common)
    if limit.choices:
        return st.selectbox(
            title, limit.choices, index=limit.choices.index(default), format_func=lambda one: str(one).replace("_", " "), **common
        )
    if isinstance(default, bool):
        return st.toggle(title, default, **common)
    if isinstance(default, str):
        return st.text_input(title, default, **common)
    if isinstance(default, int):
        return st.number_input(title, int(limit.low), int(limit.high), default, 1, **common)
    return st.number_input(title, float(limit.low), float(limit.high), default, _step(default), format="%g", **common)


def _network(name: str, title: str, default: str, bases: dict[str, str], common: dict) -> str:
    """A backbone, or the network of a run trained here."""
    runs = {f"{RUN_PREFIX}{run_id}": f"run {run_title}" for run_id, run_title in bases.items()}
    offline = {backbone: f"{backbone} (here)" for backbone in OFFLINE_BACKBONES}
    titles = offline | runs | {backbone: f"{backbone} (from the hub)" for backbone in HUB_BACKBONES}
    return st.selectbox(title, list(titles), list(titles).index(default), lambda one: titles.get(one, one), **common)


def _step(default: float) -> float:
    """A tenth of the default's size, so that one press matters and does not leap."""
    return default / 10 if default else 0.01
