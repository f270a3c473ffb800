"""What every page shares: the store, the runs in view, and how an expected failure is shown."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.runs.marks import Marks
from core.runs.run import Run
from core.runs.store import Store, store_root
from pages.components.navigation import check_front_door
from pages.components.wording import distinct, plain

_KEY, _WISH = "runs", "runs_wished"
MOST = 10  # as many as there are colours


def open_page(title: str, sentence: str) -> Path:
    """The head of every page: title and one sentence. Returns the folder of the store."""
    check_front_door()
    st.title(title)
    st.markdown(sentence)
    with told():
        return root()


def root() -> Path:
    """Where runs lie."""
    return store_root()


def store() -> Store:
    """The runs that are there."""
    return Store(root())


def choose_runs() -> None:
    """The head of the sidebar: which runs are in view, on every page, and in the address."""
    with told():
        runs = store().runs()
    titles = distinct({run.run_id: run.title for run in runs})
    if _WISH in st.session_state:
        st.session_state[_KEY] = [run_id for run_id in st.session_state.pop(_WISH) if run_id in titles]
    elif _KEY not in st.session_state and _KEY not in st.query_params:
        st.session_state[_KEY] = [run.run_id for run in _newest_together(runs, Marks(root()).of("archived"))]
    st.multiselect("Runs in view", list(titles), key=_KEY, bind="query-params", format_func=lambda run_id: titles.get(run_id, run_id),
                   max_selections=MOST, placeholder="No run yet" if not runs else "Choose runs")  # fmt: skip
    _split_badge(runs_in_view())


def runs_in_view() -> list[Run]:
    """The chosen runs that are still there, in the order in which they were chosen."""
    known = {run.run_id: run for run in store().runs()}
    return [known[run_id] for run_id in st.session_state.get(_KEY, []) if run_id in known]


def shared_labels(runs: list[Run]) -> list[str]:
    """The labels that all of the runs have, in the order of the first."""
    return [label for label in runs[0].data.labels if all(label in run.data.labels for run in runs)]


def keep_known(key: str, known: Iterable[str]) -> None:
    """Forget a choice that is not offered any more."""
    if st.session_state.get(key) not in (None, *known):
        del st.session_state[key]


def wish_runs(run_ids: list[str]) -> None:
    """Put these runs in view from the next rerun on."""
    st.session_state[_WISH] = run_ids[:MOST]


@contextmanager
def told(stop: bool = True) -> Iterator[None]:
    """Show an expected failure as what it is, and go no further on this page, or with what comes after."""
    try:
        yield
    except CoreError as error:
        st.error(plain(str(error)), icon=":material/error:")
        if stop:
            st.stop()


def empty(icon: str, sentence: str, page: str, action: str) -> None:
    """What stands where there is nothing yet: an icon, one sentence, the one next action. The page ends here."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(f":material/{icon}:", text_alignment="center")
        st.markdown(sentence, text_alignment="center")
        if st.button(action, type="primary", key=f"empty_{page}"):
            st.switch_page(f"pages/{page}.py")
    st.stop()


def thresholds_of(run: Run) -> tuple[tuple[str, float], ...]:
    """A run's frozen thresholds as a key for caches."""
    return tuple(run.operating_point.thresholds.items())


def synthetic_note(runs: list[Run]) -> None:
    """Say so where any run in view is of made images."""
    if any(run.data.synthetic for run in runs):
        st.caption(":material/science: Synthetic images: the phantom is drawn by Cutpoint, no patient is shown.")


def _newest_together(runs: list[Run], archived: frozenset[str]) -> list[Run]:
    """The newest four runs on the data of the newest; archived ones are left out."""
    runs = [run for run in runs if run.run_id not in archived]
    return [run for run in runs if run.data.fingerprint == runs[0].data.fingerprint][:4] if runs else []


def _split_badge(runs: list[Run]) -> None:
    levels = {run.data.split_level for run in runs}
    words = {
        "patient": ("No patient in two splits", "green", "verified_user"),
        "image": ("Patients or copies in two splits", "orange", "warning"),
        "unknown": ("Patients not known", "gray", "help"),
    }
    for level in sorted(levels):
        text, color, icon = words[level]
        st.badge(text, color=color, icon=f":material/{icon}:")
