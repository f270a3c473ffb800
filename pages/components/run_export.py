"""What of a run may leave the page: the model, to answer elsewhere, and the run whole, for another Cutpoint."""

import io
from pathlib import Path

import streamlit as st

from core.runs.run import Run
from core.runs.run_archive import pack_into
from pages.components import cached, view
from pages.components.wording import memory

_MODEL = """
**The model as ONNX**, to answer without Cutpoint: `model.onnx` with scaling inside and labels, thresholds and calibration in its
metadata, and `predict.py`, which asks it with NumPy, Pillow and ONNX Runtime alone. For teaching and research only, not for diagnosis.
"""
_WHOLE = """
**The run whole**, to be taken in by another Cutpoint: weights, history and all scores, with the names of images and patients as the data
set has them. No image goes along.
"""


def show(root: Path, run: Run) -> None:
    """A part that opens on demand. The model is written, and checked against the run, only when it is asked for."""
    part = st.expander(f"Take {run.title} along", icon=":material/ios_share:", key=f"export_{run.run_id}", on_change="rerun")
    if not part.open:
        return
    with part:
        _model(root, run)
        st.markdown(_WHOLE)
        st.download_button("Whole run, ZIP", lambda: _packed(run), f"{run.run_id}.zip", "application/zip", on_click="ignore",
                           key=f"export_whole_{run.run_id}", icon=":material/download:", help=f"{run.run_id}.zip")  # fmt: skip


def _model(root: Path, run: Run) -> None:
    st.markdown(_MODEL)
    if not run.has_weights:
        st.caption("Not available: this model was trained elsewhere, and its weights are not here.")
        return
    asked = f"export_asked_{run.run_id}"
    if not st.session_state.get(asked):
        st.button("Write the model", key=f"export_model_{run.run_id}", icon=":material/deployed_code:",
                  on_click=lambda: st.session_state.update({asked: True}))  # fmt: skip
        return
    with view.told(stop=False):
        data, told = cached.exported_model(str(root), run.run_id, view.thresholds_of(run))
        st.download_button(f"Model, ZIP of {memory(len(data))}", data, f"{run.run_id}-onnx.zip", "application/zip", type="primary",
                           on_click="ignore", key=f"export_onnx_{run.run_id}", icon=":material/download:")  # fmt: skip
        st.caption(_parity(told["parity"]))


def _parity(told: dict) -> str:
    """How near the export is to the run."""
    verdict = (
        "Checked" if told["equal"] else f"Checked; {told['beyond']} of {told['images']} images differ by more than {told['tolerance']:g}"
    )
    return f"{verdict}: over {told['images']} images the largest difference to {told['against']} is {told['largest']:.1e}."


def _packed(run: Run) -> bytes:
    stream = io.BytesIO()
    pack_into(run, stream)
    return stream.getvalue()
