"""The audit of a data set in words: green, amber or red, each with the reason and the remedy."""

from pathlib import Path

import pandas as pd
import streamlit as st

from core.data import registry
from core.data.cache.prepared import Prepared
from core.data.inspection.audit import Audit
from core.data.inspection.inspect import Inspection
from core.data.sources import Reading
from pages.components import cached
from pages.components.view import told

_BADGES = {
    "patient": ("Splits: patient-level", "green", "verified_user"),
    "image": ("Splits: image-level", "orange", "warning"),
    "unknown": ("Splits: unknown", "gray", "help"),
}


def show(root: Path, source: str, prepared: Prepared) -> None:
    """One line for each thing that would spoil a comparison, the groups behind it, and the remedy in one click."""
    found = cached.inspection(str(root), source, prepared.dataset.fingerprint)
    text, color, icon = _BADGES[found.audit.split_level]
    st.badge(text, color=color, icon=f":material/{icon}:")
    _leaks(found.audit)
    _shortcuts(found)
    examples = found.audit.table()
    if examples:
        with st.expander("The first of each kind"):
            st.dataframe(pd.DataFrame(examples), hide_index=True, alt="Groups of images that belong together")
    if found.audit.split_level != "patient" and not prepared.dataset.synthetic:
        _remedy(root, source, prepared)


def _leaks(found: Audit) -> None:
    if found.split_level == "patient":
        st.success("No patient and no copy of an image lies in two splits.", icon=":material/verified_user:")
    if found.patients_across:
        st.warning(f"{found.patients_across} patients, as far as names tell, have images in more than one split: a score on test may "
                   "flatter. Where numbers start anew in each split, these are other patients.", icon=":material/warning:")  # fmt: skip
    if found.patients_across is None:
        st.info("Nobody knows which images are of one patient, so this cannot be checked.", icon=":material/help:")
    if found.duplicates_across:
        st.error(f"{found.duplicates_across} images lie byte for byte in more than one split: the model has seen them.",
                 icon=":material/content_copy:")  # fmt: skip
    if found.near_across:
        st.error(f"{found.near_across} groups of nearly equal images lie in more than one split: the model has seen their like.",
                 icon=":material/content_copy:")  # fmt: skip
    if found.labels_differ:
        st.warning(f"{found.labels_differ} groups of byte-equal images have different labels: some are wrong.", icon=":material/label:")
    within = ((found.duplicates_within, "byte-equal images"), (found.near_within, "near copies"))
    told = [f"{count} groups of {what}" for count, what in within if count]
    if told:
        st.caption(f"Inside a split: {' and '.join(told)}.")


def _shortcuts(found: Inspection) -> None:
    for one in found.shortcuts.warnings[:3]:
        st.warning(f"A shortcut: {one}.", icon=":material/alt_route:")
    more = len(found.shortcuts.warnings) - 3
    if more > 0:
        st.caption(f"And {more} more labels that size, format or brightness tell.")
    if not found.shortcuts.warnings:
        st.caption(f"Shortcuts: {found.shortcuts.unavailable or 'size, format and brightness alone tell no label well'}.")
    if found.no_near_copies:
        st.caption(f"Near copies were not looked for: {found.no_near_copies}")


def _remedy(root: Path, source: str, prepared: Prepared) -> None:
    by = "by patient" if prepared.dataset.patients is not None else "with copies together"
    if st.button(f"Split anew, {by}", icon=":material/call_split:", help="Makes a new data set of the same images; this one stays."):
        name = f"{prepared.dataset.name[:40]} split {by}"
        with told():
            registry.add(name, source, Reading(by_patient=True), root)
            st.session_state["data_wished"] = name
            st.rerun()
