"""How a table leaves a page: one button, one kind of file name."""

from collections.abc import Callable

import pandas as pd
import streamlit as st


def table_download(name: str, about: str, table: Callable[[], pd.DataFrame] | pd.DataFrame, words: str = "CSV") -> None:
    """A button that hands out a table as CSV; one that is a function is made on the click.

    The file is named after the table and what it is about ("roc-test.csv"); a table's name stands once on a page.
    """
    made = table if callable(table) else lambda: table
    file = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in f"{name}-{about}.csv")
    st.download_button(words, lambda: made().to_csv(index=False), file, "text/csv", key=f"csv_{name}", icon=":material/download:",
                       on_click="ignore", type="tertiary", help=file)  # fmt: skip
