"""All labels of a run at once: a table in which a threshold or a rule can be changed, and how all thresholds come and go."""

import pandas as pd
import streamlit as st

from core.evaluation.label_rows import LabelRow
from core.evaluation.metrics import METRICS
from core.evaluation.rates import f1
from core.figures.label_spark import WIDTH, label_spark
from pages.components import cached, lab_no_finding, lab_threshold_file
from pages.components.compare_head import split_words
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.line import Line
from pages.components.metric_table import told
from pages.components.rule_names import OFFERED, RULE_WORDS
from pages.components.run_lines import HAND, RunLines

_TITLES = {"sensitivity": "Sensitivity", "specificity": "Specificity", "precision": "PPV", "f1": "F1", "flagged": "Flagged"}
_EDITION, _TOLD = "labels_edition", "labels_told"


def show(scene: Scene) -> None:
    """One rule for all, the table, what is done with all thresholds, and 'No Finding'."""
    lines = scene.lines.by_label
    thresholds = tuple((label, line.place) for label, line in lines.items())
    rows = tuple(cached.label_row(*_key(scene), *one) for one in thresholds)  # one by one: as a rule one line moved
    _rule_for_all(scene)
    _edit(scene, lines, rows)
    st.caption(_words(scene))
    with st.container(horizontal=True):
        lab_threshold_file.show(scene.lines)
        download(scene, "labels", lambda: _plain(scene, lines, rows))
    lab_threshold_file.tell()
    if scene.run.data.task == "multilabel":
        lab_no_finding.show(scene, thresholds)


def _key(scene: Scene) -> tuple[str, str, str, bool]:
    return str(scene.root), scene.run.run_id, scene.split, scene.calibrated


def _rule_for_all(scene: Scene) -> None:
    """Each label by the same rule; a label that cannot meet it keeps its line, and is told."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        offered = dict.fromkeys((*OFFERED, st.session_state.get("labels_rule") or OFFERED[1]))
        rule = st.selectbox("One rule for all labels", offered, index=1, key="labels_rule", bind="query-params", accept_new_options=True,
                            width=260, help=RULE_WORDS)  # fmt: skip
        rules = dict.fromkeys(scene.run.data.labels, rule)
        st.button("Choose each on validation", on_click=_apply, args=(scene.lines, rules), key="labels_choose",
                  icon=":material/my_location:", disabled=rule is None)  # fmt: skip
    for words in st.session_state.pop(_TOLD, []):
        st.warning(words, icon=":material/block:")


def _apply(lines: RunLines, rules: dict[str, str]) -> None:
    st.session_state[_TOLD] = [fault.words for fault in lines.put(rules)]


def _edit(scene: Scene, lines: dict[str, Line], rows: tuple[LabelRow, ...]) -> None:
    """The table; what is typed into it moves lines, and a fresh table follows, so that no old entry lies over a new threshold."""
    table, edition = _table(scene, lines, rows), st.session_state.setdefault(_EDITION, 0)
    rules = sorted({*OFFERED, *table["Rule"]} - {HAND}) + [HAND]
    edited = st.data_editor(
        table, hide_index=True, key=f"labels_{edition}", disabled=[name for name in table if name not in ("Threshold", "Rule")],
        column_config=_columns(scene, rules), row_height=36,
        alt=f"Thresholds, counts and rates of all labels on {split_words(scene.split)}; threshold and rule can be edited",
    )  # fmt: skip
    moved = [line for number, line in enumerate(lines.values()) if _take_over(scene, line, table.iloc[number], edited.iloc[number])]
    if moved:
        st.session_state[_EDITION] += 1
        st.rerun()


def _take_over(scene: Scene, line: Line, before: pd.Series, after: pd.Series) -> bool:
    """Move a line as its row was edited; True where it was."""
    threshold = after["Threshold"]
    if pd.notna(threshold) and threshold != before["Threshold"]:
        line.put(min(max(float(threshold), 0.0), 1.0))
        return True
    if after["Rule"] not in (before["Rule"], HAND, None):
        _apply(scene.lines, {line.label: after["Rule"]})
        return True
    return False


def _table(scene: Scene, lines: dict[str, Line], rows: tuple[LabelRow, ...]) -> pd.DataFrame:
    view = cached.line_view(*_key(scene))
    curves = dict(zip(view.labels, f1(view.counts), strict=True))
    return pd.DataFrame([
        {"Label": row.label, "Threshold": lines[row.label].place, "Frozen": lines[row.label].frozen,
         "Rule": scene.lines.rule_of(row.label),
         "F1 over thresholds": label_spark(curves[row.label], lines[row.label].place, lines[row.label].frozen),
         **{cell.upper(): getattr(row.counts, cell) for cell in ("tp", "fp", "fn", "tn")},
         **{title: told(row.entries[name]) for name, title in _TITLES.items()}}
        for row in rows
    ])  # fmt: skip


def _columns(scene: Scene, rules: list[str]) -> dict:
    split = split_words(scene.split)
    words = {name: METRICS[name].definition for name in _TITLES if name in METRICS} | {"flagged": "The share of images called positive."}
    return {
        "Label": st.column_config.TextColumn(pinned=True),
        "Threshold": st.column_config.NumberColumn("Threshold", min_value=0.0, max_value=1.0, step=0.0001, format="%.3f", required=True,
                                                   help="Where the line stands. Type another number, 0 to 1."),
        "Frozen": st.column_config.NumberColumn("Frozen", format="%.3f", help="The run's own threshold, which all pages use."),
        "Rule": st.column_config.SelectboxColumn("Rule", options=rules, required=True, width=120,
                                                 help="Choose one, and it sets this label's threshold on validation."),
        "F1 over thresholds": st.column_config.ImageColumn(width=WIDTH + 16, help=f"F1 on {split} at each threshold, 0 to 1: the line "
                                                           "where it stands, dashed where it is frozen."),
        **{title: st.column_config.TextColumn(title, help=f"{words[name]} On {split}, with its 95 % interval.")
           for name, title in _TITLES.items()},
    }  # fmt: skip


def _words(scene: Scene) -> str:
    split = split_words(scene.split)
    exploratory = "A threshold typed while looking at test is exploratory. " if scene.split == "test" else ""
    several = "Each class is taken against the rest. " if scene.run.data.task == "multiclass" else ""
    return (f"On {split}, with 95 % intervals. {several}Type a threshold, or choose a rule for one label: a rule chooses on validation, "
            f"whatever is shown here. {exploratory}Flagged is the share of images called positive.")  # fmt: skip


def _plain(scene: Scene, lines: dict[str, Line], rows: tuple[LabelRow, ...]) -> pd.DataFrame:
    table = []
    for row in rows:
        line = lines[row.label]
        cells = {"run_id": scene.run.run_id, "split": scene.split, "calibrated": scene.calibrated, "label": row.label,
                 "threshold": line.place, "frozen": line.frozen, "rule": scene.lines.rule_of(row.label), **vars(row.counts)}  # fmt: skip
        for name, entry in row.entries.items():
            cells |= {name: entry.value, f"{name}_low": entry.low, f"{name}_high": entry.high, f"{name}_method": entry.method}
        table.append(cells)
    return pd.DataFrame(table)
