"""The line and all that moves with it, in the browser, or with a plain slider for those who switch it off."""

import streamlit as st

from pages.components import lab_data, lab_images, lab_tabs, plain_lab, rule_form, scene_data
from pages.components.lab_line import lab_line
from pages.components.lab_scene import Scene
from pages.components.line import Line

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
    return (_CLUSTERED if scene.predictions().has_repeated_patients else "") + lab_images.words(scene)


def _status(scene: Scene, line: Line) -> None:
    point = scene.run.operating_point
    how = "fixed beforehand" if point.is_fixed else f"chosen by {point.rule} on validation"
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
    view = scene.view()
    return scene_data.of_label(scene, line) | lab_data.counts_data(view) | {
        "label": view.labels.index(scene.label), "split": scene.split, "together": scene.together,
        "images": lab_images.of_line(scene, line.place),
        "labels": lab_data.label_data(view, {name: scene.line(name).place for name in view.labels}),
    }  # fmt: skip
