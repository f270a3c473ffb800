"""All runs' answers to one picture, side by side: about which label, among which people, and where they agree."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import CoreError
from core.inference.predictor import Answer
from core.inference.reading import agreement
from core.inference.shared_labels import CommonLabel, common_labels
from core.runs.run import Run
from pages.components import answer_card, cached, run_pictures
from pages.components.answer_card import Asked
from pages.components.near_images import show_for_picture
from pages.components.picture_choice import Choice
from pages.components.view import keep_known, thresholds_of
from pages.components.wording import distinct, plain

PREVALENCES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, eq=False)
class Later:
    """A card that waits: its bars, and what comes below."""

    asked: Asked
    bars: DeltaGenerator
    below: DeltaGenerator


def answers(root: Path, runs: list[Run], choice: Choice) -> dict[str, Answer]:
    """What each run says, by its id; a run that cannot answer says why and is left out."""
    found = {}
    for run in runs:
        try:
            answer = cached.answer(str(root), run.run_id, thresholds_of(run), choice.name, choice.digest, choice.decoded)
        except CoreError as error:
            st.error(plain(f"{run.title}: {error}"), icon=":material/error:")
            continue
        if answer.accepted:
            found[run.run_id] = answer
        else:
            st.error(plain(f"{run.title}: {answer.reason}"), icon=":material/image_not_supported:")
    return found


def ask_label(runs: list[Run], found: dict[str, Answer]) -> CommonLabel:
    """The label that is explained: the one, or the one that is chosen; at first the highest above its threshold in the first run."""
    known = {one.label: one for one in common_labels({run.run_id: run.data.labels for run in runs})}
    labels = list(known)
    if len(labels) == 1:
        return known[labels[0]]
    keep_known("explained", labels)
    first = found[runs[0].run_id]
    highest = max(first.scores, key=lambda label: first.scores[label] - first.thresholds.get(label, 0))
    return known[st.selectbox("Explained label", labels, index=labels.index(highest), key="explained", bind="query-params", width=240)]


def ask_prevalence(label: str) -> float:
    """Among which people an answer is explained."""
    return st.select_slider(f"Explained among people of whom so many have {label}", PREVALENCES, 0.05, key="single_prevalence",
                            bind="query-params", format_func=lambda share: f"{100 * share:.3g} %")  # fmt: skip


def tell_agreement(runs: list[Run], found: dict[str, Answer], explained: CommonLabel) -> None:
    """How many call the label, and who does not know it."""
    knowing = [run for run in runs if run.run_id in explained.own]
    titles = distinct({run.run_id: run.title for run in knowing})
    line = agreement({titles[run.run_id]: found[run.run_id] for run in knowing}, explained.label)
    if line:
        st.markdown(f":material/groups: {line}")
    if len(knowing) < len(runs):
        st.caption(f"{', '.join(run.title for run in runs if run not in knowing)}: does not tell {explained.label}.")


def show(root: Path, runs: list[Run], found: dict[str, Answer], explained: CommonLabel, prevalence: float) -> list[Later]:
    """A card for each run that knows the label. Returns where to tell how firmly it stands, which takes longer."""
    later = []
    with st.grid("auto", min_column_width=320):
        for run in (run for run in runs if run.run_id in explained.own):
            with st.container(border=True):
                asked = Asked(root, run, found[run.run_id], explained.own[run.run_id], prevalence)
                answer_card.head(asked)
                place = st.empty()
                with place:
                    answer_card.bars(asked, None)
                answer_card.undrawn(asked)
                answer_card.at_threshold(asked)
                later.append(Later(asked, place, st.container()))
    return later


def tell_firmness(choice: Choice, places: list[Later]) -> None:
    """How far each score moves with small changes of the picture, in the cards that are there."""
    for later in places:
        run = later.asked.run
        steady = cached.steadiness(str(later.asked.root), run.run_id, thresholds_of(run), choice.digest, choice.decoded)
        with later.bars:
            answer_card.bars(later.asked, steady)
        with later.below:
            answer_card.firmness(later.asked, steady)


def nearest(root: Path, runs: list[Run], choice: Choice) -> None:
    """The training images that a run finds most like this one."""
    if not st.toggle("Nearest training images", key="single_near", bind="query-params",
                     help="The first time, the features of all training images are computed."):  # fmt: skip
        return
    titles = distinct({run.run_id: run.title for run in runs})
    run_id = st.selectbox("in the feature space of", list(titles), format_func=titles.get, key="single_near_run", width=320)
    run = next(run for run in runs if run.run_id == run_id)
    pictures = run_pictures.of_run(root, run)
    if pictures.dataset is None:
        st.info(pictures.missing, icon=":material/image_not_supported:")
        return
    show_for_picture(run, pictures, choice.decoded, choice.digest)
