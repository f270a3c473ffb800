import numpy as np
import pytest
from sklearn import metrics as sk
from sklearn.calibration import calibration_curve as sk_calibration_curve

from core.errors import EvaluationError
from core.evaluation.counts import counts_at
from core.evaluation.curves import calibration_curve, pr_curve, roc_curve, score_histogram
from core.evaluation.metrics import evaluate


@pytest.fixture
def many():
    rng = np.random.default_rng(0)
    y_true = rng.integers(2, size=20_000)
    return y_true, (1 / (1 + np.exp(-rng.normal(2 * y_true - 1, 1.2)))).astype(np.float32)


@pytest.mark.parametrize("seed", range(10))
def test_every_point_of_a_roc_curve_is_one_of_scikit_learn(random_binary, seed):
    y_true, y_score = random_binary(seed, digits=2).column("Pneumonia")
    curve = roc_curve(y_true, y_score)
    fpr, tpr, thresholds = sk.roc_curve(y_true, y_score, drop_intermediate=False)
    assert set(zip(curve.thresholds, curve.false_positive_rate, curve.sensitivity, strict=True)) <= set(
        zip(thresholds, fpr, tpr, strict=True)
    )
    assert sk.auc(curve.false_positive_rate, curve.sensitivity) == pytest.approx(sk.auc(fpr, tpr), abs=1e-3)


@pytest.mark.parametrize("seed", range(10))
def test_every_point_of_a_pr_curve_is_one_of_scikit_learn(random_binary, seed):
    y_true, y_score = random_binary(seed, digits=2).column("Pneumonia")
    curve = pr_curve(y_true, y_score)
    precision, recall, _ = sk.precision_recall_curve(y_true, y_score)
    points = {(round(r, 9), round(p, 9)) for r, p in zip(recall, precision, strict=True)}
    assert {(round(r, 9), round(p, 9)) for r, p in zip(curve.recall, curve.precision, strict=True)} <= points
    assert (curve.recall[0], curve.precision[0], curve.recall[-1]) == (0, 1, 1)


def test_counts_at_a_point_are_those_at_its_threshold(random_binary):
    y_true, y_score = random_binary(5, digits=2).column("Pneumonia")
    curve = roc_curve(y_true, y_score)
    for index, threshold in enumerate(curve.thresholds):
        decided = y_score >= threshold
        assert (curve.counts.tp[index], curve.counts.fp[index]) == ((decided & (y_true == 1)).sum(), (decided & (y_true == 0)).sum())
        assert (curve.counts.fn[index], curve.counts.tn[index]) == ((~decided & (y_true == 1)).sum(), (~decided & (y_true == 0)).sum())


def test_a_thinned_roc_curve_looks_the_same(many):
    curve = roc_curve(*many)
    fpr, tpr, _ = sk.roc_curve(*many, drop_intermediate=False)
    assert len(curve.thresholds) <= 500
    assert (curve.false_positive_rate[0], curve.sensitivity[0], curve.false_positive_rate[-1], curve.sensitivity[-1]) == (0, 0, 1, 1)
    assert np.abs(np.interp(fpr, curve.false_positive_rate, curve.sensitivity) - tpr).mean() < 1e-3
    assert sk.auc(curve.false_positive_rate, curve.sensitivity) == pytest.approx(sk.roc_auc_score(*many), abs=1e-3)


def _farthest(x, y, line_x, line_y):
    """The largest distance of a point (x, y) from a line through many points."""
    nearest = np.full(x.size, np.inf)
    for x0, y0, x1, y1 in zip(line_x[:-1], line_y[:-1], line_x[1:], line_y[1:], strict=True):
        along = np.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2), 0, 1)
        nearest = np.minimum(nearest, np.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)))
    return nearest.max()


def test_a_thinned_pr_curve_looks_the_same(many):
    curve = pr_curve(*many)
    precision, recall, _ = sk.precision_recall_curve(*many)
    assert len(curve.thresholds) <= 500
    assert _farthest(recall, precision, curve.recall, curve.precision) < 1e-3


def test_curves_that_cannot_be_had_say_why():
    with pytest.raises(EvaluationError, match="no image has the label"):
        pr_curve(np.array([0, 0]), np.array([0.1, 0.2]))
    with pytest.raises(EvaluationError, match="every image has the label"):
        roc_curve(np.array([1, 1]), np.array([0.1, 0.2]))


def test_a_histogram_counts_each_class():
    histogram = score_histogram(np.array([0, 0, 1, 1, 1]), np.array([0.0, 0.49, 0.5, 0.74, 1.0], dtype=np.float32), bins=4)
    assert histogram.negatives.tolist() == [1, 1, 0, 0]
    assert histogram.positives.tolist() == [0, 0, 2, 1]
    assert histogram.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]


@pytest.mark.parametrize("seed", range(10))
def test_a_calibration_curve_is_that_of_scikit_learn(random_binary, seed):
    predictions = random_binary(seed, n=100, digits=2)
    y_true, y_score = predictions.column("Pneumonia")
    curve = calibration_curve(y_true, y_score)
    above = np.nextafter(y_score.astype(np.float64), 1)  # scikit-learn's bins have their upper edges, ours the lower ones
    share, mean_score = sk_calibration_curve(y_true, above, n_bins=10)
    np.testing.assert_allclose(curve.positive_share, share)
    np.testing.assert_allclose(curve.mean_score, mean_score)
    assert curve.images.sum() == 100
    gaps = curve.images * np.abs(curve.positive_share - curve.mean_score)
    assert gaps.sum() / 100 == pytest.approx(evaluate(predictions, {"Pneumonia": 0.5})["ece"])
    for place, threshold in enumerate(curve.thresholds):
        assert curve.counts.at(place) == counts_at(y_true, y_score, threshold)
    assert (curve.low <= curve.positive_share).all()
    assert (curve.high >= curve.positive_share).all()


def test_a_score_that_a_threshold_calls_stands_right_of_it_in_the_histogram():
    y_score = np.arange(1, 10).astype(np.float32) / np.float32(10)
    found = score_histogram(np.ones(9, int), y_score, 40)
    assert np.flatnonzero(found.positives).tolist() == list(range(4, 40, 4))
