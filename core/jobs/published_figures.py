"""The figures of a report beside those of a run, at the report's threshold, figure by figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.evaluation.counts import counts_of
from core.evaluation.decisions import decisions
from core.evaluation.metrics import evaluate, per_label
from core.evaluation.predictions import Predictions
from core.published.published import FACTS, Figure, Matrix, Published, class_key
from core.runs.run import Run
from core.runs.store import Store

_OF_THE_OTHER = {"sensitivity": "specificity", "precision": "npv"}  # a rate of the negative class is this one of the positive


@dataclass(frozen=True)
class Beside:
    """A published figure and the run's own; None where the run has no such number."""

    figure: Figure
    ours: float | Matrix | None

    def as_dict(self) -> dict:
        return {"metric": self.figure.metric, "published": self.figure.value, "ours": self.ours, "words": self.figure.words}


def beside(store: Store, run: Run, published: Published) -> list[Beside]:
    """All figures of a report, in its order, each beside that of the run at the published threshold, whatever the run's own is."""
    history = store.history(run)
    facts = {
        "parameters": run.parameters,
        "epoch_seconds": float(np.mean([record.seconds for record in history])) if history else None,
        "training_hours": run.seconds / 3600,
        "train_loss": history[-1].train_loss if history else None,
        "val_loss": history[-1].val_loss if history else None,
    }
    told = {figure.split for figure in published.figures} - {FACTS}
    splits = {split: _OfSplit(store.predictions(run, split), run.data.classes, float(published.rule)) for split in told}
    return [Beside(figure, _ours(figure, facts, splits)) for figure in published.figures]


def _ours(figure: Figure, facts: Mapping, splits: Mapping[str, "_OfSplit"]) -> float | Matrix | None:
    if figure.split == FACTS:
        return facts[figure.name]
    if figure.name == "loss":
        return facts[f"{figure.split}_loss"]
    return splits[figure.split].value(figure)


class _OfSplit:
    """The numbers of a run on one split, at one threshold for all labels."""

    def __init__(self, predictions: Predictions, classes: tuple[str, ...], threshold: float):
        self._predictions, self._classes = predictions, classes
        self._thresholds = dict.fromkeys(predictions.labels, threshold)

    def value(self, figure: Figure) -> float | Matrix | None:
        """The number of that name; None for names that only the report knows."""
        if figure.label is not None:
            return self._of_class(figure.name, figure.label)
        return self._matrix() if figure.name == "confusion_matrix" else self._metrics.get(figure.name)

    def _of_class(self, name: str, label: str) -> float | None:
        found = self._label_metrics
        if class_key(label) in found:
            return found[class_key(label)][name]
        is_negative = self._predictions.task == "binary" and class_key(label) == class_key(self._classes[0])
        return next(iter(found.values()))[_OF_THE_OTHER[name]] if is_negative else None

    @cached_property
    def _metrics(self) -> dict[str, float | None]:
        return evaluate(self._predictions, self._thresholds)

    @cached_property
    def _label_metrics(self) -> dict[str, dict[str, float | None]]:
        return {class_key(label): metrics for label, metrics in per_label(self._predictions, self._thresholds).items()}

    def _matrix(self) -> Matrix | None:
        """Of the label of a binary task."""
        if self._predictions.task != "binary":
            return None
        counts = counts_of(self._predictions.y_true[:, 0], decisions(self._predictions, self._thresholds)[:, 0])
        return ((counts.tn, counts.fp), (counts.fn, counts.tp))
