"""One widget for one setting: its bounds and its help come from the limits, one truth for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.data.dataset import Dataset
from core.limits import HUB_BACKBONES, OFFLINE_BACKBONES, RUN_PREFIX, Limit
from core.recipe import NETWORK_FAMILIES
from core.runs.run import Run
from pages.components import network_names

WIDE = ("backbone", "features", "members")  # settings with long options
_BACKBONE_SETTINGS = ("backbone", "features")
_SHORT_FORMS = {"pca": "PCA", "ema": "EMA"}


@dataclass(frozen=True)
class Offer:
    """What there is to choose from beside the limits: the data's classes, and the runs in the store."""

    dataset: Dataset
    runs: tuple[Run, ...]

    @property
    def networks(self) -> dict[str, Run]:
        """Runs whose network can yield features, as the setting `features` names them."""
        return {f"{RUN_PREFIX}{run.run_id}": run for run in self.runs if run.recipe.family in NETWORK_FAMILIES}

    @property
    def members(self) -> dict[str, Run]:
        """Runs that an ensemble on this data may average, by id."""
        fingerprint = self.dataset.fingerprint
        return {run.run_id: run for run in self.runs if run.data.fingerprint == fingerprint and run.recipe.family != "ensemble"}


def title_of(name: str) -> str:
    """A setting's name for people ("Image size")."""
    words = name.replace("_", " ")
    return _SHORT_FORMS.get(name) or words[:1].upper() + words[1:]


def ask_setting(key: str, name: str, limit: Limit, value, offer: Offer, values: Mapping, title: str | None = None):
    """The value of a setting; `value` is where it begins, `values` are the settings that were asked before."""
    common = {"key": f"{key}_{name}_{value}", "help": limit.help, "persist_state": "session"}  # other data may bring another beginning
    title = title or title_of(name)
    if name in _BACKBONE_SETTINGS:
        return _network(name, title, value, offer, common)
    if name == "layer":
        return _open_choice(title, network_names.layers_of(values["features"], offer.networks), value, str, common)
    if name == "members":
        return _listed(title, list(offer.members), value, lambda one: _run_words(offer.members[one]), common)
    if name == "sampling_classes":
        return _listed(title, ["commonest", *offer.dataset.classes], value, str, common)
    return _plain(title, limit, value[0] if isinstance(value, tuple) else value, common)


def _plain(title: str, limit: Limit, value, common: dict):
    if limit.choices:
        words = {one: str(one).replace("_", " ") for one in limit.choices}
        return st.selectbox(title, limit.choices, index=limit.choices.index(value), format_func=words.get, **common)
    if isinstance(limit.default, bool):
        return st.toggle(title, value, **common)
    if isinstance(limit.default, int):
        return st.number_input(title, int(limit.low), int(limit.high), value, 1, **common)
    if isinstance(limit.default, float):
        return st.number_input(title, float(limit.low), float(limit.high), float(value), step_of(value), format="%g", **common)
    return st.text_input(title, value, **common)


def _network(name: str, title: str, value: str, offer: Offer, common: dict) -> str:
    """A backbone, or the network of a run trained here."""
    runs = offer.networks if name == "features" else {}
    options = [*OFFLINE_BACKBONES, *runs, *HUB_BACKBONES]
    words = {source: f"run {_run_words(run)}" for source, run in runs.items()}
    return _open_choice(title, options, value, lambda one: words.get(one) or network_names.words(one), common)


def _open_choice(title: str, options: Sequence[str], value: str, words, common: dict) -> str:
    """One of the options, or what a person writes."""
    options = list(dict.fromkeys([*options, value]))
    chosen = st.selectbox(title, options, index=options.index(value), format_func=words, accept_new_options=True, **common)
    return chosen or value


def _listed(title: str, options: list[str], value: str, words, common: dict) -> str:
    """Some of the options, separated by commas."""
    begin = [one for one in value.split(",") if one in options]
    return ",".join(st.multiselect(title, options, begin, format_func=words, **common))


def _run_words(run: Run) -> str:
    return f"{run.title} · {run.description}"


def step_of(value: float) -> float:
    """A tenth of the value's size, so that one press matters and does not leap."""
    return value / 10 if value else 0.01
