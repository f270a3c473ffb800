"""Where the settings of the train page begin: at a family's defaults, at a published recipe, or at a run."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.data.dataset import Dataset
from core.limits import IMAGE_LIMITS
from core.published.catalogue import READY
from core.published.published import Published
from core.recipe import FAMILIES, FAMILY_TITLES, family_defaults, fitting_image_size
from core.runs.run import Run
from pages.components import published_card

LIKE = "like"  # in the session or the address: the id of the run to begin with
_WAYS = {"model": "A model", "published": "A ready recipe", "run": "Same as a run, but"}
_WAY, _RUN = "train_way", "train_like"


@dataclass(frozen=True)
class Start:
    """What the form shows before anything is changed.

    `key` names its widgets; `begin` are all settings of the family by name, `defaults` what they would be on this data without a start.
    """

    key: str
    family: str
    begin: Mapping
    defaults: Mapping
    published: Published | None = None
    run: Run | None = None

    @property
    def hidden(self) -> tuple[str, ...]:
        """Settings that the start decides: whose features a published recipe reads, and the images of that."""
        return ("features", *IMAGE_LIMITS) if self.published and self.published.base else ()

    def wished(self, changed: Mapping) -> dict:
        """The settings to ask for, where `changed` differ from those that the form began with."""
        if self.published:
            return dict(changed)
        return {name: value for name, value in {**self.begin, **changed}.items() if value != self.defaults[name] and name != "seed"}


def take_wish(runs: Mapping[str, Run], known: Mapping[str, str]) -> None:
    """Begin with the run that another page, or the address, asks for, on its own data where that is known."""
    run_id = st.session_state.pop(LIKE, None) or st.query_params.get(LIKE)
    st.query_params.pop(LIKE, None)
    if run_id in runs:
        st.session_state[_WAY], st.session_state[_RUN] = "run", run_id
        if runs[run_id].data.source in known:
            st.session_state["train_source"] = runs[run_id].data.source


def ask_start(dataset: Dataset, runs: Mapping[str, Run]) -> Start | None:
    """What to train; None where nothing can be chosen yet."""
    way = st.segmented_control("Begin with", list(_WAYS), default="model", required=True, key=_WAY, format_func=_WAYS.get,
                               wrap=True, persist_state="session")  # fmt: skip
    return {"model": _of_family, "published": _of_published, "run": _of_run}[way](dataset, runs)


def _of_family(dataset: Dataset, runs: Mapping[str, Run]) -> Start:
    family = st.segmented_control("Model", FAMILIES, default="cnn", required=True, key="family", format_func=FAMILY_TITLES.get,
                                  wrap=True, persist_state="session")  # fmt: skip
    defaults = _defaults(family, dataset)
    return Start(family, family, defaults, defaults)


def _of_published(dataset: Dataset, runs: Mapping[str, Run]) -> Start:
    fitting = [one.task == dataset.task for one in READY.values()]
    in_list = {name: _in_list(one, dataset) for name, one in READY.items()}
    chosen = st.selectbox("Recipe", list(in_list), fitting.index(True), key="published", format_func=in_list.get, persist_state="session",
                          help="Type to search. Recipes of one report stand together.")  # fmt: skip
    published = READY[chosen]
    published_card.show(published, dataset)
    return Start(chosen, published.family, published.recipe.settings, _defaults(published.family, dataset), published)


def _of_run(dataset: Dataset, runs: Mapping[str, Run]) -> Start | None:
    if not runs:
        st.info("No run is complete yet. Train a model first.", icon=":material/inventory_2:")
        return None
    chosen = st.selectbox("Run", list(runs), key=_RUN, persist_state="session",
                          format_func=lambda one: f"{runs[one].title} · {runs[one].description} · {runs[one].data.title}")  # fmt: skip
    run = runs[chosen]
    return Start(chosen, run.recipe.family, run.recipe.settings, _defaults(run.recipe.family, dataset), run=run)


def _defaults(family: str, dataset: Dataset) -> dict:
    """As `fitting_recipe` would fill them in."""
    return family_defaults(family) | {"image_size": fitting_image_size(family, dataset.native_size)}


def _in_list(published: Published, dataset: Dataset) -> str:
    mark = "" if published.task == dataset.task else f"needs {published.task} data · "
    return f"{published.id} · {mark}{published.title}"
