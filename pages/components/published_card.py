"""A published recipe beside the data that was chosen: its source, its figures, what its report leaves open."""

import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.jobs.published_runs import not_comparable
from core.published.published import FACTS, Figure, Published
from pages.components.setting_widget import title_of


def show(published: Published, dataset: Dataset) -> None:
    """A card below the choice."""
    with st.container(border=True):
        st.markdown(f"**{published.title}**")
        st.caption(published.source)
        reason = not_comparable(published, dataset)
        if reason and published.figures:
            st.markdown(f":material/balance: Figures are not comparable here: {reason}.")
        if published.base:
            st.markdown(f":material/account_tree: Reads the features of `{published.base}`, which is trained first where it is not there.")
        if published.figures:
            with st.expander(f"Published figures ({len(published.figures)})"):
                st.table(_table(published), border="horizontal", hide_index=True, alt=f"Published figures of {published.id}")
        with st.expander(f"To know, and what is left open ({len(published.open_points)})"):
            st.markdown("\n".join(f"- {point}" for point in published.open_points))


def _table(published: Published) -> pd.DataFrame:
    rows = [{"Figure": _called(figure), "Published": _plain(figure), "To know": figure.words} for figure in published.figures]
    return pd.DataFrame(rows)


def _called(figure: Figure) -> str:
    """ "Precision of label1, val"."""
    name = title_of(figure.name) + (f" of {figure.label}" if figure.label else "")
    return name if figure.split == FACTS else f"{name}, {figure.split}"


def _plain(figure: Figure) -> str:
    if isinstance(figure.value, tuple):
        return " | ".join(" ".join(f"{count:,}" for count in row) for row in figure.value)
    return f"{figure.value:,}"
