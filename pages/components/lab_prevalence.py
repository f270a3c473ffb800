"""The same test among other people: what a positive and a negative answer at the line mean where the label is rarer or commoner."""

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.answers import Answers
from core.evaluation.prevalence import threshold_at
from core.evaluation.scorecard import Entry
from core.evaluation.utility import cost_threshold
from core.figures.icon_array import icon_array_figure
from core.figures.prevalence import prevalence_figure
from pages.components import cached
from pages.components.chart import chart
from pages.components.compare_head import split_words
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.lab_words import at_the_line
from pages.components.metric_table import told

PREVALENCES = (
    0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6,
    0.625, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9,
)  # fmt: skip
_FIRST = 0.05
_SAMPLED = np.geomspace(PREVALENCES[0], PREVALENCES[-1], 61).tolist()
PEOPLE = 1000


def show(scene: Scene) -> None:
    """The slider, both answers, the curves, and a thousand people."""
    place = scene.line().place
    found = cached.answers(str(scene.root), scene.run.run_id, scene.split, scene.label, scene.calibrated, place)
    prevalence = st.select_slider(f"Prevalence of {scene.label} among other people", PREVALENCES, _FIRST, key="prevalence",
                                  bind="query-params", format_func=_percent)  # fmt: skip
    sensitivity, specificity = found.rates
    answers = {"PPV": found.ppv(prevalence), "NPV": found.npv(prevalence)}
    _numbers(scene, found, answers, prevalence)
    left, right = st.columns(2, gap="medium")
    with left:
        _curves(scene, found, answers, prevalence)
    with right:
        _people(scene, found, prevalence)
    st.caption(
        f"On {split_words(scene.split)}, {at_the_line(scene)}: sensitivity {sensitivity:.3f}, specificity {specificity:.3f}. Both are "
        "taken to be the same among the other people; where illness is rarer, it is often milder too, and then they are not."
    )  # fmt: skip
    _asked_by_costs(scene, prevalence)


def _percent(prevalence: float) -> str:
    return f"{100 * prevalence:.3g} %"


def _have(scene: Scene) -> str:
    """A class is what an image is, a finding what a person has."""
    return f"{'are' if scene.run.data.task == 'multiclass' else 'have'} {scene.label}"


def _numbers(scene: Scene, found: Answers, answers: dict[str, Entry], prevalence: float) -> None:
    own = found.own_prevalence
    words = {"PPV": "Of the positive answers, the share that are right.", "NPV": "Of the negative answers, the share that are right."}
    here = {"PPV": found.ppv(own), "NPV": found.npv(own)}
    rows = ((f"at {_percent(prevalence)}", answers), (f"here, {_percent(own)}", here))
    with st.grid("auto", min_column_width=150):
        for among, entries in rows:
            for name, entry in entries.items():
                value = "n/a" if entry.value is None else f"{entry.value:.3f}"
                st.metric(f"{name} {among}", value, _interval(entry), delta_color="off", delta_arrow="off", border=True,
                          help=f"{words[name]} {told(entry)}. On {split_words(scene.split)}, {entry.method}.")  # fmt: skip


def _interval(entry: Entry) -> str:
    return "no interval" if entry.low is None else f"{entry.low:.3f} to {entry.high:.3f}"


def _curves(scene: Scene, found: Answers, answers: dict[str, Entry], prevalence: float) -> None:
    curves = {"PPV": [found.ppv(at) for at in _SAMPLED], "NPV": [found.npv(at) for at in _SAMPLED]}
    chart(
        prevalence_figure(_SAMPLED, curves, prevalence, answers, found.own_prevalence),
        key="figure_prevalence",
        alt=f"PPV and NPV at the line over the prevalence, on {split_words(scene.split)}; marks at {_percent(prevalence)}, "
        f"PPV {told(answers['PPV'])}, NPV {told(answers['NPV'])}",
    )
    download(scene, "prevalence", lambda: _table(scene, found))


def _people(scene: Scene, found: Answers, prevalence: float) -> None:
    people = found.of_people(prevalence, PEOPLE)
    ill, well, called = people.tp + people.fn, people.fp + people.tn, people.tp + people.fp
    right = f"Of {called:,} positive answers {people.tp:,} are right." if called else "Nobody is called positive."
    sentence = (
        f"Of {PEOPLE:,} people **{ill:,}** {_have(scene)}: **{people.tp:,}** are found and **{people.fn:,}** are missed. Of the other "
        f"**{well:,}**, **{people.fp:,}** are alarmed and **{people.tn:,}** are left alone. {right}"
    )
    chart(icon_array_figure(people, scene.classes), key="figure_people", alt=sentence.replace("*", ""))
    st.markdown(sentence)


def _asked_by_costs(scene: Scene, prevalence: float) -> None:
    """Where the line should stand by the costs, which only scores that are probabilities can say."""
    asked, misses = cost_threshold(scene.missed_costs), f"1 missed case costs as much as {scene.missed_costs:g} false alarms"
    words = f"If {misses}, act from a probability of 1 / (1 + {scene.missed_costs:g}) = **{asked:.3f}** on."
    if not scene.calibrated:
        st.info(f"{words} Scores as they are need not be probabilities: switch on calibrated scores under View to put the line there.",
                icon=":material/balance:")  # fmt: skip
        return
    kept = cached.temperature(str(scene.root), scene.run.run_id).kept
    if scene.label in kept:
        st.info(f"{words} These scores could not be calibrated: {kept[scene.label]}.", icon=":material/balance:")
        return
    val = cached.predictions(str(scene.root), scene.run.run_id, "val").column(scene.label)[0]
    moved = threshold_at(asked, float(val.mean()), prevalence)
    st.info(f"{words} These scores were calibrated where {_percent(float(val.mean()))} {_have(scene)}. Among people of "
            f"whom {_percent(prevalence)} {_have(scene)}, the same odds ask for a score of "
            f"**{moved:.3f}**.", icon=":material/balance:")  # fmt: skip
    line = scene.line()
    left, right = st.columns(2)
    left.button(f"Line to {asked:.3f}, as the costs ask in these data", on_click=line.put, args=(asked,), key="line_by_costs")
    right.button(f"Line to {moved:.3f}, as they ask at {_percent(prevalence)}", on_click=line.put, args=(moved,), key="line_by_costs_there")


def _table(scene: Scene, found: Answers) -> pd.DataFrame:
    rows = [(at, name, entry) for at in PREVALENCES for name, entry in (("PPV", found.ppv(at)), ("NPV", found.npv(at)))]
    where = {"split": scene.split, "label": scene.label, "threshold": scene.line().place, "calibrated": scene.calibrated}
    return pd.DataFrame([{**where, "prevalence": at, "of": name} | vars(entry) for at, name, entry in rows])
