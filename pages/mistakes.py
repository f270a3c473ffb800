"""The images that a run gets wrong, worst first, with all that is known of each; and training images whose label looks wrong.

A link opens a view: /mistakes?mistake_run=ID&mistake_split=test&cell=FN&mistake_label=LABEL&image=ID. `mistake_run` is a run's id,
`mistake_split` test or val, `cell` FN, FP, TP, TN or "All mistakes", in a multi-class task "ACTUAL > CALLED"; `mistake_label` is read in
multi-label tasks only; `image` is an image's id. Further: mistake_scores (twice: from, to), mistake_group ("sex: F"), mistake_near and
mistake_boxes (true, false), mistake_view ("Mistakes", "Suspicious labels").
"""

import numpy as np
import streamlit as st

from core.runs.image_notes import ImageNotes
from pages.components import image_note_form, mistake_filter, mistake_grid, mistake_image, run_pictures, suspicious_list, view

VIEWS = ("Mistakes", "Suspicious labels")

root = view.open_page("Mistakes", "The images that a run gets wrong, worst first: farthest on the wrong side of its threshold.")
with view.told(), st.container(horizontal=True, vertical_alignment="bottom"):
    run = mistake_filter.choose_run(root)
    pictures = run_pictures.of_run(root, run)
    notes = ImageNotes(root).of(run.data.fingerprint)
    what = st.segmented_control("Show", VIEWS, default=VIEWS[0], required=True, key="mistake_view", bind="query-params",
                                on_change=mistake_filter.forget_image)  # fmt: skip
    split = mistake_filter.ask_split(run) if what == VIEWS[0] else None
    label = mistake_filter.ask_label(run)
st.caption(f"{run.title}: {run.description}, on {run.data.title}. Thresholds: {run.operating_point.rule}.")
view.synthetic_note([run])
if pictures.missing:
    st.info(pictures.missing, icon=":material/hide_image:")


def show_mistakes() -> None:
    """The matrix as filter, then images, or a table of them, and one large."""
    shown = mistake_filter.ask(root, run, split, label)
    st.markdown(mistake_filter.told(shown))
    if split == "test":
        st.caption("These are test images. To change a model because of what they show is tuning on test: look at validation for that.")
    if not len(shown.rows):
        st.info("No such image. Choose another cell, or wider scores.", icon=":material/image_not_supported:")
        return
    table = mistake_grid.table(shown)
    st.download_button("Download this list", table.to_csv(index=False), f"{run.run_id}-{split}-{shown.cell}.csv", "text/csv",
                       icon=":material/download:")  # fmt: skip
    if pictures.dataset is None:
        mistake_grid.show_table(shown)
    left, right = st.columns([5, 6], gap="medium")
    with right:
        rows = shown.rows[mistake_grid.ask_page(len(shown.rows), "mistake_page")]
        large = mistake_grid.ask_image(shown.predictions.image_ids[rows].tolist(), shown.predictions.image_ids)
        if pictures.dataset is not None:
            mistake_grid.show(shown, rows, pictures, notes, large)
    with left:
        row = int(np.flatnonzero(shown.predictions.image_ids == large)[0])
        mistake_image.show(run, view.runs_in_view(), pictures, shown.predictions, row, label, notes)


with view.told():
    if what == VIEWS[0]:
        show_mistakes()
    else:
        suspicious_list.show(run, view.runs_in_view(), pictures, label, notes)
image_note_form.show_all(root, run, notes)
