"""The training images that are nearest to an image in the feature space of a run, with their labels; computed when they are asked for."""

import time
from collections import Counter
from collections.abc import Callable

import streamlit as st

from core.images.decoded import Decoded
from core.inference.neighbours import DISTANCE, Neighbour, neighbours, neighbours_of_picture
from core.runs.run import Run
from pages.components import cached, mistake_grid, view, wording
from pages.components.run_pictures import Pictures, truth

COUNT = 8


def show(run: Run, pictures: Pictures, image_id: str) -> None:
    """A switch, and the images where it is on."""
    if not run.has_weights or pictures.row(image_id) is None:
        return
    words = f"In the feature space of {run.title}. The first time, its features of {run.data.images['train']:,} images are computed."
    if not st.toggle("Nearest training images", key="mistake_near", bind="query-params", help=words):
        return
    with view.told(stop=False):
        _draw(run, pictures, _found(run, pictures, image_id, lambda loaded, data, tell: neighbours(loaded, data, image_id, COUNT, tell)))


def show_for_picture(run: Run, pictures: Pictures, picture: Decoded, digest: str) -> None:
    """The same for a picture from anywhere; `digest` names its bytes."""
    with view.told(stop=False):
        found = _found(run, pictures, digest, lambda loaded, data, tell: neighbours_of_picture(loaded, data, picture, COUNT, tell))
        _draw(run, pictures, found)


def _found(run: Run, pictures: Pictures, name: str, find: Callable) -> list[Neighbour]:
    """From this session if it asked already."""
    asked = (run.run_id, pictures.fingerprint, name)
    known, found = st.session_state.get("near_found", (None, []))
    if known != asked:
        loaded = cached.predictor(str(pictures.root), run.run_id, view.thresholds_of(run))
        bar, begun = st.empty(), time.perf_counter()

        def tell(done: int, total: int) -> None:
            left = (time.perf_counter() - begun) / max(done, 1) * (total - done)
            bar.progress(done / max(total, 1), f"Features: {done:,} of {total:,}, {wording.about(left)} left")

        found = find(loaded, pictures.dataset, tell)
        bar.empty()
        st.session_state["near_found"] = (asked, found)
    return found


def _draw(run: Run, pictures: Pictures, found: list[Neighbour]) -> None:
    data = run.data
    labels = {one.image_id: truth(data.labels, data.classes, data.task, pictures.dataset.y[pictures.row(one.image_id)]) for one in found}
    counted = ", ".join(f"{count} {name}" for name, count in Counter(labels.values()).most_common())
    st.markdown(f"The {len(found)} nearest of train: **{counted}**")
    with st.grid("auto", min_column_width=96, gap="xsmall"):
        for one in found:
            with st.container(gap="xxsmall"):
                mistake_grid.thumbnail(pictures, one.image_id)
                st.caption(f"{labels[one.image_id]} · {one.distance:.1f}")
    st.caption(f"Features of {run.description}. {DISTANCE}; the number below each image.")
