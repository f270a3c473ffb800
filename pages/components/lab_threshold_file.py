"""All thresholds of a run at once: frozen, put back, copied, and read from a text that somebody kept."""

from collections.abc import Mapping

import streamlit as st

from core.errors import CoreError
from core.runs.threshold_file import read_thresholds, threshold_text
from pages.components.line import Line
from pages.components.run_lines import RAW_ALONE, RunLines

_PASTED, _UPLOADED, _FAILED, _TAKEN = "thresholds_pasted", "thresholds_uploaded", "thresholds_failed", "thresholds_taken"


def show(lines: RunLines) -> None:
    """A row of buttons."""
    why, is_still = lines.why_not_frozen, not lines.moved
    if st.button("Freeze these thresholds", key="labels_freeze", disabled=is_still or bool(why), icon=":material/lock:",
                 help=why or "Make them the run's operating point, for all pages."):  # fmt: skip
        lines.freeze()
    st.button("Back to the frozen thresholds", on_click=lines.reset, key="labels_reset", disabled=is_still, icon=":material/undo:")
    off = {"disabled": lines.calibrated, "help": RAW_ALONE if lines.calibrated else None}
    with st.popover("Copy", icon=":material/content_copy:", **off):
        _copy(lines)
    with st.popover("Import", icon=":material/upload:", **off):
        _import(lines.by_label)


def tell() -> None:
    """How the import went that was just asked for."""
    if _FAILED in st.session_state:
        st.error(st.session_state.pop(_FAILED), icon=":material/error:")
    if _TAKEN in st.session_state:
        st.success(st.session_state.pop(_TAKEN), icon=":material/check:")


def _copy(lines: RunLines) -> None:
    text = threshold_text(lines.run.run_id, lines.rule, {label: line.place for label, line in lines.by_label.items()})
    st.code(text, language="json")
    st.download_button("JSON", text, f"thresholds-{lines.run.run_id}.json", "application/json", key="thresholds_json",
                       icon=":material/download:", on_click="ignore")  # fmt: skip


def _import(lines: Mapping[str, Line]) -> None:
    """A text or a file; nothing is moved unless all of it can be read."""
    st.text_area("Paste thresholds as JSON", key=_PASTED, placeholder='{"thresholds": {"Mass": 0.31}}')
    st.button("Take over the text", on_click=_take_text, args=(lines,), key="thresholds_take")
    st.file_uploader("or upload a file", "json", key=_UPLOADED, on_change=_take_file, args=(lines,))


def _take_text(lines: Mapping[str, Line]) -> None:
    _take(lines, st.session_state.get(_PASTED) or "")


def _take_file(lines: Mapping[str, Line]) -> None:
    file = st.session_state.get(_UPLOADED)
    if file is not None:
        _take(lines, file.getvalue().decode("utf-8", errors="replace"))


def _take(lines: Mapping[str, Line], text: str) -> None:
    try:
        found = read_thresholds(text, list(lines))
    except CoreError as error:
        st.session_state[_FAILED] = str(error)
        return
    for label, threshold in found.thresholds.items():
        lines[label].put(threshold)
    source = f" of run {found.run[:80]}" if found.run else ""
    st.session_state[_TAKEN] = f"{len(lines)} thresholds{source} taken over{f', chosen there by {found.rule[:80]}' if found.rule else ''}."
