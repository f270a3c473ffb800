"""The figure of the lesson on differences: two models on the same images, each with its interval, and the paired difference."""

import streamlit as st

from core.evaluation.intervals import Interval
from core.evaluation.predictions import Predictions
from core.figures.difference import difference_figure
from core.lessons.difference import LARGER, accuracy_of, area_of, gap_of, rival
from core.lessons.lesson import Lesson
from pages.components.chart import chart
from pages.components.lesson_data import Shown
from pages.components.lesson_table import table
from pages.components.wording import with_interval


@st.fragment
def show(lesson: Lesson, shown: Shown) -> None:
    """Two intervals, that of the difference, and the table; with simulated data also on many more images."""
    material = shown.material
    first, second = material.one(), rival(material)
    if material.is_drawn:
        images = {f"{first.n:,} images": (first, second), f"{material.set_beside(LARGER[0]).n:,} images": _larger(shown)}
        wanted = st.segmented_control("Tested on", list(images), default=next(iter(images)), required=True, key="scene_difference",
                                      bind="query-params", help="The same two models on many more simulated images.")  # fmt: skip
        first, second = images[wanted]
    gap = gap_of(first, second)
    areas = dict(zip(material.names, (area_of(first), area_of(second)), strict=True))
    difference = Interval(gap.difference, gap.low, gap.high, "DeLong, paired")
    title = f"{material.names[1]} minus {material.names[0]}"
    words = f"{title}: {100 * gap.difference:.1f} points, 95 % interval {100 * gap.low:.1f} to {100 * gap.high:.1f}"
    chart(
        difference_figure(areas, title, difference),
        key=f"difference_{shown.key}",
        alt=f"ROC AUC of both models on the same {first.n} test images with 95 % intervals. {words}",
    )
    st.caption(f"On the same {first.n:,} test images. {words} of ROC AUC.")
    rows = [
        {"Model": name, "Accuracy, test": with_interval(accuracy_of(one, threshold)), "ROC AUC, test": with_interval(areas[name])}
        for name, one, threshold in zip(material.names, (first, second), (material.threshold, material.second_threshold), strict=True)
    ]  # fmt: skip
    rows.append({"Model": title, "Accuracy, test": "", "ROC AUC, test": _signed(difference)})
    table(lesson, rows, f"Both models on {first.n:,} test images, with 95 % intervals")


def area(predictions: Predictions) -> Interval | None:
    """ROC AUC with its interval; None where a class is missing."""
    return area_of(predictions) if 0 < predictions.y_true.sum() < predictions.n else None


def _larger(shown: Shown) -> tuple[Predictions, Predictions]:
    return tuple(shown.material.set_beside(name) for name in LARGER)


def _signed(gap: Interval) -> str:
    return f"{gap.value:+.3f} ({gap.low:+.3f} to {gap.high:+.3f})"
