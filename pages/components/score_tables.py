"""The scores of the runs in view as tables, as the upload and the command `evaluate` read them."""

import io
from pathlib import Path

import streamlit as st

from core.evaluation.prediction_table import write_prediction_table
from core.runs.run import Run
from core.runs.store import Store
from pages.components.wording import distinct


def show(root: Path, runs: list[Run]) -> None:
    """A button that opens the list; a table is made when it is asked for."""
    with st.popover("Download predictions", icon=":material/download:", key="predictions", on_change="rerun") as part:
        if not part.open:
            return
        st.markdown("A row for each image: its split, patient and groups where they are known, truth and score of each label. "
                    "The same table can be added again, here or elsewhere.")  # fmt: skip
        for run_id, title in distinct({run.run_id: run.title for run in runs}).items():
            run = next(run for run in runs if run.run_id == run_id)
            splits = ", ".join(f"{split} {images:,}" for split, images in run.data.images.items())
            st.download_button(f"{title}: {splits}", lambda run=run: table(Store(root), run), f"{run_id}-predictions.csv", "text/csv",
                               key=f"predictions_{run_id}", icon=":material/table:", on_click="ignore", type="tertiary")  # fmt: skip


def table(store: Store, run: Run) -> str:
    """All splits of a run that have scores, as CSV."""
    stream = io.StringIO(newline="")
    write_prediction_table([store.predictions(run, split) for split in run.data.images], stream)
    return stream.getvalue()
