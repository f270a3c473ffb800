"""What is to be said of a picture before any answer, and whether answers are given at all."""

from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.images.remark import NOTE, Remark, is_doubtful
from core.inference.familiarity import Distance, is_quick
from core.runs.run import Run
from pages.components import cached
from pages.components.picture_choice import Choice
from pages.components.view import thresholds_of
from pages.components.wording import distinct

NOT_YET = "not measured yet."
_MEASURED = "measured"
_STRICT = "Withhold answers where the picture does not look like a chest X-ray"


def ask_strict() -> bool:
    """Whether doubtful pictures get no answer."""
    return st.toggle(_STRICT, key="strict", bind="query-params", help="Off: the answer is given with a warning.")


def show(root: Path, runs: list[Run], choice: Choice) -> list[Run]:
    """The remarks on a picture, by its pixels and by its distance to the training images of each run; returns the runs that may answer.

    Answers are withheld, if that is asked for, of all runs where the pixels speak against them, else of those the picture is far to.
    """
    said, titles = choice.said, distinct({run.run_id: run.title for run in runs})
    distances, missing = _distances(root, runs, choice)
    known = {run.run_id: cached.familiarity(str(root), run.run_id, thresholds_of(run)) for run in runs if run.run_id in distances}
    far = {run_id: Remark(known[run_id].words(one, titles[run_id])) for run_id, one in distances.items() if one.is_far}
    _tell([*said, *far.values()])
    _tell_distances(distances, missing, titles)
    doubtful = [run for run in runs if is_doubtful(said) or run.run_id in far]
    if not ask_strict() or not doubtful:
        return runs
    _tell_withheld([titles[run.run_id] for run in doubtful], len(runs))
    return [run for run in runs if run not in doubtful]


def _tell_withheld(titles: list[str], runs: int) -> None:
    """Whose answers are not given, and how to get at them."""
    whose = "" if len(titles) == runs else f" of {', '.join(titles)}, to which the picture is too far from the training images,"
    st.info(f"The answers{whose} are withheld. Turn the switch off to see them with the warning.", icon=":material/visibility_off:")


def _tell(said: list[Remark]) -> None:
    """All warnings in one box, notes in another."""
    warnings, notes = ([one.text for one in said if (one.severity == NOTE) == wanted] for wanted in (False, True))
    if warnings:
        lines = "".join(f"\n- {text}" for text in warnings)
        st.warning(f"This may be no frontal chest X-ray like those the models learned from.\n{lines}", icon=":material/warning:")
    if notes:
        st.info("".join(f"- {text}\n" for text in notes) if len(notes) > 1 else notes[0], icon=":material/info:")


def _distances(root: Path, runs: list[Run], choice: Choice) -> tuple[dict[str, Distance], dict[str, str]]:
    """How far the picture is, by run; and why that is not available. What takes long is asked for first."""
    found, missing, slow = {}, {}, not_measured(root, runs)
    for run in runs:
        if run in slow:
            continue
        try:
            found[run.run_id] = cached.distance(str(root), run.run_id, thresholds_of(run), choice.digest, choice.decoded)
        except CoreError as error:
            missing[run.run_id] = str(error)
    if slow:
        missing |= {run.run_id: NOT_YET for run in slow}
        ask_to_measure(runs)
    return found, missing


def not_measured(root: Path, runs: list[Run]) -> list[Run]:
    """Those whose training images must be read first, which takes minutes: nobody asked for it yet."""
    return [run for run in runs if not is_quick(run, root) and run.run_id not in st.session_state.get(_MEASURED, ())]


def ask_to_measure(runs: list[Run]) -> None:
    """The button that asks for it."""
    words = "Reads up to 2,000 training images of each run that has none measured yet; once."
    if st.button("Measure the distance to the training images", key="measure_far", icon=":material/straighten:", help=words):
        st.session_state[_MEASURED] = {run.run_id for run in runs}
        st.rerun()


def tell_missing(missing: dict[str, str], titles: dict[str, str]) -> None:
    """Why the distance to the training images of some runs is not there."""
    for run_id, reason in missing.items():
        st.caption(f"Distance to the training images of {titles[run_id]}: not available: {reason}")


def _tell_distances(distances: dict[str, Distance], missing: dict[str, str], titles: dict[str, str]) -> None:
    """One line of small print for all runs."""
    told = [f"{titles[run_id]} {100 * one.farther_than:.3g} %" for run_id, one in distances.items()]
    if told:
        st.caption(f"Farther from the training images than so many of them are from one another: {', '.join(told)}.")
    tell_missing(missing, titles)
