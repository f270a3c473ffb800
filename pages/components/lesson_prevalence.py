"""The figure of the prevalence lesson: a thousand people as marks, and the PPV of the same test in four places."""

import streamlit as st

from core.evaluation.answers import Answers, answers
from core.figures.icon_array import icon_array_figure
from core.lessons.lesson import Lesson
from core.lessons.prevalence import PEOPLE, SHARES
from pages.components.chart import chart
from pages.components.lesson_data import Shown
from pages.components.lesson_table import table
from pages.components.metric_table import told

_OFFERED = (0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.625, 0.7, 0.8, 0.9)


@st.fragment
def show(lesson: Lesson, shown: Shown) -> None:
    """A slider, the people, the PPV, the table."""
    material = shown.material
    found = answers(material.one(), material.threshold)
    share = st.select_slider("Prevalence", _OFFERED, SHARES[0], key="lesson_prevalence", bind="query-params", format_func=_percent)
    people = found.of_people(share, PEOPLE)
    _people(shown, found, share)
    called, entry = people.tp + people.fp, found.ppv(share)
    st.markdown(f"Of **{PEOPLE:,} people**, {people.tp + people.fn} have {material.label}. **{called}** are called: {people.tp} "
                 "of them have it, "
                f"{people.fp} do not. {people.fn} are missed.")  # fmt: skip
    st.metric(f"PPV at {_percent(share)}", "n/a" if entry.value is None else f"{entry.value:.2f}", border=True,
              help=f"Of those who are called, the share that has {material.label}: {told(entry)}, from the test images.")  # fmt: skip
    rows = [{"Prevalence": _percent(one), f"Of {PEOPLE:,}, called": _called(found, one), "of them with it": found.of_people(one, PEOPLE).tp,
             "PPV": told(found.ppv(one))} for one in SHARES]  # fmt: skip
    table(lesson, rows, "The same test in four places: sensitivity and specificity on test at the threshold "
          f"{material.threshold:.3f}, PPV with its 95 % interval")  # fmt: skip


def _people(shown: Shown, found: Answers, share: float) -> None:
    people = found.of_people(share, PEOPLE)
    words = f"{people.tp} found, {people.fn} missed, {people.fp} falsely alarmed, {people.tn} left alone"
    chart(
        icon_array_figure(people, shown.material.classes),
        key=f"people_{shown.key}",
        alt=f"{PEOPLE} people at a prevalence of {_percent(share)}: {words}",
    )


def _called(found: Answers, share: float) -> int:
    people = found.of_people(share, PEOPLE)
    return people.tp + people.fp


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
