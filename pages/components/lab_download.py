"""How tables leave the tabs below the lab."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from pages.components.lab_scene import Scene


def download(scene: Scene, name: str, table: Callable[[], pd.DataFrame] | pd.DataFrame, words: str = "CSV") -> None:
    """A button that hands out a table; one that is a function is made on the click. The file is named after label and split."""
    made = table if callable(table) else lambda: table
    file = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in f"{name}-{scene.label}-{scene.split}.csv")
    st.download_button(words, lambda: made().to_csv(index=False), file, "text/csv", key=f"csv_{name}", icon=":material/download:",
                       on_click="ignore", type="tertiary", help=file)  # fmt: skip
