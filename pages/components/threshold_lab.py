"""The line and all that moves with it, in the browser, or with a plain slider for those who switch it off."""

import streamlit as st

from core.evaluation.line_view import spread_rows
from pages.components import cached, lab_data, lab_tabs, plain_lab, rule_form, run_pictures, scene_data
from pages.components.lab_line import lab_line
from pages.components.lab_scene import Scene
from pages.components.line import Line

_MOST_IMAGES = 640
_HOW = (
    "On {split}, with 95 % intervals. Drag the line, or use the arrow and page keys. ROC AUC and average precision do not depend on it: "
    "they stay."
)
_CLUSTERED = " Patients have several images: intervals are by patient."


@st.fragment
def show(scene: Scene) -> None:
    """Everything that depends on the line; only this part runs again when it moves."""
    scene.lines.follow_address(scene.label)
    line = scene.line()
    _status(scene, line)
    if scene.plain:
        plain_lab.show(scene, line)
    else:
        lab_line(_data(scene, line), f"lab_{scene.run.run_id}", line.put)
        st.caption(_HOW.format(split=scene.split) + _more(scene))
    rule_form.tell_faults(scene.lines)
    rule_form.tell_choice(scene)
    lab_tabs.show(scene)


def _more(scene: Scene) -> str:
    """What else has to be known of this run's images."""
    found, pictures = scene.predictions(), run_pictures.of_run(scene.root, scene.run)
    some = f" Pictures: {_MOST_IMAGES} of the {found.n:,}, spread over their scores." if pictures.dataset and found.n > _MOST_IMAGES else ""
    return (_CLUSTERED if found.has_repeated_patients else "") + some


def _status(scene: Scene, line: Line) -> None:
    rule = scene.run.operating_point.rule
    how = f"chosen by {rule} on validation" if not rule.replace(".", "", 1).isdigit() else "fixed beforehand"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        rule_form.buttons(scene)
        st.badge(f"Frozen: {line.frozen:.3f}, {how}", icon=":material/lock:", color="gray")
        if line.is_moved:
            st.badge(_why_there(scene, line), icon=":material/explore:", color="blue" if line.rule else "orange")
            st.button("Back", on_click=line.reset, key="line_back", type="tertiary", icon=":material/undo:", help="To the frozen line.")


def _why_there(scene: Scene, line: Line) -> str:
    """Who put the line where it stands."""
    if line.rule:
        return "Chosen on validation, not frozen"
    if line.was_put_on_validation:
        return "Trying out on validation"
    words = "moved while looking at test" if scene.split == "test" else "not put here on validation"
    return f"Exploratory: {words}"


def _data(scene: Scene, line: Line) -> dict:
    view, images = scene.view(), _images(scene)
    return scene_data.of_label(scene, line) | lab_data.counts_data(view) | {
        "label": view.labels.index(scene.label), "split": scene.split, "together": scene.together, "images": lab_data.image_data(images),
        "labels": lab_data.label_data(view, {name: scene.line(name).place for name in view.labels}),
    }  # fmt: skip


def _images(scene: Scene) -> lab_data.NearImages | None:
    pictures = run_pictures.of_run(scene.root, scene.run)
    if pictures.dataset is None:
        return None
    y_true, y_score = scene.predictions().column(scene.label)
    rows = spread_rows(y_score, _MOST_IMAGES)
    ids = tuple(scene.predictions().image_ids[rows].tolist())
    image, key = scene.run.recipe.image, (str(scene.root), pictures.source, pictures.fingerprint)
    sheet = cached.contact_sheet(*key, image.image_size, image.aspect, ids, lab_data.TILE, lab_data.COLUMNS)
    return lab_data.NearImages(y_score[rows], y_true[rows], sheet)
