"""Which images a run gets right and wrong, and by how much: a cell of the confusion matrix as a list of images, worst first.

A cell has the name that people read and that stands in links: FN, FP, TP and TN of one label, or "actual > called" of two classes.
"""

from collections.abc import Mapping

import numpy as np

from core.errors import EvaluationError
from core.evaluation.decisions import decisions
from core.evaluation.predictions import Predictions

WRONG = "All mistakes"
OF_LABEL = ("FN", "FP", "TP", "TN")
_WORDS = {"FN": "has {0} and is called without it", "FP": "has no {0} and is called with it", "TP": "has {0} and is called so",
          "TN": "has no {0} and is called so"}  # fmt: skip


def cell_names(task: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """All mistakes, then every cell: the four of a label, or of a multi-class task each actual with each called class."""
    if task != "multiclass":
        return WRONG, *OF_LABEL
    return WRONG, *(class_cell(actual, called) for actual in labels for called in labels)


def class_cell(actual: str, called: str) -> str:
    """The cell of the images of one class that are called another, or the same."""
    return f"{actual} > {called}"


def cell_in_words(cell: str, label: str, labels: tuple[str, ...]) -> str:
    """What is said of each image of a cell ("has no Mass and is called with it"), `label` being the one that is looked at."""
    if cell in _WORDS:
        return _WORDS[cell].format(label)
    pairs = {class_cell(actual, called): f"is {actual} and is called {called}" for actual in labels for called in labels}
    return pairs.get(cell, "is called what it is not")


def cell_of(predictions: Predictions, thresholds: Mapping[str, float], label: str) -> np.ndarray:
    """The cell of each image, (n,) str; in a multi-class task the label is not asked. Raises EvaluationError as `decisions` does."""
    called = decisions(predictions, thresholds)
    if predictions.task == "multiclass":
        names = np.array(cell_names(predictions.task, predictions.labels)[1:])
        return names[predictions.y_true.argmax(axis=1) * len(predictions.labels) + called.argmax(axis=1)]
    column = predictions.label_index(label)
    return np.array(["TN", "FP", "FN", "TP"])[2 * predictions.y_true[:, column] + called[:, column]]


def shown_scores(predictions: Predictions, thresholds: Mapping[str, float], label: str) -> tuple[np.ndarray, np.ndarray]:
    """The score by which an image is judged and the line that it is held against, both (n,) float32.

    The label's score and its threshold; in a multi-class task the score of the true class and the highest one of the others.
    """
    if predictions.task == "multiclass":
        is_true = predictions.y_true == 1
        return predictions.y_score[is_true], np.where(is_true, -1, predictions.y_score).max(axis=1)
    column = predictions.label_index(label)
    return predictions.y_score[:, column], np.full(predictions.n, thresholds[label], np.float32)


def right_by(predictions: Predictions, thresholds: Mapping[str, float], label: str) -> np.ndarray:
    """How far each image lies on the right side of its line, (n,) float32; below 0 on the wrong side."""
    score, line = shown_scores(predictions, thresholds, label)
    if predictions.task == "multiclass":
        return score - line
    return np.where(predictions.column(label)[0] == 1, score - line, line - score)


def rows_of(predictions: Predictions, thresholds: Mapping[str, float], label: str, cell: str) -> np.ndarray:
    """The images of a cell, (m,) int, worst first: farthest on the wrong side, then nearest to the line on the right one.

    Equals stay in the order of the predictions. Raises EvaluationError for a cell that the task does not have.
    """
    if cell not in cell_names(predictions.task, predictions.labels):
        raise EvaluationError(
            f"there is no cell {cell[:60]!r}", f"the cells are {', '.join(cell_names(predictions.task, predictions.labels))}"
        )
    cells = cell_of(predictions, thresholds, label)
    inside = _is_wrong(cells, predictions) if cell == WRONG else cells == cell
    rows = np.flatnonzero(inside)
    return rows[np.argsort(right_by(predictions, thresholds, label)[rows], kind="stable")]


def _is_wrong(cells: np.ndarray, predictions: Predictions) -> np.ndarray:
    right = [class_cell(label, label) for label in predictions.labels] if predictions.task == "multiclass" else ["TP", "TN"]
    return ~np.isin(cells, right)
