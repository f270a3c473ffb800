"""The settings of the runs in view side by side: all of them, or those alone in which the runs differ."""

import pandas as pd
import streamlit as st

from core.runs.differing import settings_of, telling_settings
from core.runs.run import Run
from pages.components.setting_widget import title_of

_OF_THE_DATA = {"Data": "title", "Split": "split_rule", "Fingerprint": "fingerprint"}


def show(runs: list[Run], titles: dict[str, str], only_differing: bool) -> pd.DataFrame:
    """The table; returns it as it is to be downloaded."""
    table = settings_table(runs, titles, only_differing)
    if table.empty:
        st.info("Nothing differs between these runs: they are one recipe, trained again.", icon=":material/info:")
    else:
        st.dataframe(table, hide_index=True, alt="Settings of the runs in view")
    if only_differing and len({run.recipe.family for run in runs}) > 1:
        st.caption("Of settings that only some of these families have, those are shown that were changed from their defaults.")
    return table


def settings_table(runs: list[Run], titles: dict[str, str], only_differing: bool) -> pd.DataFrame:
    """One row per setting, one column per run; a run's cell is empty where its family has no such setting."""
    settings = {run.run_id: settings_of(run) for run in runs}
    every = list(dict.fromkeys(name for one in settings.values() for name in one))
    names = telling_settings(runs) if only_differing else every
    rows = [{"Setting": title_of(name), **{titles[run.run_id]: _plain(settings[run.run_id].get(name)) for run in runs}} for name in names]
    return pd.DataFrame(_data_rows(runs, titles, only_differing) + rows)


def _data_rows(runs: list[Run], titles: dict[str, str], only_differing: bool) -> list[dict]:
    rows = []
    for title, field in _OF_THE_DATA.items():
        values = {titles[run.run_id]: str(getattr(run.data, field)) for run in runs}
        if not only_differing or len(set(values.values())) > 1:
            rows.append({"Setting": title, **values})
    return rows


def _plain(value) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
