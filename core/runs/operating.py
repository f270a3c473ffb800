"""Operating points of a run: thresholds chosen on validation by a rule, and what they give on each split."""

from collections.abc import Mapping

from core.evaluation import thresholds
from core.evaluation.metrics import evaluate
from core.evaluation.predictions import Predictions
from core.evaluation.thresholds import CHOSEN_ON, choose_among, chosen_on
from core.runs.run import OperatingPoint, Run
from core.runs.store import Store

FIRST_RULE = "0.5"


def choose_point(store: Store, run: Run, rule: str) -> OperatingPoint:
    """Apply a rule ("youden", "sensitivity=0.95", "0.5") to a run's validation scores, with what it gives there and on test.

    Raises EvaluationError for a rule that is none, that cannot be met, or that needs validation scores where there are none.
    """
    splits = {split: store.predictions(run, split) for split in (CHOSEN_ON, "test") if split in run.data.images}
    chosen = choose_among(rule, splits)
    return point_of(chosen.rule, chosen.thresholds, splits)


def freeze(store: Store, run: Run, point: thresholds.OperatingPoint) -> Run:
    """Make it the run's operating point, with the metrics of all splits: every page and every prediction uses it from now on.

    Whoever freezes thresholds that a person put by hand knows that nobody chose them on test. Raises EvaluationError for a threshold
    that is missing or outside 0..1.
    """
    predictions = {split: store.predictions(run, split) for split in run.data.images}
    return store.save_operating_point(run, point_of(point.rule, point.thresholds, predictions))


def point_of(rule: str, of_labels: Mapping[str, float], predictions: Mapping[str, Predictions]) -> OperatingPoint:
    """Thresholds of the labels with all metrics of some splits at them."""
    metrics = {f"{split}/{name}": value for split, one in predictions.items() for name, value in evaluate(one, of_labels).items()}
    return OperatingPoint(rule, chosen_on(rule), dict(of_labels), metrics)
