"""Thumbnails of images, worst first, each with its score as a bar, the line on it, and what it truly is; or a table, without images."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from core.errors import CoreError
from core.evaluation.mistakes import cell_of, right_by, shown_scores
from core.figures.score_strip import score_strip
from core.runs.image_notes import ImageNote
from pages.components import view
from pages.components.mistake_filter import Shown
from pages.components.run_pictures import Pictures, truth
from pages.components.wording import short_name

PER_PAGE = 12
_SIDE = 160  # px of a thumbnail
_MOST_ROWS = 1000  # of the table on screen; the download has all


def ask_page(count: int, key: str) -> slice:
    """Which of `count` images are shown: a control chooses the page where there are several."""
    pages = max(1, -(-count // PER_PAGE))
    if pages == 1:
        return slice(0, count)
    if int(st.session_state.get(key) or 1) > pages:
        st.session_state[key] = pages
    page = min(st.pagination(pages, key=key, bind="query-params"), pages)
    return slice((page - 1) * PER_PAGE, page * PER_PAGE)


def ask_image(offered: list[str], known: np.ndarray) -> str:
    """The image that is large: the one that was chosen or that a link names, if it is `known`, else the first of those offered."""
    asked = st.session_state.get("image") or st.query_params.get("image")
    ids = offered if asked in offered or asked not in known else [*offered, asked]
    view.keep_known("image", ids)
    chosen = st.selectbox("Large", ids, key="image", index=None, placeholder="The first; choose another", bind="query-params",
                          help="Or press the name below an image.")  # fmt: skip
    return chosen or offered[0]


def show(shown: Shown, rows: np.ndarray, pictures: Pictures, notes: Mapping[str, ImageNote], large: str) -> None:
    """A grid of some images; the name below each makes it the large one."""
    scores, lines = shown_scores(shown.predictions, shown.run.operating_point.thresholds, shown.label)
    data = shown.run.data
    with st.grid("auto", min_column_width=120, gap="small"):
        for row in rows.tolist():
            image_id = str(shown.predictions.image_ids[row])
            with st.container(gap="xxsmall"):
                thumbnail(pictures, image_id)
                _strip(float(scores[row]), float(lines[row]), data.task)
                st.caption(f"{scores[row]:.3f} · {truth(data.labels, data.classes, data.task, shown.predictions.y_true[row])}")
                name_button(image_id, notes, large)


def thumbnail(pictures: Pictures, image_id: str) -> None:
    """The image, small, or why it is not here."""
    row = pictures.row(image_id)
    try:
        if row is None:
            st.caption("not in the data set")
        else:
            st.image(pictures.picture(row, _SIDE), width="stretch", alt=image_id)
    except CoreError as error:  # the file has gone or changed since
        st.caption(f":material/broken_image: {error}")


def name_button(image_id: str, notes: Mapping[str, ImageNote], large: str) -> None:
    """Press the name, and the image is the large one. A flag is on those whose label somebody doubts, a pen on those with a note."""
    note = notes.get(image_id)
    icon = None if note is None else ":material/flag:" if note.looks_wrong else ":material/edit_note:"
    st.button(short_name(image_id), key=f"open_{image_id}", on_click=_open, args=(image_id,), icon=icon, width="stretch",
              type="secondary" if image_id == large else "tertiary")  # fmt: skip


def table(shown: Shown) -> pd.DataFrame:
    """Every image that is shown: name, truth, cell, scores, and how far it is on the right side."""
    predictions, points, data = shown.predictions.select(shown.rows), shown.run.operating_point.thresholds, shown.run.data
    columns = {
        "Image": predictions.image_ids, "Split": shown.split,
        "True label": [truth(data.labels, data.classes, data.task, y) for y in predictions.y_true],
        "Cell": cell_of(predictions, points, shown.label), "Right by": right_by(predictions, points, shown.label),
    }  # fmt: skip
    return pd.DataFrame(columns | {f"Score of {label}": predictions.column(label)[1] for label in predictions.labels})


def show_table(shown: Shown) -> None:
    """The table in place of the grid, where there are no images."""
    st.dataframe(table(shown).head(_MOST_ROWS), hide_index=True, alt=f"Images of the cell on {shown.split}, worst first")


def _strip(score: float, line: float, task: str) -> None:
    held = "highest other score" if task == "multiclass" else "threshold"
    st.image(score_strip(score, line), width="stretch", alt=f"Score {score:.3f}, {held} {line:.3f}")


def _open(image_id: str) -> None:
    st.session_state["image"] = image_id
