"""Sensitivity and specificity at the line in each subgroup of the images: whom does one threshold for all serve?"""

import pandas as pd
import streamlit as st

from core.evaluation.metrics import METRICS
from core.evaluation.subgroups import SMALL, Subgroup
from core.figures.forest_plot import forest_figure
from core.figures.style import headed
from pages.components import cached
from pages.components.chart import chart
from pages.components.compare_head import split_words
from pages.components.compare_subgroups import table_of
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.lab_words import at_the_line
from pages.components.view import keep_known
from pages.components.wording import with_interval

_METRICS = ("sensitivity", "specificity")


def show(scene: Scene) -> None:
    """Which groups, a forest plot of each rate, and the table of both."""
    split = split_words(scene.split)
    known = list(cached.predictions(str(scene.root), scene.run.run_id, scene.split).groups)
    if not known:
        st.info(f"Nothing is known of the images of {split} that makes groups: no sex, age, view or hospital came with them. A data set "
                "brings them in columns of its label table.", icon=":material/info:")  # fmt: skip
        return
    keep_known("lab_group", known)
    group = st.selectbox("Subgroups by", known, key="lab_group", bind="query-params", width=240)
    place = scene.line().place
    key = (str(scene.root), scene.run.run_id, scene.split, scene.label, scene.calibrated)
    groups = cached.label_subgroups(*key, place, group, _METRICS)
    _draw(scene, groups, group, f"{split}, {scene.label}, at {place:.3f}")
    st.table(
        _read(groups, group, scene.label),
        border="horizontal",
        hide_index=True,
        alt=f"Sensitivity and specificity at the line by {group}, on {split}",
    )
    download(scene, f"at-the-line-by-{group}", lambda: _plain(scene, groups, group, place))
    _remarks(groups, scene, split)


def _draw(scene: Scene, groups: list[Subgroup], group: str, said: str) -> None:
    for column, metric in zip(st.columns(2, gap="medium"), _METRICS, strict=True):
        title = METRICS[metric].title
        made = headed(forest_figure({scene.run.title: groups}, metric, title), said)
        made["layout"]["showlegend"] = False
        made["layout"]["xaxis"] |= {"range": [-0.03, 1.03]}
        with column:
            st.markdown(f"**{title}**")
            chart(made, key=f"lab_{metric}_groups", alt=f"{title} by {group} with 95 % intervals on {said}; told in the table")


def _read(groups: list[Subgroup], group: str, label: str) -> pd.DataFrame:
    """A row for each subgroup, as it is read."""
    rates = {metric: {METRICS[metric].title: [_told(one, metric) for one in groups]} for metric in _METRICS}
    images = {
        group: [one.value for one in groups],
        "images": [one.images for one in groups],
        f"with {label}": [one.positives for one in groups],
    }
    return pd.DataFrame(images | rates["sensitivity"] | rates["specificity"])


def _told(one: Subgroup, metric: str) -> str:
    if one.metrics[metric] is None:
        return f"not available: {one.unavailable[metric]}"
    return with_interval(one.intervals[metric]) if one.intervals[metric] else f"{one.metrics[metric]:.3f} ({one.unavailable[metric]})"


def _plain(scene: Scene, groups: list[Subgroup], group: str, place: float) -> pd.DataFrame:
    """A row for each metric and subgroup."""
    tables = [table_of({scene.run.title: groups}, metric, group).assign(metric=metric) for metric in _METRICS]
    return pd.concat(tables).assign(split=scene.split, label=scene.label, threshold=place)


def _remarks(groups: list[Subgroup], scene: Scene, split: str) -> None:
    st.caption(f"On {split}, {at_the_line(scene)}, with 95 % intervals. The upright line is the value on all "
               f"images. Grey: fewer than {SMALL} images. "
               "Differences between subgroups are no test: with several groups some intervals lie apart by chance.")  # fmt: skip
    few = [f"{one.value} ({one.positives})" for one in groups if one.positives is not None and one.positives < SMALL]
    rest = [
        f"{one.value} ({one.images - one.positives})" for one in groups if one.positives is not None and one.images - one.positives < SMALL
    ]
    for names, of, metric in ((few, scene.classes[1], "sensitivity"), (rest, scene.classes[0], "specificity")):
        if names:
            st.caption(f":material/warning: Fewer than {SMALL} images of {of}, on which {metric} rests: {', '.join(names)}.")
