"""'No Finding' beside the other labels: what contradicts it, and what the rule does by which it excludes them."""

import pandas as pd
import streamlit as st

from core.evaluation.no_finding import Contradictions, Exclusion, no_finding_label
from core.evaluation.scorecard import Entry
from pages.components import cached
from pages.components.compare_head import split_words
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.metric_table import told
from pages.components.wording import thousands

Thresholds = tuple[tuple[str, float], ...]


def show(scene: Scene, thresholds: Thresholds) -> None:
    """A switch and both numbers where there is such a label; else what is called nothing at all."""
    label = no_finding_label(tuple(name for name, _ in thresholds))
    st.markdown(f"**{label or 'No finding'}**")
    if label is None or len(thresholds) < 2:
        _derived(scene, thresholds)
    else:
        _excluding(scene, thresholds, label)


def _excluding(scene: Scene, thresholds: Thresholds, label: str) -> None:
    is_on = st.toggle(f"{label}, where it is the most likely, excludes every other label", key="no_finding_rule", bind="query-params",
                      help=f"An image on which no label scores above {label} is called that and nothing else. A published study asked for "
                           "this rule.")  # fmt: skip
    found = cached.exclusion(str(scene.root), scene.run.run_id, scene.split, scene.calibrated, thresholds, label)
    now = found.after if is_on else found.before
    with st.grid("auto", min_column_width=165):
        _count(scene, "Called both", now.both, now.both_share)
        _count(scene, "Called nothing", now.nothing, now.nothing_share)
        _number(scene, "Macro F1, rule off", found.macro_f1.before)
        _number(scene, "Macro F1, rule on", found.macro_f1.after)
    st.caption(_effect(scene, found, label, is_on))
    download(scene, "no-finding", lambda: _table({
        **_said(found.before, "rule off"), "macro F1, rule off": found.macro_f1.before,
        **_said(found.after, "rule on"), "macro F1, rule on": found.macro_f1.after, "change of macro F1": found.macro_f1.gain,
    }))  # fmt: skip


def _effect(scene: Scene, found: Exclusion, label: str, is_on: bool) -> str:
    how, split = "The rule is on" if is_on else "The rule is off", split_words(scene.split)
    return (
        f"Called both: {label} and a finding. Called nothing: neither. Below the counts, their share of all images. {how}: it changes a "
        f"decision on {thousands(found.changed)} images, the contradictions from {_all(found.before)} to {_all(found.after)}, and macro F1 "
        f"by {_signed(found.macro_f1.gain)}. On {split}, over all labels with {label} among them, at the thresholds above; with 95 % "
        "intervals."
    )


def _all(found: Contradictions) -> str:
    return thousands(found.both + found.nothing)


def _signed(entry: Entry) -> str:
    if entry.value is None:
        return entry.method
    between = "" if entry.low is None else f" ({entry.low:+.3f} to {entry.high:+.3f})"
    return f"{entry.value:+.3f}{between}"


def _derived(scene: Scene, thresholds: Thresholds) -> None:
    found = cached.derived_no_finding(str(scene.root), scene.run.run_id, scene.split, scene.calibrated, thresholds)
    with st.grid("auto", min_column_width=165):
        _count(scene, "Called nothing", found.called, found.called_share)
        _number(scene, "Of these, healthy", found.precision)
        _number(scene, "Healthy called so", found.sensitivity)
    st.caption("No label of this run means 'No Finding', so it is derived: an image of which no label reaches its threshold. Healthy: "
               f"without any of these labels. On {split_words(scene.split)}, with 95 % intervals.")  # fmt: skip
    download(scene, "no-finding", lambda: _table({
        "called nothing, share of images": found.called_share, "of these, healthy": found.precision, "healthy called so": found.sensitivity,
    }))  # fmt: skip


def _said(found: Contradictions, when: str) -> dict[str, Entry]:
    return {f"called both, share of images, {when}": found.both_share, f"called nothing, share of images, {when}": found.nothing_share}


def _table(entries: dict[str, Entry]) -> pd.DataFrame:
    return pd.DataFrame([{"what": what, **vars(entry)} for what, entry in entries.items()])


def _count(scene: Scene, title: str, images: int, share: Entry) -> None:
    between = "no interval" if share.low is None else f"{100 * share.low:.1f} to {100 * share.high:.1f} %"
    words = f"{told(share)} of the images. On {split_words(scene.split)}, {share.method}."
    st.metric(title, thousands(images), between, delta_color="off", delta_arrow="off", border=True, help=words)


def _number(scene: Scene, title: str, entry: Entry) -> None:
    value = "n/a" if entry.value is None else f"{entry.value:.3f}"
    between = entry.method if entry.low is None else f"{entry.low:.3f} to {entry.high:.3f}"
    st.metric(title, value, between, delta_color="off", delta_arrow="off", border=True,
              help=f"On {split_words(scene.split)}, {entry.method}.")  # fmt: skip
