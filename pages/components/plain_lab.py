"""The lab with a plain slider: the same numbers, and figures of the server, for those who switch the other one off."""

import numpy as np
import streamlit as st

from core.evaluation.counts import counts_at
from core.evaluation.line_view import PLACES, rows_beside
from core.figures.cost_curve import cost_figure
from core.figures.decision_curve import decision_figure
from core.figures.roc_pr import Point, pr_figure, roc_figure
from core.figures.scores import histogram_figure
from pages.components import cached, lab_data, run_pictures, scene_data
from pages.components.chart import chart
from pages.components.lab_line import plain_line
from pages.components.lab_scene import Scene
from pages.components.line import Line
from pages.components.line_chart import line_chart
from pages.components.mistake_grid import thumbnail
from pages.components.view import thresholds_of

_POINTS = 500
_HIGH = 300  # px of a curve
_EACH = 4  # images on each side of the line


def show(scene: Scene, line: Line) -> None:
    """Slider and numbers, which move in the browser; then histogram, curves and images, which follow."""
    data = scene_data.of_label(scene, line) | lab_data.counts_data(scene.view().of_label(scene.label))
    plain_line(data | {"name": f"Threshold for {scene.label}"}, f"plain_{line.key}", line.put)
    st.caption(
        f"On {scene.split}, with 95 % intervals. ROC AUC and average precision do not depend on the threshold: they stay as it moves."
    )
    chart(histogram_figure(scene.view().histogram(scene.label), scene.classes, line.place), key="histogram",
          alt=f"Scores of both classes on {scene.split} with the threshold")  # fmt: skip
    _curves(scene, Point(line.place, counts_at(*scene.predictions().column(scene.label), line.place)))
    _images(scene, line.place)


def _curves(scene: Scene, point: Point) -> None:
    key = (str(scene.root), scene.run.run_id, scene.split, scene.label, scene.calibrated)
    curves, at, title = cached.curves(*key, thresholds_of(scene.run), _POINTS), {scene.run.title: point}, scene.run.title
    costs = cost_figure(title, np.array(PLACES), scene.view().of_label(scene.label).counts.at(0), scene.missed_costs, point, _HIGH)
    drawn = {
        "ROC curve": curves.roc and roc_figure({title: curves.roc}, at, _HIGH),
        "Precision-recall curve": curves.pr and pr_figure({title: curves.pr}, at, _HIGH),
        "Cost curve": costs,
        "Decision curve": curves.decision and decision_figure({title: curves.decision}, at, _HIGH),
    }
    columns = st.columns(2)
    for place, (words, figure) in enumerate((words, figure) for words, figure in drawn.items() if figure):
        with columns[place % 2]:
            line_chart(figure, f"lab_{words}", f"{words} with the threshold's point", f"{words}-{scene.label}-{scene.split}")


def _images(scene: Scene, place: float) -> None:
    """Those whose scores are nearest to the line."""
    pictures = run_pictures.of_run(scene.root, scene.run)
    if pictures.dataset is None:
        return
    y_true, y_score = scene.predictions().column(scene.label)
    below, called = rows_beside(y_score, place, _EACH)
    st.markdown(f"The images nearest the line: {len(below)} below it, {len(called)} called **{scene.classes[1]}**")
    with st.grid("auto", min_column_width=84, gap="xsmall"):
        for row in [*below, *called]:
            with st.container(gap="xxsmall"):
                thumbnail(pictures, str(scene.predictions().image_ids[row]))
                st.caption(f"{y_score[row]:.3f}, {'called' if row in called else 'not called'}: {scene.classes[int(y_true[row])]}")
