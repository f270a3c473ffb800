import numpy as np
import pytest

from core.evaluation.bootstrap import bootstrap_metrics, draw_weights
from core.evaluation.metrics import METRICS, evaluate
from core.evaluation.predictions import Predictions


def _repeated(predictions, weights):
    """Predictions in which each image stands as often as its weight says."""
    rows = np.repeat(np.arange(predictions.n), weights.astype(int))
    ids = np.arange(rows.size).astype(str)
    return Predictions(
        predictions.task, predictions.split, predictions.labels, ids, None, predictions.y_true[rows], predictions.y_score[rows]
    )


@pytest.mark.parametrize("task", ["random_binary", "random_multiclass", "random_multilabel"])
def test_each_draw_has_the_metrics_of_the_images_it_drew(request, task):
    predictions = request.getfixturevalue(task)(7, n=30)
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    drawn = bootstrap_metrics(predictions, thresholds, METRICS, draws=8, seed=3)
    weights = np.concatenate(list(draw_weights(predictions, 8, seed=3)))
    for draw in range(8):
        for name, value in evaluate(_repeated(predictions, weights[draw]), thresholds).items():
            assert drawn[name][draw] == pytest.approx(np.nan if value is None else value, nan_ok=True, rel=1e-9)


def test_draws_keep_the_size_of_each_class(random_binary, random_multiclass):
    for predictions in (random_binary(0), random_multiclass(0)):
        for weights in draw_weights(predictions, 50, seed=0):
            np.testing.assert_array_equal(weights @ predictions.y_true, np.tile(predictions.y_true.sum(axis=0), (50, 1)))


def test_images_of_a_patient_are_drawn_together(random_multilabel):
    patients = np.arange(80) // 4
    (weights,) = draw_weights(random_multilabel(0, patients=patients), 50, seed=0)
    by_patient = weights.reshape(50, 20, 4)
    np.testing.assert_array_equal(by_patient, np.broadcast_to(by_patient[:, :, :1], by_patient.shape))
    np.testing.assert_array_equal(weights.sum(axis=1), 80)


def test_the_same_seed_gives_the_same_draws(random_binary):
    predictions = random_binary(0)
    first, again, other = (bootstrap_metrics(predictions, {"Pneumonia": 0.5}, ["f1"], 100, seed)["f1"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_pieces_of_draws_are_put_together(random_binary, monkeypatch):
    monkeypatch.setattr("core.evaluation.bootstrap.CELLS_AT_ONCE", 60 * 7)
    assert bootstrap_metrics(random_binary(0), {"Pneumonia": 0.5}, ["f1"], 20, 0)["f1"].shape == (20,)
