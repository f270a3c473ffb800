"""What lies below the lab, in tabs that know where its line stands; only the open one is computed."""

import streamlit as st

from pages.components import (
    lab_calibration,
    lab_classes,
    lab_epochs,
    lab_grey,
    lab_labels,
    lab_models,
    lab_prevalence,
    lab_subgroups,
)
from pages.components.lab_scene import Scene
from pages.components.view import told

_BODIES = {
    "All labels": lab_labels.show,
    "Prevalence": lab_prevalence.show,
    "Several models": lab_models.show,
    "Over epochs": lab_epochs.show,
    "Subgroups": lab_subgroups.show,
    "Calibration": lab_calibration.show,
    "Grey zone": lab_grey.show,
    "Classes": lab_classes.show,
}


def show(scene: Scene) -> None:
    """The tabs that fit the run's task."""
    titles = [title for title in _BODIES if title != "Classes" or scene.run.data.task == "multiclass"]
    for title, tab in zip(titles, st.tabs(titles, on_change="rerun", key="lab_tab", bind="query-params"), strict=True):
        if tab.open:
            with tab, told(stop=False):
                _BODIES[title](scene)
