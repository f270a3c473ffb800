"""One number from those of all labels: the plain mean, the mean weighted by images, all pairs together, or image by image.

Tables and values are those of `label_table`; results are (d,) float64, nan in a draw where the average cannot be had.
"""

import numpy as np

from core.evaluation.counts import Counts
from core.evaluation.label_table import RANKINGS, LabelTable
from core.evaluation.rates import RATES


def macro(name: str, table: LabelTable) -> np.ndarray:
    """Mean over the labels that have both classes in the draw.

    A label whose rate has nothing to divide by (a precision where nothing is called positive) counts 0, as in scikit-learn; where
    that holds for all labels the mean is nan.
    """
    return mean_by(table.metric(name), table.has_both_classes)


def weighted(name: str, table: LabelTable) -> np.ndarray:
    """Mean over labels, each weighing as many images as have it. A ranking metric's is over the labels that have both classes.

    A rate with nothing to divide by counts 0, as in `macro`.
    """
    shares = table.positives * table.has_both_classes if name in RANKINGS else table.positives
    return mean_by(table.metric(name), shares)


def micro(name: str, table: LabelTable) -> np.ndarray:
    """The metric of all pairs of an image and a label taken together."""
    if name in RANKINGS:
        return table.pooled_areas[name]
    counts = table.counts
    return RATES[name](Counts(*(cell.sum(axis=1) for cell in (counts.tp, counts.fp, counts.fn, counts.tn))))


def samples(name: str, table: LabelTable) -> np.ndarray:
    """Mean over images of the rate over the labels of an image; an image where it has nothing to divide by counts 0, as in scikit-learn."""
    true, called, both = (array.sum(axis=1, dtype=np.float64) for array in (table.y_true, table.decision, table.y_true & table.decision))
    labels = table.y_true.shape[1]
    of_image = Counts(tp=both, fp=called - both, fn=true - both, tn=labels - true - called + both)
    return table.weights.means(np.nan_to_num(RATES[name](of_image)))


AVERAGES = {"micro": micro, "macro": macro, "weighted": weighted, "samples": samples}


def mean_by(values: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Mean (d,) of (d, L) values by shares >= 0; nan counts 0, and where all that count are nan the mean is."""
    total = np.where(shares > 0, np.nan_to_num(values) * shares, 0).sum(axis=1)
    defined = ((shares > 0) & ~np.isnan(values)).any(axis=1)
    return np.divide(total, shares.sum(axis=1), out=np.full(total.shape, np.nan), where=defined)
