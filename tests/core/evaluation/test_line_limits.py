"""The limits of a line at many places are those that each place has by itself."""

import numpy as np
import pytest

from core.evaluation.counts import counts_at
from core.evaluation.intervals import metric_intervals
from core.evaluation.line_limits import line_limits
from core.evaluation.line_view import PLACES
from core.evaluation.predictions import Predictions

ALL = {"f1", "youden", "sensitivity", "specificity", "precision", "npv", "accuracy", "flagged"}


def drawn(n: int, share: float, images_each: int) -> Predictions:
    """Scores on a grid that thresholds meet, of patients with so many images each."""
    chance = np.random.default_rng(n)
    y_true = (np.arange(n)[:, None] < max(1, share * n)).astype(np.uint8)
    y_score = np.clip(chance.normal(0.4 + 0.2 * y_true, 0.2), 0, 1).round(2).astype(np.float32)
    patients = np.array([f"p{row // images_each}" for row in chance.permutation(n)])
    return Predictions("binary", "test", ("ill",), np.arange(n).astype(str), patients, y_true, y_score)


@pytest.mark.parametrize(("n", "share", "images_each"), [(300, 0.3, 1), (300, 0.3, 3), (400, 0.003, 2), (30, 0.5, 1)])
def test_each_place_has_the_limits_of_its_own_bootstrap(n, share, images_each):
    predictions = drawn(n, share, images_each)
    limits = line_limits(predictions, np.array(PLACES))
    assert set(limits) == (ALL if images_each > 1 else {"f1", "youden"})
    for place in np.random.default_rng(1).integers(0, 1001, 25).tolist() + [0, 1000]:
        alone = metric_intervals(predictions, {"ill": PLACES[place]}, names=set(limits) - {"flagged"})
        for name, one in alone.items():
            found = limits[name][:, place]
            assert np.isnan(found).all() if one is None else found == pytest.approx([one.low, one.high], abs=1e-12), (name, place)


def test_the_share_called_lies_within_its_limits_at_a_threshold_between_two_places():
    predictions = drawn(300, 0.3, 3)
    low, high = line_limits(predictions, np.array([0.4567]))["flagged"][:, 0]
    counts = counts_at(*predictions.column("ill"), 0.4567)
    assert low < (counts.tp + counts.fp) / 300 < high and 0.02 < high - low < 0.2
