"""Many pictures at once: a table of every run's answers, which can be sorted, filtered, looked into and taken along."""

import hashlib
import time
from contextlib import closing
from itertools import islice
from pathlib import Path

import pandas as pd
import streamlit as st

from core.errors import CoreError
from core.images.decode import decode
from core.images.preprocess import within
from core.inference import row_table, sources
from core.inference.many import Asker, Row, answer_many
from core.inference.submission_file import filled
from core.runs.run import Run
from pages.components import cached, gate_card, view, wording
from pages.components.table_download import table_download

_ALL, _DOUBTFUL, _FAULTS = "All", "Doubtful pictures", "Not read"
_SIDE = 640  # pixels of a picture that is shown
_KEPT = "many_rows"


def show(root: Path, runs: list[Run], uploads: list) -> None:
    """Scores the uploads once, and shows what the runs say of them."""
    slow = gate_card.not_measured(root, runs)
    rows = _rows(root, runs, slow, uploads)
    titles = wording.distinct({run.run_id: run.title for run in runs})
    if slow:
        gate_card.ask_to_measure(runs)
        gate_card.tell_missing({run.run_id: gate_card.NOT_YET for run in slow}, titles)
    with st.container(horizontal=True, vertical_alignment="center"):
        is_strict = gate_card.ask_strict()
    table = row_table.answer_table(rows, {run.run_id: run for run in runs}, titles, is_strict)
    _count(rows)
    chosen = _draw(_filtered(table, rows, runs, titles))
    with st.container(horizontal=True):
        table_download("answers", "many", table.drop(columns=row_table.NUMBER), "All answers as CSV")
    if chosen is not None:
        _picture(rows[chosen], chosen, uploads)
    _submission(rows, runs, titles, is_strict)


def _rows(root: Path, runs: list[Run], slow: list[Run], uploads: list) -> list[Row]:
    """From this session if they were scored already; without the distance to the training images of those that are slow at it."""
    files = tuple((file.name, hashlib.file_digest(_at_start(file), "blake2b").hexdigest()) for file in uploads)
    asked = (files, tuple((run.run_id, view.thresholds_of(run), run in slow) for run in runs))
    known, rows = st.session_state.get(_KEPT, (None, []))
    if known != asked:
        with view.told():
            askers = [_asker(root, run, run not in slow) for run in runs]
        rows = _scored(askers, [(file.name, file) for file in uploads])
        st.session_state[_KEPT] = (asked, rows)
    return rows


def _at_start(file):
    file.seek(0)
    return file


def _asker(root: Path, run: Run, is_measured: bool) -> Asker:
    """A run, with the distance to its training images if that is wanted."""
    key = (str(root), run.run_id, view.thresholds_of(run))
    loaded = cached.predictor(*key)
    if not is_measured:
        return Asker(loaded)
    try:
        return Asker(loaded, cached.familiarity(*key))
    except CoreError:  # told where one picture is looked at; here the column is empty
        return Asker(loaded)


def _scored(askers: list[Asker], named: list) -> list[Row]:
    rows, total, bar, begun = [], sources.count(named), st.progress(0.0, "Reading pictures"), time.perf_counter()
    with closing(answer_many(askers, sources.of_uploads(named))) as coming:
        for row in coming:
            rows.append(row)
            left = (time.perf_counter() - begun) / len(rows) * max(total - len(rows), 0)
            bar.progress(min(len(rows) / max(total, 1), 1.0), f"{len(rows):,} of {total:,} pictures, {wording.about(left)} left")
    bar.empty()
    return rows


def _count(rows: list[Row]) -> None:
    faults = sum(row.reason is not None for row in rows)
    doubtful = sum(any(answer.doubtful for answer in row.answers.values()) for row in rows)
    st.markdown(f"**{len(rows):,} pictures**: {len(rows) - faults:,} answered, {doubtful:,} of them doubtful; {faults:,} not read.")


def _filtered(table: pd.DataFrame, rows: list[Row], runs: list[Run], titles: dict[str, str]) -> pd.DataFrame:
    verdicts = sorted(set(table[row_table.VERDICT].dropna()))
    with st.container(horizontal=True):
        shown = st.selectbox("Show", [_ALL, *verdicts, _DOUBTFUL, _FAULTS], key="many_show", width=280)
        run = st.selectbox("of", [_ALL, *titles.values()], key="many_run", width=280) if len(runs) > 1 else _ALL
    doubtful = [number for number, row in enumerate(rows) if any(answer.doubtful for answer in row.answers.values())]
    if shown == _FAULTS:
        return table[table[row_table.FAULT].notna()]
    if run != _ALL:
        table = table[table[row_table.RUN] == run]
    if shown == _DOUBTFUL:
        return table[table[row_table.NUMBER].isin(doubtful)]
    return table if shown == _ALL else table[table[row_table.VERDICT] == shown]


def _draw(table: pd.DataFrame) -> int | None:
    """The table; the number of the picture whose line is chosen."""
    empty = [name for name in table.columns if table[name].isna().all()]
    shown = table.drop(columns=[row_table.NUMBER, *empty])
    scores = {name: st.column_config.NumberColumn(format="%.3f") for name in shown.columns if name.startswith("score ")}
    scores[row_table.FARTHER] = st.column_config.NumberColumn("farther than", format="percent",
                                                              help="of the training images are from one another")  # fmt: skip
    event = st.dataframe(shown, hide_index=True, column_config=scores, on_select="rerun", selection_mode="single-row", key="many_table",
                         alt="Every run's answer to every picture")  # fmt: skip
    st.caption("Choose a line to see its picture. Scores are not probabilities; verdicts are those at each run's own thresholds.")
    rows = [row for row in event.selection.rows if row < len(table)]
    return int(table[row_table.NUMBER].iloc[rows[0]]) if rows else None


def _picture(row: Row, number: int, uploads: list) -> None:
    if row.reason is not None:
        st.error(wording.plain(f"{row.file}: {row.reason}"), icon=":material/image_not_supported:")
        return
    source = next(islice(sources.of_uploads([(file.name, file) for file in uploads]), number, None))
    with view.told(stop=False):
        st.image(within(decode(source.read()).pixels, _SIDE), caption=row.file, alt=f"The image {row.file}")
    for text in row.remarks:
        st.warning(text, icon=":material/warning:")


def _submission(rows: list[Row], runs: list[Run], titles: dict[str, str], is_strict: bool) -> None:
    """The answers in the form of a sample that is brought along."""
    with st.expander("As a submission file", icon=":material/assignment:"):
        st.markdown(
            "Bring a sample: a CSV file whose first column names pictures, with a column for each label. Its rows are answered with 0 or 1."
        )
        run_id = (
            st.selectbox("by", list(titles), format_func=titles.get, key="many_submission_run", width=320)
            if len(runs) > 1
            else runs[0].run_id
        )
        sample = st.file_uploader("Sample submission", type=["csv", "tsv", "txt"], key="many_sample")
        if sample is None:
            return
        run = next(run for run in runs if run.run_id == run_id)
        decided = {(row.file, row.digest): row.answers[run_id].decisions for row in rows if row.reason is None}
        with view.told(stop=False):
            found = filled(sample.name, sample.getvalue(), run, decided)
            st.download_button(f"submission.csv, {len(found.rows):,} rows", found.text(), "submission.csv", "text/csv",
                               key="many_submission", icon=":material/download:", on_click="ignore")  # fmt: skip
            if is_strict:
                st.caption("A submission has an answer for every picture, doubtful ones too.")
