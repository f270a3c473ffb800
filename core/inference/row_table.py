"""Answers to many pictures as a table: a line for each picture and run, which can be filtered and written to a file."""

from collections.abc import Mapping, Sequence

import pandas as pd

from core.inference.many import Row
from core.inference.predictor import Answer
from core.runs.run import Run

FILE, RUN, VERDICT, REMARKS, FARTHER, FAULT = "file", "run", "verdict", "remarks", "farther than (share of training images)", "fault"
NUMBER = "number"  # of the picture, from 0, in the order in which they came
NOTHING, WITHHELD = "nothing called", "withheld"


def answer_table(rows: Sequence[Row], runs: Mapping[str, Run], titles: Mapping[str, str], is_strict: bool) -> pd.DataFrame:
    """The columns named above and, for each label of any run, `score <label>`, empty where a run does not know it.

    A picture that could not be read has one line, with its fault. With `is_strict`, nothing is said of a doubtful picture.
    """
    labels = list(dict.fromkeys(label for run in runs.values() for label in run.data.labels))
    lines = [line for number, row in enumerate(rows) for line in _lines(number, row, runs, titles, is_strict)]
    scores = [f"score {label}" for label in labels]
    return pd.DataFrame(lines, columns=[NUMBER, FILE, RUN, VERDICT, *scores, FARTHER, REMARKS, FAULT])


def verdict_of(answer: Answer, run: Run) -> str:
    """What is called, in words."""
    if answer.withheld:
        return WITHHELD
    called = [label for label, decision in answer.decisions.items() if decision]
    negative = run.data.classes[0] if run.data.task == "binary" else NOTHING
    return ", ".join(called) or negative


def _lines(number: int, row: Row, runs: Mapping[str, Run], titles: Mapping[str, str], is_strict: bool) -> list[dict]:
    if row.reason is not None:
        return [{NUMBER: number, FILE: row.file, FAULT: row.reason}]
    found = []
    for run_id, answer in row.answers.items():
        told, far = answer.strict() if is_strict else answer, row.distances.get(run_id)
        about = {NUMBER: number, FILE: row.file, RUN: titles[run_id], VERDICT: verdict_of(told, runs[run_id])}
        scores = {f"score {label}": score for label, score in told.scores.items()}
        found.append(about | scores | {FARTHER: far.farther_than if far else None, REMARKS: " ".join(answer.warnings), FAULT: None})
    return found
