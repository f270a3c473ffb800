"""One image large: boxes, scores, what is known of it, the nearest training images, and a note."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from core.data.dataset import Dataset
from core.errors import ImageError
from core.evaluation.mistakes import cell_in_words, cell_of
from core.evaluation.predictions import Predictions
from core.figures.boxes import with_boxes
from core.figures.image_scores import image_scores_figure
from core.images.preprocess import enlarged
from core.runs.image_notes import ImageNote
from core.runs.run import Run
from pages.components import cached, image_note_form, near_images
from pages.components.chart import chart
from pages.components.run_pictures import Pictures, truth
from pages.components.wording import plain

_SIDE = 1024  # px of the large image, at most
_DRAWN_ON = 512  # px of an image that boxes are drawn on, at least


def show(
    run: Run, runs: list[Run], pictures: Pictures, predictions: Predictions, row: int, label: str, notes: Mapping[str, ImageNote]
) -> None:
    """Everything about the image in a row of the predictions of a run; `runs` are asked what they say of it."""
    image_id = str(predictions.image_ids[row])
    st.subheader(image_id)
    _pixels(pictures, image_id)
    one = predictions.select(np.array([row]))
    data, points = run.data, run.operating_point.thresholds
    cell = str(cell_of(one, points, label)[0])
    st.markdown(f"Labelled **{truth(data.labels, data.classes, data.task, one.y_true[0])}**. On {one.split} it "
                f"{cell_in_words(cell, label, data.labels)}: **{cell}**.")  # fmt: skip
    scores = dict(zip(one.labels, one.y_score[0].tolist(), strict=True))
    true = {name for name, value in zip(one.labels, one.y_true[0], strict=True) if value}
    chart(
        image_scores_figure(scores, None if data.task == "multiclass" else points, true),
        key="image_scores",
        alt=f"Scores of {run.title} for this image",
    )
    _others(pictures, run, runs, one, label)
    _known(pictures, image_id, one)
    image_note_form.ask(pictures.root, run, image_id, notes)
    near_images.show(run, pictures, image_id)


def _pixels(pictures: Pictures, image_id: str) -> None:
    row = pictures.row(image_id)
    if row is None:
        return
    try:
        pixels = pictures.picture(row, _SIDE)
    except ImageError as error:
        st.error(plain(str(error)), icon=":material/broken_image:")
        return
    boxes = pictures.dataset.boxes.get(image_id, ())
    if boxes and st.toggle("Show the boxes", value=True, key="mistake_boxes", bind="query-params"):
        pixels = with_boxes(enlarged(pixels, _DRAWN_ON), boxes)
    st.image(pixels, width="stretch", alt=f"{image_id}, large")


def _others(pictures: Pictures, run: Run, runs: list[Run], one: Predictions, label: str) -> None:
    """What the other runs in view on the same data say of the image."""
    alike = [other for other in runs if other.run_id != run.run_id and other.data.fingerprint == run.data.fingerprint]
    lines = [line for other in alike if (line := _said(pictures, other, one, label))]
    if lines:
        st.dataframe(pd.DataFrame(lines), hide_index=True, alt="What the other runs in view say of this image")


def _said(pictures: Pictures, other: Run, one: Predictions, label: str) -> dict | None:
    found = cached.predictions(str(pictures.root), other.run_id, one.split)
    rows = np.flatnonzero(found.image_ids == one.image_ids[0])
    if not len(rows):
        return None
    cell = str(cell_of(found.select(rows), other.operating_point.thresholds, label)[0])
    name = label if found.task != "multiclass" else found.labels[int(one.y_true[0].argmax())]
    return {"Run": other.title, f"Score of {name}": round(float(found.column(name)[1][rows[0]]), 3), "Cell": cell}


def _known(pictures: Pictures, image_id: str, one: Predictions) -> None:
    """What is known of the image beside its labels: from the data set, or the groups that the run has kept."""
    row = pictures.row(image_id)
    known = {name: str(column[0]) for name, column in one.groups.items()} if row is None else _metadata(pictures.dataset, row)
    patient = "" if one.known_patients is None else str(one.known_patients[0])
    facts = {"patient": patient or "not known", **{name: value for name, value in known.items() if value}}
    st.markdown("  \n".join(f"{name}: **{value}**" for name, value in facts.items()))


def _metadata(dataset: Dataset, row: int) -> dict[str, str]:
    return {name: _plain(column[row]) for name, column in dataset.metadata.items()}


def _plain(value: object) -> str:
    """Empty where nothing is known."""
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:g}"
    return str(value)
