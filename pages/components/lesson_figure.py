"""The live figure of a lesson: the lab, and beside or below it what the lesson is about."""

import streamlit as st

from core.evaluation.curves import calibration_curve
from core.evaluation.intervals import Interval
from core.evaluation.metrics import per_label
from core.evaluation.subgroups import SMALL
from core.figures.calibration import calibration_figure
from core.lessons import calibration, labels, shortcut
from core.lessons.lesson import Lesson
from core.lessons.material import FIRST_LINE
from pages.components import lesson_difference, lesson_lab, lesson_prevalence
from pages.components.lesson_data import Shown
from pages.components.lesson_table import table
from pages.components.line_chart import line_chart
from pages.components.wording import with_interval


def show(lesson: Lesson, shown: Shown) -> None:
    """Which one the lesson names."""
    _FIGURES[lesson.figure](lesson, shown)


def _calibration(lesson: Lesson, shown: Shown) -> None:
    """The lab, and the calibration curves of the scores before and after."""
    lesson_lab.show(lesson, shown)
    label = shown.material.label
    scenes = {calibration.RAW: shown.material.one("test"), calibration.CALIBRATED: calibration.cooled(shown.material)}
    curves = {name: calibration_curve(*one.column(label)) for name, one in scenes.items()}
    alt = (
        "Calibration curves on test before and after the temperature: the share with the label over the mean score of ten bins, with 95 % "
        "intervals"
    )
    line_chart(calibration_figure(curves, 340), f"calibration_{shown.key}", alt, "calibration-test")
    st.caption(f"On test, in ten bins, with 95 % intervals; hollow marks have fewer than {SMALL} images. "
               f"{calibration.temperature_of(shown.material).sentence}")  # fmt: skip
    rows = [
        {"Scores": name, "Mean score": round(float(score), 3), "Images": int(images),
         "Share with the label": with_interval(Interval(float(share), float(low), float(high), "Wilson"))}
        for name, curve in curves.items()
        for score, share, low, high, images in zip(curve.mean_score, curve.positive_share, curve.low, curve.high, curve.images, strict=True)
    ]  # fmt: skip
    table(lesson, rows, "The calibration curves as a table", folded=True)


def _hospitals(lesson: Lesson, shown: Shown) -> None:
    """The lab, and ROC AUC of each scene with its interval."""
    lesson_lab.show(lesson, shown)
    rows = []
    for name, one in lesson.scenes(shown.material).items():
        rows.append({"Shown": name, "Images": one.n, "Share with the label": f"{100 * float(one.y_true.mean()):.0f} %",
                     "ROC AUC, test": with_interval(lesson_difference.area(one))})  # fmt: skip
    table(lesson, rows, f"ROC AUC on test by {shortcut.group_of(shown.material)}, with 95 % intervals", folded=True)


def _labels(lesson: Lesson, shown: Shown) -> None:
    """The lab, and F1 of each label at 0.5 and at its own threshold from validation."""
    lesson_lab.show(lesson, shown)
    test, own = shown.material.of("test"), labels.chosen(shown.material)
    at_half, at_own = per_label(test, dict.fromkeys(test.labels, FIRST_LINE)), per_label(test, own)
    rows = [
        {"Finding": label, "Images with it": f"{test.column(label)[0].sum():,}", "F1 at 0.5": _number(at_half[label]["f1"]),
         "Own threshold": f"{own[label]:.3f}", "F1 there": _number(at_own[label]["f1"])}
        for label in test.labels
    ]  # fmt: skip
    half, there = labels.mean_f1(shown.material)
    rows.append({"Finding": "mean (macro F1)", "Images with it": "", "F1 at 0.5": _number(half), "Own threshold": "",
                 "F1 there": _number(there)})  # fmt: skip
    table(lesson, rows, "F1 on test, at 0.5 and at thresholds of best F1 that were chosen on validation", folded=True)


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


_FIGURES = {
    "lab": lesson_lab.show,
    "prevalence": lesson_prevalence.show,
    "calibration": _calibration,
    "difference": lesson_difference.show,
    "hospitals": _hospitals,
    "labels": _labels,
}
