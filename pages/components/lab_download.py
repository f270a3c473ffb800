"""How tables leave the tabs below the lab."""

from collections.abc import Callable

import pandas as pd

from pages.components.lab_scene import Scene
from pages.components.table_download import table_download


def download(scene: Scene, name: str, table: Callable[[], pd.DataFrame] | pd.DataFrame, words: str = "CSV") -> None:
    """A button that hands out a table of the label and split that are shown."""
    table_download(name, f"{scene.label}-{scene.split}", table, words)
