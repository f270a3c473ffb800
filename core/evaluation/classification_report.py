"""Precision, recall, F1 and support of each label and on average, in the shape of scikit-learn's `classification_report`.

A label or average that has no such number shows "-", and the lines below the table say why. scikit-learn shows 0 there, and counts that
0 in the averages; here a macro average is over the labels that have both classes, as everywhere in Cutpoint.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from core.errors import EvaluationError
from core.evaluation.averages import AVERAGES
from core.evaluation.label_table import LabelTable
from core.evaluation.predictions import Predictions
from core.evaluation.reasons import reason, reason_of_label

_COLUMNS = {"precision": "precision", "recall": "sensitivity", "f1-score": "f1"}  # heading: metric
_LONGEST_AVERAGE = "weighted avg"


@dataclass(frozen=True)
class ReportRow:
    """One line: a label or an average. None where a number cannot be had; `why` then has a clause by the heading of its column."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    why: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, float | int | None]:
        return {"precision": self.precision, "recall": self.recall, "f1-score": self.f1, "support": self.support}


@dataclass(frozen=True)
class ClassificationReport:
    """The report of one split. `averages` begin with "accuracy" where each image has one of the labels shown, else with "micro avg"."""

    split: str
    labels: tuple[ReportRow, ...]
    averages: tuple[ReportRow, ...]

    def as_dict(self) -> dict:
        """As scikit-learn's `output_dict=True`: {label: {precision, recall, f1-score, support}}, with None where it has 0."""
        rows = {row.name: row.as_dict() for row in (*self.labels, *self.averages)}
        return {name: row["f1-score"] if name == "accuracy" else row for name, row in rows.items()}

    def as_text(self, digits: int = 2) -> str:
        """As scikit-learn prints it; below, a line for each number that cannot be had."""
        width = max(len(row.name) for row in (*self.labels, ReportRow(_LONGEST_AVERAGE, None, None, None, 0)))
        head = _line("", width, (*_COLUMNS, "support"))
        tables = ["".join(_row_line(row, width, digits) for row in rows) for rows in (self.labels, self.averages)]
        missing = [
            f"{heading} of {row.name}: not available: {why}.\n"
            for row in (*self.labels, *self.averages)
            for heading, why in row.why.items()
        ]
        return "\n".join([head, *tables]) + ("\n" + "".join(missing) if missing else "")


def classification_report(
    predictions: Predictions,
    thresholds: Mapping[str, float],
    labels: Sequence[str] | None = None,
    classes: tuple[str, str] | None = None,
) -> ClassificationReport:
    """The report of some labels (all, where None are named), in the order in which they are named.

    A binary task has a row for each of its two `classes`, negative first; where they are not named, "no <label>" and the label.
    Raises EvaluationError for a label that is not there or named twice, for none at all, and for a missing threshold.
    """
    table = LabelTable.of(predictions, thresholds, np.ones((1, predictions.n), dtype=np.uint8))
    if predictions.task == "binary":
        predictions, table = _both_classes(predictions, table, classes)
    shown = _columns(predictions.labels, predictions.labels if labels is None else labels)
    rows = tuple(_label_row(predictions, table, column) for column in shown)
    return ClassificationReport(predictions.split, rows, _averages(predictions, table.select(shown)))


def _both_classes(predictions: Predictions, table: LabelTable, classes: tuple[str, str] | None) -> tuple[Predictions, LabelTable]:
    """A binary task as one of two classes; each image is decided as before."""
    (label,) = predictions.labels
    arrays = {"y_true": predictions.y_true, "y_score": predictions.y_score, "decision": table.decision}
    arrays = {name: np.hstack([1 - array, array]) for name, array in arrays.items()}
    two = replace(
        predictions, task="multiclass", labels=classes or (f"no {label}", label), y_true=arrays["y_true"], y_score=arrays["y_score"]
    )
    return two, replace(table, **arrays)


def _columns(known: tuple[str, ...], wanted: Sequence[str]) -> list[int]:
    unknown = [label for label in wanted if label not in known]
    if unknown or not wanted or len(set(wanted)) < len(wanted):
        raise EvaluationError(f"a report was asked for of {', '.join(map(repr, wanted)) or 'no label'}", f"each once of {', '.join(known)}")
    return [known.index(label) for label in wanted]


def _label_row(predictions: Predictions, table: LabelTable, column: int) -> ReportRow:
    counts = table.counts.at(0)
    values = {heading: table.metric(metric)[0, column] for heading, metric in _COLUMNS.items()}
    whys = {heading: reason_of_label(metric, predictions, column, counts) for heading, metric in _COLUMNS.items()}
    return _row(predictions.labels[column], values, whys, int(table.positives[0, column]))


def _averages(predictions: Predictions, table: LabelTable) -> tuple[ReportRow, ...]:
    names = [name for name in AVERAGES if name != "samples" or predictions.task == "multilabel"]
    return tuple(_average_row(name, predictions, table) for name in names)


def _average_row(name: str, predictions: Predictions, table: LabelTable) -> ReportRow:
    counts = table.counts.at(0)
    values = {heading: AVERAGES[name](metric, table)[0] for heading, metric in _COLUMNS.items()}
    whys = {heading: reason(f"{name}_{metric}", predictions, counts) for heading, metric in _COLUMNS.items()}
    title = "accuracy" if name == "micro" and _has_one_label_each(predictions, table) else f"{name} avg"
    return _row(title, values, whys, int(table.positives.sum()))


def _has_one_label_each(predictions: Predictions, table: LabelTable) -> bool:
    """Each image has one of the labels and is called one of them: then precision, recall and F1 over all of them are the accuracy."""
    called = table.counts.tp + table.counts.fp
    return predictions.task == "multiclass" and table.positives.sum() == called.sum() == predictions.n


def _row(name: str, values: Mapping[str, float], whys: Mapping[str, str | None], support: int) -> ReportRow:
    numbers = [None if np.isnan(value) else float(value) for value in values.values()]
    return ReportRow(name, *numbers, support=support, why={heading: why for heading, why in whys.items() if why is not None})


def _row_line(row: ReportRow, width: int, digits: int) -> str:
    shown = ["-" if value is None else f"{value:.{digits}f}" for value in (row.precision, row.recall, row.f1)]
    return _line(row.name, width, (*(["", "", shown[2]] if row.name == "accuracy" else shown), row.support))


def _line(name: str, width: int, cells: Sequence) -> str:
    return f"{name:>{width}s} " + "".join(f" {cell:>9}" for cell in cells) + "\n"
