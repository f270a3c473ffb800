"""A table with one row per block or dense layer, for settings that may differ from layer to layer."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.layer_rows import columns_of, rows_of
from core.limits import Limit
from pages.components.setting_widget import step_of, title_of

_PIXELS = {"_index": 66, "": 72, "padding": 88, "pooling": 88, "pool_size": 62, "pool_padding": 64, "block_dropout": 92, "dropout": 150}
_HEADS = {
    "convolutions": "Convs", "kernel_size": "Kernel", "pool_size": "Size", "pool_stride": "Stride", "pool_padding": "Edge",
    "block_dropout": "Dropout", "dense_units": "Units", "dropout": "Dropout before it",
}  # fmt: skip


def ask_rows(key: str, layer: str, count: int, columns: Sequence[str], limits: Mapping[str, Limit], values: Mapping) -> dict[str, tuple]:
    """The values of the settings in `columns`, one per layer; `values` are where the table begins, `layer` names a row ("Block")."""
    key = f"{key}_{columns[0]}_table_{count}"
    begin = _begin(key, rows_of(values, columns, count), [f"{layer} {number + 1}" for number in range(count)])
    config = {name: _column(name, limits[name]) for name in columns}
    config["_index"] = st.column_config.TextColumn("", disabled=True, width=_PIXELS["_index"])
    edited = st.data_editor(begin, key=key, column_config=config, num_rows="fixed", alt=f"Settings of each {layer.lower()}")
    st.session_state[f"{key}_seen"] = edited
    return columns_of(_plain_rows(edited, begin))


def _begin(key: str, rows: list[dict], names: list[str]) -> pd.DataFrame:
    """The table before it is edited: as it was left where a person comes back to it, since the editor itself forgets."""
    if key not in st.session_state:
        st.session_state[f"{key}_begin"] = st.session_state.get(f"{key}_seen", pd.DataFrame(rows, index=names))
    return st.session_state[f"{key}_begin"]


def _plain_rows(edited: pd.DataFrame, begin: pd.DataFrame) -> list[dict]:
    """Rows in plain Python; a cell that was emptied keeps what it had."""
    filled = edited.astype(object).where(edited.notna(), begin)
    return [{name: getattr(value, "item", lambda value=value: value)() for name, value in row.items()} for row in filled.to_dict("records")]


def _column(name: str, limit: Limit):
    common = {"label": _HEADS.get(name) or title_of(name), "help": limit.help, "required": True, "width": _PIXELS.get(name, _PIXELS[""])}
    if limit.choices:
        return st.column_config.SelectboxColumn(**common, options=list(limit.choices))
    if isinstance(limit.default, int):
        return st.column_config.NumberColumn(**common, min_value=int(limit.low), max_value=int(limit.high), step=1)
    return st.column_config.NumberColumn(**common, min_value=limit.low, max_value=limit.high, step=step_of(limit.default), format="%g")
