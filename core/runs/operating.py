"""Operating points of a run: thresholds chosen on validation by a rule, and what they give on each split."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.evaluation.metrics import evaluate
from core.evaluation.predictions import Predictions
from core.evaluation.thresholds import choose_among
from core.runs.run import OperatingPoint, Run
from core.runs.store import Store

FIRST_RULE = "0.5"
CHOSEN_ON = "val"


@dataclass(frozen=True)
class Choice:
    """What a rule chose, and the metrics that it gives on validation, which chose, and on test, which reports.

    A split that the run has no scores on has no metrics.
    """

    rule: str
    chosen_on: str
    thresholds: Mapping[str, float]
    val: Mapping[str, float | None]
    test: Mapping[str, float | None]

    def as_dict(self) -> dict:
        return {**vars(self), "thresholds": dict(self.thresholds), "val": dict(self.val), "test": dict(self.test)}


def choose_point(store: Store, run: Run, rule: str) -> Choice:
    """Apply a rule ("youden", "sensitivity=0.95", "0.5") to a run's validation scores.

    Raises EvaluationError for a rule that is none, that cannot be met, or that needs validation scores where there are none.
    """
    splits = {split: store.predictions(run, split) for split in (CHOSEN_ON, "test") if split in run.data.images}
    chosen = choose_among(rule, splits)
    thresholds = dict(chosen.thresholds)
    val, test = (evaluate(splits[split], thresholds) if split in splits else {} for split in (CHOSEN_ON, "test"))
    return Choice(chosen.rule, CHOSEN_ON, thresholds, val, test)


def freeze(store: Store, run: Run, choice: Choice) -> Run:
    """Make a choice the run's operating point: every page and every prediction uses it from now on."""
    predictions = {split: store.predictions(run, split) for split in run.data.images}
    return store.save_operating_point(run, point_of(choice.rule, choice.thresholds, predictions))


def point_of(rule: str, thresholds: Mapping[str, float], predictions: Mapping[str, Predictions]) -> OperatingPoint:
    """Thresholds with all metrics of all splits at them."""
    metrics = {f"{split}/{name}": value for split, one in predictions.items() for name, value in evaluate(one, thresholds).items()}
    return OperatingPoint(rule, CHOSEN_ON, dict(thresholds), metrics)
