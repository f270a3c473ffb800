"""One X-ray, and what each run in view says of it."""

import streamlit as st

from core.errors import ImageError
from core.images.decode import decode
from pages.components import cached, verdict, view

root = view.open_page("Single image", "One chest X-ray, yours or an example: every run in view answers with score, threshold and verdict.")
with view.told():
    in_view = view.runs_in_view()
    runs = [run for run in in_view if run.has_weights]
    if not runs:
        view.empty(
            "radiology",
            "No run that can answer is in view. Choose runs in the sidebar, or train the starter comparison.",
            "start",
            "Go to start",
        )
if len(runs) < len(in_view):
    away = ", ".join(run.title for run in in_view if not run.has_weights)
    st.caption(f":material/info: Trained elsewhere, so not here to answer: {away}.")
st.caption("Not for diagnosis. The image is read in memory, is not stored, and what names a patient in it is dropped.")

with st.container(horizontal=True, vertical_alignment="bottom"):
    upload = st.file_uploader("PNG, JPEG, TIFF, BMP or DICOM", key="upload")
    example = verdict.choose_example(root, runs[0]) if upload is None else None
if upload is None and example is None:
    st.info("Nothing is chosen yet. Drop a file above, or take an example from the test images.", icon=":material/upload_file:")
    st.stop()

try:
    name, decoded = (upload.name, decode(upload.getvalue())) if upload else (example.name, example.decoded)
except ImageError as error:
    st.error(f"{upload.name}: {error}", icon=":material/image_not_supported:")
    st.stop()

left, right = st.columns([2, 3])
with left:
    size = f"{decoded.pixels.shape[1]} x {decoded.pixels.shape[0]} px"
    st.image(decoded.pixels, caption=f"{name}, {size}", width="stretch", alt=f"The image {name}")
    if example:
        st.markdown(f"True label: **{example.truth}**")
with right:
    verdict.remarks_of(decoded)
    if any(run.data.synthetic for run in runs) and upload:
        st.warning(
            "Runs in view learned from synthetic images only: what they say of a real X-ray means nothing.", icon=":material/science:"
        )
    for run in runs:
        with view.told():
            loaded = cached.predictor(str(root), run.run_id, view.thresholds_of(run))
            verdict.card(root, run, loaded.answer_decoded(name, decoded))
