"""Training images whose label is suspicious, the most suspicious first, and one of them large."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from core.inference.suspicious_labels import SPLIT, Suspect, Suspicion, suspicious_labels, write_csv
from core.runs.image_notes import ImageNote
from core.runs.run import Run
from core.runs.store import Store
from pages.components import cached, mistake_grid, mistake_image, wording
from pages.components.run_pictures import Pictures

_HOW = (
    "A logistic regression judges each training image in a fold that holds neither it nor its patient. A label is suspicious where the "
    "judge's score for another class reaches the mean score of the images that are labelled so (confident learning: Northcutt, Jiang and "
    "Chuang 2021). Suspicious is not wrong: look at each one."
)


def show(run: Run, runs: list[Run], pictures: Pictures, label: str, notes: Mapping[str, ImageNote]) -> None:
    """The list, once it is asked for. Raises CoreError where it cannot be made."""
    if pictures.dataset is None:
        return
    st.markdown("Training images whose label a judge that never saw it holds for wrong, and is sure of it.")
    if not st.toggle("Look for them", key="mistake_suspects", bind="query-params", help=_HOW):
        st.caption(f"The first time, features of {run.data.images[SPLIT]:,} training images may have to be computed.")
        return
    suspicion = _suspicion(run, runs, pictures)
    found = [one for one in suspicion.found if run.data.task != "multilabel" or one.label == label]
    _told(suspicion, found, run, label)
    if not found:
        return
    left, right = st.columns([5, 6], gap="medium")
    by_image = {one.image_id: one for one in found}
    predictions = cached.predictions(str(pictures.root), run.run_id, SPLIT)
    with right:
        shown = list(by_image.values())[mistake_grid.ask_page(len(by_image), "mistake_page")]
        large = mistake_grid.ask_image([one.image_id for one in shown], predictions.image_ids)
        _grid(pictures, shown, notes, large)
    with left:
        row = int(np.flatnonzero(predictions.image_ids == large)[0])
        mistake_image.show(run, runs, pictures, predictions, row, label, notes)


def _suspicion(run: Run, runs: list[Run], pictures: Pictures) -> Suspicion:
    """From this session if it asked already."""
    asked = (run.run_id, tuple((one.run_id, *one.operating_point.thresholds.items()) for one in runs), pictures.fingerprint)
    known, found = st.session_state.get("suspects_found", (None, None))
    if known != asked:
        bar = st.empty()
        try:
            with st.spinner("Judging labels"):
                found = suspicious_labels(Store(Path(pictures.root)), run, runs, pictures.dataset, lambda done, total: bar.progress(
                    done / max(total, 1), f"Features: {done:,} of {total:,}"))  # fmt: skip
        finally:
            bar.empty()
        st.session_state["suspects_found"] = (asked, found)
    return found


def _told(suspicion: Suspicion, found: list[Suspect], run: Run, label: str) -> None:
    of = f" of {label}" if run.data.task == "multilabel" else ""
    st.markdown(f"**{len(found):,}** suspicious labels{of} among **{suspicion.images:,}** images of **{SPLIT}**, by {suspicion.judge}.")
    st.caption(_HOW)
    table = pd.DataFrame([one.as_dict() for one in found])
    with st.expander("As a table"):
        st.dataframe(table, hide_index=True, alt="Suspicious labels, the most suspicious first")
    stream = io.StringIO()
    write_csv(suspicion, stream)
    st.download_button(
        "Download all suspects", stream.getvalue(), f"suspicious-{run.data.name}.csv", "text/csv", icon=":material/download:"
    )


def _grid(pictures: Pictures, shown: list[Suspect], notes: Mapping[str, ImageNote], large: str) -> None:
    with st.grid("auto", min_column_width=120, gap="small"):
        for one in shown:
            with st.container(gap="xxsmall"):
                mistake_grid.thumbnail(pictures, one.image_id)
                voices = f" · {one.against} of {one.asked} runs" if one.asked else ""
                st.caption(f"{one.given} → {one.suggested}? {wording.share(one.score)}{voices}")
                mistake_grid.name_button(one.image_id, notes, large)
