"""The lab with a plain slider: the same numbers, and figures of the server, for those who switch the other one off."""

import streamlit as st

from core.evaluation.counts import counts_at
from core.figures.decision_curve import decision_figure
from core.figures.roc_pr import Point, pr_figure, roc_figure
from core.figures.scores import histogram_figure
from pages.components import cached, lab_data, scene_data
from pages.components.chart import chart
from pages.components.lab_line import plain_line
from pages.components.lab_scene import Scene
from pages.components.line import Line
from pages.components.line_chart import line_chart
from pages.components.view import thresholds_of

_POINTS = 500


def show(scene: Scene, line: Line) -> None:
    """Slider and numbers, which move in the browser; then histogram and curves, which follow."""
    data = scene_data.of_label(scene, line) | lab_data.counts_data(scene.view().of_label(scene.label))
    plain_line(data | {"name": f"Threshold for {scene.label}"}, f"plain_{line.key}", line.put)
    st.caption(
        f"On {scene.split}, with 95 % intervals. ROC AUC and average precision do not depend on the threshold: they stay as it moves."
    )
    chart(histogram_figure(scene.view().histogram(scene.label), scene.classes, line.place), key="histogram",
          alt=f"Scores of both classes on {scene.split} with the threshold")  # fmt: skip
    _curves(scene, Point(line.place, counts_at(*scene.predictions().column(scene.label), line.place)))


def _curves(scene: Scene, point: Point) -> None:
    key = (str(scene.root), scene.run.run_id, scene.split, scene.label, scene.calibrated)
    curves, at, title = cached.curves(*key, thresholds_of(scene.run), _POINTS), {scene.run.title: point}, scene.run.title
    left, right = st.columns(2)
    for column, curve, figure, words in (
        (left, curves.roc, roc_figure, "ROC curve"),
        (right, curves.pr, pr_figure, "Precision-recall curve"),
        (left, curves.decision, decision_figure, "Decision curve"),
    ):
        if curve is not None:
            with column:
                alt = f"{words} with the threshold's point"
                line_chart(figure({title: curve}, at, 300), f"lab_{words}", alt, f"{words}-{scene.label}-{scene.split}")
