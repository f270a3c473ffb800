"""The runs in view scored on another data set with the same labels (external testing): chosen, scored now, and kept with the runs."""

from pathlib import Path

import streamlit as st

from core.data import registry
from core.errors import CoreError
from core.inference.other_data import PARTS, score_on
from core.inference.shared_labels import shared_labels
from core.runs.elsewhere import KEY, Elsewhere
from core.runs.run import Run
from core.runs.store import Store
from core.training.history import Progress
from pages.components import cached
from pages.components.wording import plain

_PART_WORDS = {"all": "All images", "train": "Train", "val": "Validation", "test": "Test"}
_SPLIT = "split"  # the control of the page that tells which scores are shown
_FORM, _DONE = "elsewhere", "elsewhere_done"


def ask(root: Path, runs: list[Run]) -> None:
    """A button that opens the form; what was scored before is listed in it, and can be removed.

    It stands above the page's choice of a split, which it moves to new scores.
    """
    if done := st.session_state.pop(_DONE, None):
        st.session_state[_FORM] = False  # what was asked for can be seen behind it
        st.toast(done, icon=":material/travel_explore:")
    with st.popover("Score on other data", icon=":material/travel_explore:", key=_FORM, on_change="rerun") as form:
        if form.open:
            _form(root, [run for run in runs if run.has_weights])


def _form(root: Path, runs: list[Run]) -> None:
    if not runs:
        st.info("The runs in view were trained elsewhere: there is no model here to ask.", icon=":material/info:")
        return
    st.markdown("External testing: what the runs in view say of images that they were not made for. Labels of the same name are compared.")
    source = _source(root)
    part = st.segmented_control("Images", PARTS, default="all", required=True, key="elsewhere_part", format_func=_PART_WORDS.get)
    if source and st.button(f"Score {len(runs)} run{'s' if len(runs) > 1 else ''}", type="primary", key="elsewhere_score"):
        _score(root, runs, source, part)
    _kept(root, runs)


def _source(root: Path) -> str | None:
    """A data set by its name, or a path that is typed."""
    known = {entry.name: entry.title for entry in registry.entries(root) if entry.here}
    return st.selectbox("Data set", list(known), None, key="elsewhere_data", accept_new_options=True,
                        placeholder="Choose one, or type a path", format_func=lambda name: known.get(name, name))  # fmt: skip


def _score(root: Path, runs: list[Run], source: str, part: str) -> None:
    """Score all of the runs; what is complete when one fails or the page is left is kept."""
    store, bar = Store(root), st.progress(0.0, "Looking at the data set")
    try:
        dataset = cached.dataset(str(root), source)
        for run in runs:
            shared_labels(run.data, dataset)  # all are asked before the first is scored
        for number, run in enumerate(runs):
            bar.progress(number / len(runs), f"{run.title}: loading the model")
            found = score_on(store, run, dataset, part, _telling(bar, run, number, len(runs)))
    except CoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.session_state[_SPLIT] = f"{KEY}{found.name}"
    st.session_state[_DONE] = f"Scored on {found.name}: {found.images:,} images."
    st.rerun()


def _telling(bar, run: Run, number: int, count: int):
    def tell(progress: Progress) -> None:
        share = (number + progress.done / max(1, progress.total)) / count
        bar.progress(min(1.0, share), f"{run.title}: {progress.phase}, {progress.done:,} of {progress.total:,}")

    return tell


def _kept(root: Path, runs: list[Run]) -> None:
    """What the runs were scored on before."""
    known = Elsewhere(Store(root))
    names = list(dict.fromkeys(name for run in runs for name in known.list(run)))
    if names:
        st.caption("Scored before")
    for number, name in enumerate(names):
        concerned = [run for run in runs if name in known.list(run)]
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"{name}: {', '.join(run.title for run in concerned)}", width="stretch")
            st.button("Remove", key=f"elsewhere_remove_{number}", icon=":material/close:", type="tertiary", on_click=_remove,
                      args=[root, concerned, name])  # fmt: skip


def _remove(root: Path, runs: list[Run], name: str) -> None:
    for run in runs:
        Elsewhere(Store(root)).delete(run, name)
    if st.session_state.get(_SPLIT) == f"{KEY}{name}":
        st.session_state[_SPLIT] = "test"
