"""All thresholds of a run at once: frozen, put back, copied, and read from a text that somebody kept."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.errors import CoreError
from core.evaluation.thresholds import CHOSEN_ON, OperatingPoint
from core.runs.operating import freeze
from core.runs.threshold_file import read_thresholds, threshold_text
from pages.components import view
from pages.components.lab_scene import Scene
from pages.components.line import Line

PER_LABEL = "a rule per label"
_RAW = "Switch off calibrated scores first: a run's thresholds are kept among the scores as they are."
_PASTED, _UPLOADED, _FAILED, _TAKEN = "thresholds_pasted", "thresholds_uploaded", "thresholds_failed", "thresholds_taken"


def show(scene: Scene, lines: Mapping[str, Line], rules: Mapping[str, str]) -> None:
    """A row of buttons; `rules` are those by which the lines stand, by label."""
    rule = common_rule(rules)
    moved = [line for line in lines.values() if line.is_moved]
    why = _why_not(scene, moved)
    if st.button("Freeze these thresholds", key="labels_freeze", disabled=not moved or bool(why), icon=":material/lock:",
                 help=why or "Make them the run's operating point, for all pages."):  # fmt: skip
        _freeze(scene, lines, rule)
    st.button("Back to the frozen thresholds", on_click=_reset, args=(lines,), key="labels_reset", disabled=not moved,
              icon=":material/undo:")  # fmt: skip
    off = {"disabled": scene.calibrated, "help": _RAW if scene.calibrated else None}
    with st.popover("Copy", icon=":material/content_copy:", **off):
        _copy(scene, lines, rule)
    with st.popover("Import", icon=":material/upload:", **off):
        _import(lines)


def tell() -> None:
    """How the import went that was just asked for."""
    if _FAILED in st.session_state:
        st.error(st.session_state.pop(_FAILED), icon=":material/error:")
    if _TAKEN in st.session_state:
        st.success(st.session_state.pop(_TAKEN), icon=":material/check:")


def common_rule(rules: Mapping[str, str]) -> str:
    """One rule where all labels have the same; "hand" where any was put by hand."""
    several = set(rules.values())
    if len(several) == 1:
        return several.pop()
    return "hand" if "hand" in several else PER_LABEL


def _why_not(scene: Scene, moved: Sequence[Line]) -> str | None:
    """Why these thresholds cannot be frozen: test may not choose them, and a run keeps thresholds of its scores as they are."""
    if scene.calibrated:
        return _RAW
    unsound = [line.label for line in moved if line.rule is None and not line.was_put_on_validation]
    if unsound:
        return f"{', '.join(unsound)}: put by hand, but not on validation; test only reports. Show validation, and put it there again."
    return None


def _freeze(scene: Scene, lines: Mapping[str, Line], rule: str) -> None:
    freeze(view.store(), scene.run, OperatingPoint(rule, CHOSEN_ON, {label: line.place for label, line in lines.items()}))
    _reset(lines)
    st.toast(f"{scene.run.title} now decides by {rule}.", icon=":material/lock:")
    st.rerun()  # all of the page: the run that it holds has the old thresholds


def _reset(lines: Mapping[str, Line]) -> None:
    for line in lines.values():
        line.reset()


def _copy(scene: Scene, lines: Mapping[str, Line], rule: str) -> None:
    text = threshold_text(scene.run.run_id, rule, {label: line.place for label, line in lines.items()})
    st.code(text, language="json")
    st.download_button("JSON", text, f"thresholds-{scene.run.run_id}.json", "application/json", key="thresholds_json",
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
