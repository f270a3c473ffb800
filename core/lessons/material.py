"""What a lesson computes with: scores by split, drawn with known truth or of a visitor's own run. One label of them is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.errors import EvaluationError
from core.evaluation.counts import Counts, counts_at
from core.evaluation.metrics import METRICS, evaluate, unavailable
from core.evaluation.predictions import Predictions

FIRST_LINE = 0.5
_SPLIT_NAMES = {"val": "validation", "test": "test"}


@dataclass(frozen=True, eq=False)
class Material:
    """`classes` are what images without and with `label` are called.

    `splits` has predictions by "val" and "test". `thresholds` are frozen ones, of labels that have some. `second` is another model on
    the same test images, with its own frozen threshold, and `names` what both are called. `beside` has further sets that only a drawn
    material has.
    """

    title: str
    label: str
    classes: tuple[str, str]
    splits: Mapping[str, Predictions]
    thresholds: Mapping[str, float] = field(default_factory=dict)
    second: Predictions | None = None
    second_threshold: float = FIRST_LINE
    names: tuple[str, str] = ("Model A", "Model B")
    beside: Mapping[str, Predictions] = field(default_factory=dict)
    is_drawn: bool = True

    def of(self, split: str) -> Predictions:
        """All labels on a split. Raises EvaluationError where there are no scores on it."""
        if split not in self.splits:
            raise EvaluationError(f"{self.title} has no scores on {_SPLIT_NAMES.get(split, split)}", "this lesson needs them")
        return self.splits[split]

    def one(self, split: str = "test") -> Predictions:
        """The label that is looked at, as a binary task."""
        return self.of(split).of_label(self.label)

    def set_beside(self, name: str) -> Predictions:
        """A further set. Raises EvaluationError where this material has none of that name."""
        if name not in self.beside:
            raise EvaluationError(f"{self.title} has no {name}", "only the simulated data have it")
        return self.beside[name]

    @property
    def threshold(self) -> float:
        """Where the line begins: the frozen threshold, or 0.5."""
        return self.thresholds.get(self.label, FIRST_LINE)

    def counts(self, threshold: float, split: str = "test") -> Counts:
        """TP, FP, FN and TN of the label at a threshold."""
        return counts_at(*self.one(split).column(self.label), threshold)

    @property
    def facts(self) -> dict[str, str]:
        """What texts and questions may name."""
        truth = self.one().y_true
        positives = int(truth.sum())
        return {
            "label": self.label, "without": self.classes[0], "images": f"{truth.size:,}", "positives": f"{positives:,}",
            "negatives": f"{truth.size - positives:,}", "share": f"{100 * positives / truth.size:.1f} %", "title": self.title,
            "first": self.names[0], "other": self.names[1],
        }  # fmt: skip


def value_of(predictions: Predictions, name: str, threshold: float = FIRST_LINE) -> float:
    """A metric of binary predictions at a threshold. Raises EvaluationError, with the reason, where it cannot be had."""
    thresholds = dict.fromkeys(predictions.labels, threshold)
    value = evaluate(predictions, thresholds)[name]
    if value is None:
        raise EvaluationError(f"{METRICS[name].title} cannot be had", unavailable(predictions, thresholds)[name])
    return value


def need_both_classes(predictions: Predictions, label: str) -> None:
    """Raises EvaluationError unless images with and without the label are there."""
    positives = int(predictions.column(label)[0].sum())
    if positives in (0, predictions.n):
        split = _SPLIT_NAMES.get(predictions.split, predictions.split)
        found = f"no image of {split} has {label}" if positives == 0 else f"every image of {split} has {label}"
        raise EvaluationError(found, "this lesson needs images with and without it")
