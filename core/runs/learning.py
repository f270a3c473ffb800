"""How a metric went on validation while a run was trained, epoch by epoch: a small picture of learning beside the final number."""

import numpy as np

from core.evaluation.epochs import FREE, metrics_over_epochs, threshold_metrics_of
from core.runs.run import Run
from core.runs.store import Store

AT = 0.5  # the threshold at which epochs are told
_RECORDED = {
    "accuracy": "val_accuracy", "roc_auc": "val_roc_auc", "precision": "val_precision", "sensitivity": "val_recall", "f1": "val_f1",
}  # fmt: skip


def epoch_values(store: Store, run: Run, metric: str, label: str | None = None) -> list[float]:
    """A metric on validation after each epoch, at the threshold AT; empty where it was not recorded, as for SVMs and forests.

    From the run's history where that has it, else from the scores that were kept of each epoch. Of one label where one is named.
    """
    if label is None and metric in _RECORDED:
        values = [getattr(record, _RECORDED[metric]) for record in store.history(run)]
        return [value for value in values if value is not None]
    scores = store.epoch_scores(run)
    if scores is None or metric not in (*threshold_metrics_of("binary" if label else run.data.task), *FREE):
        return []
    found = metrics_over_epochs(store.predictions(run, "val"), scores, [AT], [metric], label)
    row = found.free[metric] if metric in found.free else found.at_thresholds[metric][0]
    return row[~np.isnan(row)].tolist()
