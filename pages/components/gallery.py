"""Images of a data set by split and by what they show, and one of them large with all that is known of it."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st

from core.data.cache.pace import Pace
from core.data.cache.prepared import Prepared, prepare
from core.data.dataset import UNLABELLED, Dataset
from core.data.inspection.inspect import SIZE
from core.errors import ImageError
from core.figures.boxes import with_boxes
from pages.components import cached, wording

_SHOWN = 24
_ENLARGED = 512  # px
_COMBINATIONS = 30  # the most frequent ones are offered
_ALL = "All"


def read_all(root: Path, source: str) -> Prepared:
    """Every image of a data set as a thumbnail, with a bar while they are read for the first time."""
    bar = st.empty()
    dataset = cached.dataset(str(root), source)
    pace = Pace()

    def show(done: int, total: int) -> None:
        per_second, left = pace.of(done, total)
        more = f", {per_second:.0f} images/s, {wording.duration(left)} left" if per_second else ""
        bar.progress(done / max(total, 1), f"Reading images: {done:,} of {total:,}{more}")

    prepared = prepare(dataset, SIZE, root, show)
    bar.empty()
    return prepared


@st.fragment
def show(prepared: Prepared) -> None:
    """A grid of thumbnails; the chosen one large with all that is known of it."""
    dataset = prepared.dataset
    groups = _groups(dataset)
    splits = [*dataset.counts(), *([UNLABELLED] if len(dataset.unlabelled) else [])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control("Split", splits, default=splits[0], required=True, key="gallery_split", bind="query-params")
        name = st.selectbox("What they show", list(groups), key="gallery_class", bind="query-params")
        wanted = st.text_input("Name contains", key="gallery_name", placeholder="person23", bind="query-params").strip().lower()
    rows = np.flatnonzero((dataset.splits == split) & groups[name])
    if wanted:
        rows = np.array([row for row in rows if wanted in str(dataset.image_ids[row]).lower()], int)
    if not len(rows):
        st.info(f"No image of {name} in {split}{f' with {wanted!r} in its name' if wanted else ''}.", icon=":material/image_not_supported:")
        return
    pages = -(-len(rows) // _SHOWN)
    page = min(st.pagination(pages, key="gallery_page") if pages > 1 else 1, pages)
    shown = rows[(page - 1) * _SHOWN : page * _SHOWN]
    st.caption(f"{len(rows):,} images of {name} in {split}.")
    _grid(prepared, shown)
    linked = st.query_params.get("gallery_large")
    ids = {str(dataset.image_ids[row]): int(row) for row in [*shown, *(row for row in rows if dataset.image_ids[row] == linked)]}
    chosen = st.selectbox("Large", list(ids), key="gallery_large", index=None, placeholder="Choose an image to enlarge",
                          bind="query-params")  # fmt: skip
    if chosen in ids:
        _large(dataset, ids[chosen])


def _groups(dataset: Dataset) -> Mapping[str, np.ndarray]:
    """What can be asked for, by name: (n,) bool. In a multi-label task single labels, none, and the most frequent combinations."""
    every = {_ALL: np.ones(len(dataset), bool)}
    if dataset.task != "multilabel":
        index = dataset.class_index()
        return every | {name: index == number for number, name in enumerate(dataset.classes)}
    single = {label: dataset.y[:, number] == 1 for number, label in enumerate(dataset.labels)}
    combinations, which, counts = np.unique(dataset.y, axis=0, return_inverse=True, return_counts=True)
    several = [number for number in np.argsort(-counts, kind="stable") if combinations[number].sum() > 1][:_COMBINATIONS]
    names = {" + ".join(np.array(dataset.labels)[combinations[number] == 1]): which == number for number in several}
    return every | {"No label": dataset.y.sum(axis=1) == 0} | single | {f"only {name}": rows for name, rows in names.items()}


def _grid(prepared: Prepared, shown: np.ndarray) -> None:
    with st.grid("auto", min_column_width=96, gap="xsmall"):
        for row, pixels in zip(shown, prepared.of(shown), strict=True):
            image_id = str(prepared.dataset.image_ids[row])
            st.image(pixels, caption=wording.short_name(image_id), width="stretch", alt=image_id)


def _large(dataset: Dataset, row: int) -> None:
    image_id = str(dataset.image_ids[row])
    try:
        pixels = dataset.reader.read(row)
    except ImageError as error:  # the file has changed since it was read
        st.error(wording.plain(str(error)), icon=":material/error:")
        return
    boxes = dataset.boxes.get(image_id, ())
    with st.container(horizontal=True):
        st.image(with_boxes(pixels, boxes) if boxes else pixels, width=_ENLARGED, alt=f"{image_id}, large")
        with st.container():
            for what, value in _told(dataset, row, pixels, len(boxes)).items():
                st.markdown(f"**{what}**  \n{value}")


def _told(dataset: Dataset, row: int, pixels: np.ndarray, boxes: int) -> dict[str, str]:
    labels = [label for label, value in zip(dataset.labels, dataset.y[row], strict=True) if value]
    none = dataset.classes[0] if dataset.task == "binary" else "none"
    known = {name: _value(column[row]) for name, column in dataset.metadata.items()}
    return {
        "image": str(dataset.image_ids[row]), "split": str(dataset.splits[row]),
        "labels": "nobody told" if dataset.splits[row] == UNLABELLED else ", ".join(labels) or none,
        "patient": str(dataset.patients[row]) if dataset.patients is not None and dataset.patients[row] else "not known",
        **{name: value for name, value in known.items() if value},
        "size": f"{pixels.shape[1]} x {pixels.shape[0]} px", **({"boxes": f"{boxes}, drawn on the image"} if boxes else {}),
    }  # fmt: skip


def _value(value: object) -> str:
    """Empty where nothing is known."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:g}"
    return str(value)
