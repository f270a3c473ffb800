"""The grey zone: two thresholds for one label, and between them images that are left to a human."""

from contextlib import suppress

import pandas as pd
import streamlit as st

from core.errors import CoreError, EvaluationError
from core.evaluation.grey_zone import Zone, ZoneReport
from core.figures.grey_zone import grey_zone_figure
from pages.components import cached
from pages.components.chart import chart
from pages.components.compare_head import split_words
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.wording import thousands

STEPS = 1000  # of the slider
_FIRST = (0.3, 0.7)
_NUMBERS = {
    "left": ("Left to a human", "Of all images, the share between both ends."),
    "missed": ("Missed", "Of all images with the label, the share called negative: it stays missed even if the human is always right."),
    "alarmed": ("False alarms", "Of all images without the label, the share called positive."),
    "sensitivity": ("Sensitivity, decided", "Of the decided images with the label, the share called positive."),
    "specificity": ("Specificity, decided", "Of the decided images without the label, the share called negative."),
    "precision": ("PPV", "Of the images called positive, the share with the label."),
    "npv": ("NPV", "Of the images called negative, the share without the label."),
    "accuracy": ("Accuracy, decided", "Of the decided images, the share that are called right."),
}


def show(scene: Scene) -> None:
    """The promises that find a zone, the zone itself, its picture and its numbers."""
    key = f"zone_{scene.label}"
    found = _ask(scene, key)
    if key not in st.session_state:
        st.session_state[key] = found or _FIRST
    ends = st.slider(f"Left to a human: {scene.label} scores from the lower end to below the higher", 0.0, 1.0, step=1 / STEPS,
                          format="%.3f", key=key, bind="query-params")  # fmt: skip
    zone = Zone(*sorted(ends))  # an address may have them the wrong way round
    _status(scene, zone, found)
    report = cached.grey_zone(str(scene.root), scene.run.run_id, scene.split, scene.label, scene.calibrated, zone)
    left, right = st.columns(2, gap="medium")
    with left:
        _figure(scene, zone)
    with right:
        _counts(scene, report)
        download(scene, "grey-zone", lambda: _plain(scene, report))
    _numbers(scene, report)


def _ask(scene: Scene, key: str) -> tuple[float, float] | None:
    """Two promises; returns the zone that keeps them on validation, or None and says why there is none."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        goals = [
            st.number_input(f"{rate.capitalize()} at the {end} end, at least", 0.0, 1.0, 0.95, 0.01, key=f"zone_{rate}",
                            bind="query-params", on_change=_find, args=(scene, key),
                            help=f"Of the validation images {which} {scene.label}, at least this share is not called {called}.")
            for rate, end, which, called in (("sensitivity", "lower", "with", "negative"), ("specificity", "higher", "without", "positive"))
        ]  # fmt: skip
        try:
            found, why = _found(scene, *goals), None
        except CoreError as error:
            found, why = None, str(error)
        st.button("Find the zone on validation", on_click=_find, args=(scene, key), key="zone_find", disabled=found is None,
                  icon=":material/my_location:")  # fmt: skip
    if why:
        st.caption(f":material/block: A zone that keeps both: not available: {why}")
    return found


def _found(scene: Scene, sensitivity: float, specificity: float) -> tuple[float, float]:
    if "val" not in scene.run.data.images:
        raise EvaluationError("this run has no scores on validation", "validation chooses, test reports")
    zone = cached.found_zone(str(scene.root), scene.run.run_id, scene.label, scene.calibrated, sensitivity, specificity).widened(STEPS)
    return zone.low, zone.high


def _find(scene: Scene, key: str) -> None:
    """Put the slider where both promises are kept; it stays where they cannot be, and the page says why."""
    with suppress(CoreError):
        st.session_state[key] = _found(scene, st.session_state["zone_sensitivity"], st.session_state["zone_specificity"])


def _status(scene: Scene, zone: Zone, found: tuple[float, float] | None) -> None:
    if found == (zone.low, zone.high):
        st.badge("Chosen on validation by both promises", icon=":material/my_location:", color="gray")
        return
    words = "Exploratory: moved while looking at test" if scene.split == "test" else "Trying out on validation"
    st.badge(words, icon=":material/explore:", color="orange")


def _figure(scene: Scene, zone: Zone) -> None:
    histogram = cached.line_view(str(scene.root), scene.run.run_id, scene.split, scene.calibrated).histogram(scene.label)
    words = f"Scores of both classes on {split_words(scene.split)}, with the grey zone from {zone.low:.3f} to {zone.high:.3f}"
    chart(grey_zone_figure(histogram, scene.classes, zone), key="figure_grey_zone", alt=words)


def _counts(scene: Scene, report: ZoneReport) -> None:
    """Three rows: below, between, above; how many of each class."""
    without, with_label = scene.classes
    decided = report.decided
    rows = [
        {"Called": f"positive, from {report.zone.high:.3f}", with_label: decided.tp, without: decided.fp},
        {"Called": "left to a human", with_label: report.left_with, without: report.left_without},
        {"Called": f"negative, below {report.zone.low:.3f}", with_label: decided.fn, without: decided.tn},
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=f"Images above, in and below the zone on {split_words(scene.split)}, by class")
    st.caption(f"Images of {split_words(scene.split)}. What remains wrong whatever the human says: {thousands(decided.fn)} missed, "
               f"{thousands(decided.fp)} false alarms.")  # fmt: skip


def _numbers(scene: Scene, report: ZoneReport) -> None:
    split = split_words(scene.split)
    with st.grid("auto", min_column_width=165):
        for name, (title, words) in _NUMBERS.items():
            entry = report.entries[name]
            value = "n/a" if entry.value is None else f"{entry.value:.3f}"
            between = entry.method if entry.low is None else f"{entry.low:.3f} to {entry.high:.3f}"
            st.metric(title, value, between, delta_color="off", delta_arrow="off", border=True,
                      help=f"{words} On {split}, {entry.method}.")  # fmt: skip
    st.caption(f"On {split}, with 95 % intervals. The rates of the decided leave out the images between: they look better the more is left "
               "out, so read them beside the share left to a human. A promise that holds on validation need not hold on test.")  # fmt: skip


def _plain(scene: Scene, report: ZoneReport) -> pd.DataFrame:
    base = {"run_id": scene.run.run_id, "split": scene.split, "label": scene.label, "calibrated": scene.calibrated, "low": report.zone.low,
            "high": report.zone.high}  # fmt: skip
    counts = vars(report.decided) | {"left_with": report.left_with, "left_without": report.left_without}
    rows = [{"number": name, "value": count, "low_95": None, "high_95": None, "method": "count"} for name, count in counts.items()]
    rows += [{"number": name, "value": one.value, "low_95": one.low, "high_95": one.high, "method": one.method}
             for name, one in report.entries.items()]  # fmt: skip
    return pd.DataFrame([base | row for row in rows])
