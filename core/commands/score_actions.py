"""What the commands do that look at a run's scores elsewhere and in between: on other data, and after each epoch."""

import argparse
import time
from pathlib import Path

from core.commands.printing import short
from core.commands.telling import tell
from core.data import registry
from core.errors import EvaluationError
from core.evaluation.epochs import FREE, metrics_over_epochs, threshold_metrics_of
from core.evaluation.estimates import estimates, label_estimates
from core.evaluation.metrics import LABEL_METRICS, metrics_of
from core.evaluation.predictions import Predictions
from core.runs.elsewhere import KEY, Elsewhere
from core.runs.run import Run
from core.runs.store import Store
from core.training.history import Progress

_TELL_SECONDS = 1.0


def score(root: Path, arguments: argparse.Namespace) -> dict:
    """A run scored on another data set, at its frozen operating point."""
    from core.inference.other_data import score_on, scored_already

    store = Store(root)
    run = store.get(arguments.run_id)
    dataset = registry.load(arguments.data, root)
    before = None if arguments.again else scored_already(store, run, dataset, arguments.split)
    found = score_on(store, run, dataset, arguments.split, _Teller(run), arguments.again)
    about = {
        "run_id": run.run_id, "title": run.title, "name": f"{KEY}{found.name}", "cached": before is not None,
        "data": {"source": found.source, "title": found.title, "fingerprint": found.fingerprint, "synthetic": found.synthetic},
        "split": found.split, "task": found.task, "labels": list(found.labels), "n": found.images, "left_out": dict(found.left_out),
        "learned_from": found.learned_from, "chosen_by": found.chosen_by, "same_data": found.same_data, "remarks": found.remarks,
        "rule": run.operating_point.rule, "chosen_on": run.operating_point.chosen_on,
        "thresholds": {label: run.operating_point.thresholds[label] for label in found.labels},
    }  # fmt: skip
    metrics = _metrics(Elsewhere(store).predictions(run, found.name), run, found.split)
    return about | {"metrics": metrics if arguments.json else {name: _words(one) for name, one in metrics.items()}}


def epochs(root: Path, arguments: argparse.Namespace) -> dict:
    """Metrics on validation over the epochs of a run, at some thresholds."""
    store = Store(root)
    run = store.get(arguments.run_id)
    scores, val = store.epoch_scores(run), store.predictions(run, "val")
    if scores is None:
        raise EvaluationError(
            f"{run.title} has no scores of its epochs", "a CNN, LSTM or transfer run with epoch_scores on has them", "Train it again"
        )
    task = "binary" if arguments.label else val.task
    names = arguments.metrics.split(",") if arguments.metrics else (*threshold_metrics_of(task), *FREE)
    found = metrics_over_epochs(val, scores, _numbers(arguments.thresholds), [name.strip() for name in names], arguments.label)
    told = found.as_dict()
    return {
        "run_id": run.run_id, "title": run.title, "split": "val", "images": val.n, "label": arguments.label,
        "thresholds": list(found.thresholds), "epochs": told["epochs"],
        "metrics": {f"val/{name}": values for name, values in told["metrics"].items()},
    }  # fmt: skip


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise EvaluationError(f"--thresholds is {text[:80]!r}", "numbers with commas are expected, as in 0.4,0.5,0.6") from None


def _metrics(predictions: Predictions, run: Run, split: str) -> dict[str, dict]:
    """Every metric by "<split>/<metric>" and "<split>/<metric>/<label>"."""
    thresholds = run.operating_point.thresholds
    whole = estimates(predictions, thresholds, metrics_of(predictions.task))
    found = {f"{split}/{name}": vars(one) for name, one in whole.items()}
    if predictions.task == "binary":
        return found
    of_labels = {label: label_estimates(predictions, thresholds, label, LABEL_METRICS) for label in predictions.labels}
    return found | {f"{split}/{name}/{label}": vars(one) for label, entries in of_labels.items() for name, one in entries.items()}


def _words(one: dict) -> str:
    """ "0.945 (0.925 to 0.962, DeLong)", or why there is no such number."""
    if one["low"] is None:
        return one["method"] if one["value"] is None else f"{short(one['value'])} (interval {one['method']})"
    return f"{short(one['value'])} ({short(one['low'])} to {short(one['high'])}, {one['method']})"


class _Teller:
    """Says how far the scoring is, once a second and at the end of each phase."""

    def __init__(self, run: Run):
        self._run_id, self._told = run.run_id, 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._told >= _TELL_SECONDS or progress.done == progress.total:
            self._told = now
            tell(f"{self._run_id}  {progress.phase}  {progress.done}/{progress.total}", progress.seconds_left)
