"""The oracle is DeLong's definition by two nested loops over the images."""

import numpy as np
import pytest

from core.evaluation.delong import components, covariance
from core.evaluation.intervals import delong_interval
from core.evaluation.ranking import midranks


def _kernel(positive, negative):
    return 1.0 if positive > negative else 0.5 if positive == negative else 0.0


def _structural_components(y_true, y_score):
    positives = [score for truth, score in zip(y_true, y_score, strict=True) if truth]
    negatives = [score for truth, score in zip(y_true, y_score, strict=True) if not truth]
    v10 = [sum(_kernel(p, q) for q in negatives) / len(negatives) for p in positives]
    v01 = [sum(_kernel(p, q) for p in positives) / len(positives) for q in negatives]
    return np.array(v10), np.array(v01)


@pytest.mark.parametrize("seed", range(20))
def test_area_and_covariance_are_those_of_the_definition(random_binary, seed):
    first, second = random_binary(seed, n=30), random_binary(seed + 100, n=30)
    y_true = first.y_true[:, 0]
    scores = np.stack([first.y_score[:, 0], second.y_score[:, 0]])
    v10, v01 = zip(*(_structural_components(y_true, row) for row in scores), strict=True)
    parts = components(y_true, scores)
    np.testing.assert_allclose(parts.roc_auc, [row.mean() for row in v10], rtol=1e-12)
    expected = np.cov(v10, ddof=1) / len(v10[0]) + np.cov(v01, ddof=1) / len(v01[0])
    np.testing.assert_allclose(covariance(parts), expected, rtol=1e-10, atol=1e-14)


def test_midranks_share_the_rank_of_equal_values():
    assert midranks(np.array([0.3, 0.1, 0.3, 0.7])).tolist() == [2.5, 1, 2.5, 4]


def test_patients_of_one_image_give_the_plain_variance(random_binary):
    predictions = random_binary(1, n=400, digits=3)
    parts = components(predictions.y_true[:, 0], predictions.y_score.T)
    np.testing.assert_allclose(covariance(parts, predictions.image_ids), covariance(parts), rtol=1e-9)


def test_doubled_images_of_a_patient_do_not_narrow_the_interval(random_binary):
    single = random_binary(2, n=200, digits=3)
    y_true, y_score = np.repeat(single.y_true[:, 0], 2), np.repeat(single.y_score[:, 0], 2)
    honest = delong_interval(single.y_true[:, 0], single.y_score[:, 0])
    clustered = delong_interval(y_true, y_score, patients=np.repeat(single.image_ids, 2))
    naive = delong_interval(y_true, y_score)
    assert clustered.method == "DeLong by patient"
    assert clustered.high - clustered.low == pytest.approx(honest.high - honest.low, rel=1e-6)
    assert naive.high - naive.low < 0.75 * (honest.high - honest.low)


def test_a_class_of_one_patient_has_no_variance_to_tell():
    y_true, y_score = np.repeat([0, 1], [30, 6]), np.linspace(0, 1, 36) ** 2
    y_score[:10] += 0.5
    parts = components(y_true, y_score[None])
    assert np.isnan(covariance(parts, np.r_[np.arange(30), np.full(6, 99)]))
    assert covariance(parts, np.arange(36)) == pytest.approx(covariance(parts))
