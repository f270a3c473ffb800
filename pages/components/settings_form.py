"""The settings of a family, from the few that matter to all of them; those that would do nothing are not shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import streamlit as st

from core.idle import idle_settings
from core.layer_rows import BLOCK_COLUMNS, DENSE_COLUMNS, as_setting, per_layer
from core.recipe import limits_of
from pages.components.layer_table import ask_rows
from pages.components.setting_widget import WIDE, Offer, ask_setting, title_of

FIRST = {
    "cnn": ("blocks", "filters", "image_size", "max_epochs", "learning_rate"),
    "transfer": ("backbone", "trainable", "image_size", "max_epochs", "learning_rate"),
    "lstm": ("hidden_size", "layers", "image_size", "max_epochs", "learning_rate"),
    "svm": ("features", "layer", "kernel", "C", "image_size"),
    "forest": ("features", "layer", "n_estimators", "max_depth", "image_size"),
    "logistic": ("features", "layer", "C", "class_weight", "image_size"),
    "ensemble": ("members",),
}
_GROUPS = {
    "Model": ("image", "model"), "Training": ("training",), "Loss": ("loss",), "Optimizer": ("optimizer",), "Sampling": ("sampling",),
    "Augmentation": ("augmentation",),
}  # fmt: skip
_IN_CONVOLUTIONS = 5  # columns of the first of two tables, so that none is out of sight
_SERIES = ("seed",)  # asked where several runs are asked for


class SettingsForm:
    """The form of one family.

    `begin` are all its settings as they stand before anything is changed; `hidden` names settings that somebody else decides.
    """

    def __init__(self, key: str, family: str, begin: Mapping, offer: Offer, hidden: Iterable[str] = ()):
        self.key, self.family, self.offer = key, family, offer
        self.limits, self.begin, self.values = limits_of(family), dict(begin), dict(begin)
        self.hidden = {*hidden, *_SERIES}

    def ask(self) -> dict:
        """The settings that differ from where they began, by name."""
        first = st.container()
        tabled = BLOCK_COLUMNS if self.family == "cnn" and self._wants_each_block() else ()
        with first:
            self._ask_first(tabled)
        if tabled:
            for columns in (BLOCK_COLUMNS[:_IN_CONVOLUTIONS], BLOCK_COLUMNS[_IN_CONVOLUTIONS:]):
                rows = ask_rows(self.key, "Block", self.values["blocks"], columns, self.limits, self.begin)
                self.values |= {name: as_setting(name, values, self.begin[name]) for name, values in rows.items()}
        if self.family != "ensemble":
            self._ask_all(tabled)
        return self._changed()

    @property
    def idle(self) -> dict[str, str]:
        """Why settings do nothing beside those asked so far."""
        return idle_settings(self.family, self.values, self.offer.dataset.task)

    def _ask_all(self, tabled: tuple[str, ...]) -> None:
        asked = {*FIRST[self.family], *tabled, *self.hidden}
        names = {title: [name for name, limit in self.limits.items() if limit.group in groups and name not in asked]
                 for title, groups in _GROUPS.items()}  # fmt: skip
        titles = [title for title in _GROUPS if names[title]]
        with st.expander("All settings"):
            places = st.tabs(titles, key=f"{self.key}_groups") if len(titles) > 1 else [st.container()]
            for place, title in zip(places, titles, strict=True):
                with place:
                    self._ask_group(names[title])

    def _ask_first(self, tabled: tuple[str, ...]) -> None:
        names = [name for name in FIRST[self.family] if name not in {*tabled, *self.hidden}]
        for name in names:
            if name in WIDE:
                self._ask_one(name)
        with st.grid(2, min_column_width=180):
            for name in names:
                if name not in WIDE and name not in self.idle:
                    self._ask_one(name)

    def _ask_group(self, names: list[str]) -> None:
        dense = [name for name in names if self.family == "cnn" and name in DENSE_COLUMNS]
        left_out = defaultdict(list)
        with st.grid(3, min_column_width=170, vertical_alignment="bottom"):
            for name in (name for name in names if name not in dense):
                reason = self.idle.get(name)
                if reason:
                    left_out[reason].append(title_of(name).lower())
                else:
                    self._ask_one(name)
        if dense:
            self._ask_dense(dense)
        if left_out:
            st.caption(f"Not shown, since it would change nothing: {_listed(left_out)}.")

    def _ask_one(self, name: str) -> None:
        self.values[name] = ask_setting(self.key, name, self.limits[name], self.begin[name], self.offer, self.values)

    def _wants_each_block(self) -> bool:
        begins_so = any(isinstance(self.begin[name], tuple) for name in BLOCK_COLUMNS)
        return st.toggle("Each block for itself", begins_so, key=f"{self.key}_each_block", persist_state="session",
                         help="One row per block, for filters, kernels, strides, pooling and dropout that differ.")  # fmt: skip

    def _ask_dense(self, names: list[str]) -> None:
        """Widths and dropout of the dense layers: one value each, or a row per layer and the dropout before the output."""
        count = self.values["dense_layers"]
        each = any(isinstance(self.begin[name], tuple) for name in names)
        if count and st.toggle("Each dense layer for itself", each, key=f"{self.key}_each_dense", persist_state="session",
                               help="One row per dense layer, and the dropout before the output by itself."):  # fmt: skip
            self._ask_dense_rows(count)
            return
        with st.grid(3, min_column_width=170):
            for name in names:
                if name not in self.idle:
                    self._ask_one(name)

    def _ask_dense_rows(self, count: int) -> None:
        *inner, last = per_layer("dropout", self.begin["dropout"], count + 1)
        begin = self.begin | {"dropout": tuple(inner)}
        rows = ask_rows(self.key, "Dense layer", count, DENSE_COLUMNS, self.limits, begin)
        last = ask_setting(
            f"{self.key}_last", "dropout", self.limits["dropout"], last, self.offer, self.values, "Dropout before the output"
        )
        rows["dropout"] += (last,)
        self.values |= {name: as_setting(name, values, self.begin[name]) for name, values in rows.items()}

    def _changed(self) -> dict:
        idle = self.idle
        return {name: value for name, value in self.values.items() if value != self.begin[name] and name not in idle}


def _listed(left_out: Mapping[str, list[str]]) -> str:
    """Names by their reason ("focal gamma, focal alpha (loss is not focal)")."""
    return "; ".join(f"{', '.join(names)} ({reason})" for reason, names in left_out.items())
