"""One label of a run where it is decided: at a threshold, or by the highest score of several classes. Ready to stand beside other runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from core.errors import EvaluationError
from core.evaluation import comparison
from core.evaluation.counts import Counts, counts_at
from core.evaluation.decisions import decisions
from core.evaluation.metrics import METRICS
from core.evaluation.pair import Pair
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry

COMPARED = ("sensitivity", "specificity", "precision", "npv", "f1", "accuracy")


@dataclass(frozen=True, eq=False)
class LabelPoint:
    """`threshold` is None where the highest score decides; `counts` are four ints; `entry` is what is compared."""

    threshold: float | None
    counts: Counts
    entry: comparison.Entry

    @cached_property
    def rates(self) -> dict[str, Entry]:
        """COMPARED with their 95 % intervals, or why there is none."""
        row = comparison.rows([self.entry])[0]
        return {name: Entry.of(row.metrics[name], row.intervals[name], row.unavailable.get(name, "")) for name in COMPARED}


def label_point(name: str, predictions: Predictions, label: str, threshold: float | None) -> LabelPoint:
    """A label against the rest at a threshold in 0..1; None for the highest score, which only several classes have.

    Raises EvaluationError for a label that is not there, and for None where there are no classes.
    """
    one, at = (by_the_highest(predictions, label), 0.5) if threshold is None else (predictions.of_label(label), threshold)
    return LabelPoint(threshold, counts_at(*one.column(label), at), comparison.Entry(name, one, {label: at}, COMPARED))


def pairs(points: Sequence[LabelPoint], metric: str) -> list[Pair]:
    """Each two points tested in one of COMPARED, on the same images. Raises EvaluationError for another metric."""
    if metric not in COMPARED:
        raise EvaluationError(f"{str(metric)[:60]!r} does not follow from decisions", f"one of {', '.join(COMPARED)} is expected")
    return comparison.pairs([point.entry for point in points], metric)


def title_of(metric: str) -> str:
    """What a metric of COMPARED is called here: precision as PPV, beside NPV."""
    return "PPV" if metric == "precision" else METRICS[metric].title


def by_the_highest(predictions: Predictions, label: str) -> Predictions:
    """The decision, 0 or 1, in the place of the score."""
    if predictions.task != "multiclass":
        raise EvaluationError(f"a {predictions.task} task has no highest score", "each label has a threshold")
    decided = decisions(predictions, {})[:, [predictions.label_index(label)]]
    return replace(predictions.of_label(label), y_score=decided)
