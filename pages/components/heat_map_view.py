"""A picture with the map of what speaks for a label: which run's, how it is made, and how strongly it covers the picture."""

import io
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from core.errors import CoreError
from core.figures.heat_map import COLORS_IN_WORDS, heat_table, with_heat
from core.images.preprocess import within
from core.inference.explanation import Explanation, HeatMap
from core.inference.shared_labels import CommonLabel
from core.runs.run import Run
from pages.components import cached, wording
from pages.components.picture_choice import Choice
from pages.components.table_download import table_download
from pages.components.view import keep_known, thresholds_of

_SIDE = 768  # px of the shown picture
_OFF, _QUICK, _PATCHES = "Off", "Quick", "By patches"
_HELP = (
    "Quick: Grad-CAM at a network's last maps; for a forest or an SVM, parts of these maps are left out. By patches: a patch of grey "
    "wanders over the image and the score is asked each time, which takes longer and works for every model."
)
_MEANING = (
    "It says where this score comes from, not how sure it is, and not where a disease is. Its scale ends at its own maximum: compare two "
    "maps in where, not in how much."
)


def show(root: Path, runs: list[Run], choice: Choice, explained: CommonLabel) -> None:
    """The picture, with the map of one of the runs on it; what cannot be had says why, and the picture stands alone."""
    knowing = [run for run in runs if run.run_id in explained.own]
    frame = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control("What speaks for it", (_OFF, _QUICK, _PATCHES), default=_QUICK, required=True, key="heat_kind",
                                    bind="query-params", help=_HELP) if knowing else _OFF  # fmt: skip
        run = _ask_run(knowing) if kind != _OFF and len(knowing) > 1 else next(iter(knowing), None)
        wanted = _ask_class(run, explained.own[run.run_id]) if kind != _OFF else explained.label
    found = _heat_map(root, run, choice, wanted, kind) if kind != _OFF else None
    if found is None:
        _plain(frame, choice)
        return
    share = st.slider("Opacity of the map", 0, 100, 50, 5, format="%d %%", key="heat_opacity", bind="query-params") / 100
    picture = with_heat(within(choice.decoded.pixels, _SIDE), found.values, share, found.peak)
    frame.image(picture, caption=_caption(choice), width="stretch",
                alt=f"The image {choice.name} with the map of what speaks for {found.label}: {found.words}")  # fmt: skip
    _tell(run, choice, found, picture)


def _ask_run(runs: list[Run]) -> Run:
    titles = wording.distinct({run.run_id: run.title for run in runs})
    keep_known("heat_run", titles)
    chosen = st.selectbox("Of", list(titles), key="heat_run", bind="query-params", format_func=titles.get, width=200)
    return next(run for run in runs if run.run_id == chosen)


def _ask_class(run: Run, label: str) -> str:
    """The label, or in a binary run either class: what speaks against the label speaks for the other."""
    if run.data.task != "binary":
        return label
    classes = [label, run.data.classes[0]]
    keep_known("heat_class", classes)
    return st.selectbox("Speaks for", classes, key="heat_class", bind="query-params", width=200)


def _heat_map(root: Path, run: Run, choice: Choice, label: str, kind: str) -> HeatMap | None:
    try:
        explained = _by_patches(root, run, choice) if kind == _PATCHES else cached.explanation(
            str(root), run.run_id, thresholds_of(run), choice.digest, choice.decoded)  # fmt: skip
    except CoreError as error:
        st.info(f"{run.title}: not available: {error}", icon=":material/visibility_off:")
        return None
    return explained.heat_map(label, *within(choice.decoded.pixels, _SIDE).shape)


def _by_patches(root: Path, run: Run, choice: Choice) -> Explanation:
    """From this session if it asked already."""
    asked, (known, found) = (run.run_id, choice.digest), st.session_state.get("heat_patches", (None, None))
    if known != asked:
        loaded, bar = cached.predictor(str(root), run.run_id, thresholds_of(run)), st.empty()
        found = loaded.occlude(choice.decoded, None, lambda done, total: bar.progress(done / total, f"Patches: {done} of {total}"))
        bar.empty()
        st.session_state["heat_patches"] = (asked, found)
    return found


def _plain(frame, choice: Choice) -> None:
    pixels = within(choice.decoded.pixels, _SIDE)
    frame.image(pixels, caption=_caption(choice), width="stretch", alt=f"The image {choice.name}")


def _tell(run: Run, choice: Choice, found: HeatMap, picture: np.ndarray) -> None:
    if found.is_flat:
        st.caption(f"{run.title}, {found.method}: {found.words} in this image.")
        return
    st.caption(f"{run.title}, {found.method}: {found.words}, at the ring. {COLORS_IN_WORDS} {_MEANING}")
    with st.container(horizontal=True):
        name = f"{choice.name}-{found.label}-{run.run_id}"
        table_download("heat-map", name, lambda: heat_table(found.values))
        st.download_button("PNG", lambda: _png(picture), f"heat-map-{name}.png", "image/png", key="png_heat", icon=":material/download:",
                           on_click="ignore", type="tertiary", help="The image with the map as it is shown")  # fmt: skip


def _png(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def _caption(choice: Choice) -> str:
    return "{}, {} x {} px".format(choice.name, *choice.decoded.native_size)
