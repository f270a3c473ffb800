import numpy as np
import pytest
from scipy import stats

from core.evaluation.bootstrap import bootstrap_label_metrics, bootstrap_metrics
from core.evaluation.draws import draw_weights
from core.evaluation.metrics import LABEL_METRICS, evaluate, metrics_of, per_label
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
    drawn = bootstrap_metrics(predictions, thresholds, metrics_of(predictions.task), draws=8, seed=3)
    weights = np.concatenate(list(draw_weights(predictions, 8, seed=3)))
    for draw in range(8):
        for name, value in evaluate(_repeated(predictions, weights[draw]), thresholds).items():
            assert drawn[name][draw] == pytest.approx(np.nan if value is None else value, nan_ok=True, rel=1e-9)


@pytest.mark.parametrize("task", ["random_binary", "random_multiclass", "random_multilabel"])
def test_each_draw_has_the_metrics_of_each_label(request, task):
    predictions = request.getfixturevalue(task)(11, n=30)
    thresholds = dict.fromkeys(predictions.labels, 0.5)
    drawn = bootstrap_label_metrics(predictions, thresholds, LABEL_METRICS, draws=8, seed=3)
    weights = np.concatenate(list(draw_weights(predictions, 8, seed=3)))
    for draw in range(8):
        values = per_label(_repeated(predictions, weights[draw]), thresholds)
        for column, label in enumerate(predictions.labels):
            for name, value in values[label].items():
                assert drawn[name][draw, column] == pytest.approx(np.nan if value is None else value, nan_ok=True, rel=1e-9)


def test_a_draw_has_as_many_images_as_the_data_and_class_sizes_vary(random_multilabel):
    predictions = random_multilabel(0)
    (weights,) = draw_weights(predictions, 2000, seed=0)
    assert set(weights.sum(axis=1)) == {predictions.n}
    drawn, share = weights @ predictions.y_true, predictions.y_true.mean(axis=0)
    np.testing.assert_allclose(drawn.mean(axis=0), predictions.n * share, rtol=0.03)
    np.testing.assert_allclose(drawn.var(axis=0), predictions.n * share * (1 - share), rtol=0.15)


def test_images_are_drawn_as_often_as_by_chance(random_multilabel):
    """Each count is binomial: of n tosses, each with the chance 1/n."""
    (weights,) = draw_weights(random_multilabel(0, n=50), 4000, seed=0)
    for times in range(4):
        assert (weights == times).mean() == pytest.approx(stats.binom.pmf(times, 50, 1 / 50), abs=0.005)
    assert np.abs(np.corrcoef(weights, rowvar=False) - np.eye(50)).max() < 0.1


def test_every_draw_has_every_class(binary, random_multiclass):
    rare = binary([1] + [0] * 39, np.linspace(0, 1, 40))
    (weights,) = draw_weights(rare, 300, seed=0)
    assert ((weights @ rare.y_true) > 0).all()
    lonely = random_multiclass(0, n=6, classes=5)
    (weights,) = draw_weights(lonely, 300, seed=0)
    assert ((weights @ lonely.y_true) > 0).all()


@pytest.mark.parametrize("patients", [None, np.arange(80) // 3])
def test_the_order_of_the_rows_does_not_change_what_is_drawn(random_multilabel, patients):
    predictions, order = random_multilabel(0, patients=patients), np.random.default_rng(1).permutation(80)
    (weights,), (shuffled,) = draw_weights(predictions, 20, seed=5), draw_weights(predictions.select(order), 20, seed=5)
    np.testing.assert_array_equal(weights[:, order], shuffled)


def test_images_of_a_patient_are_drawn_together(random_multilabel):
    patients = np.arange(80) // 4
    (weights,) = draw_weights(random_multilabel(0, patients=patients), 50, seed=0)
    by_patient = weights.reshape(50, 20, 4)
    np.testing.assert_array_equal(by_patient, np.broadcast_to(by_patient[:, :, :1], by_patient.shape))
    np.testing.assert_array_equal(weights.sum(axis=1), 80)
    assert (by_patient[:, :, 0].var(axis=0) > 0).all()


def test_the_same_seed_gives_the_same_draws(random_binary):
    predictions = random_binary(0)
    first, again, other = (bootstrap_metrics(predictions, {"Pneumonia": 0.5}, ["f1"], 100, seed)["f1"] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_many_draws_come_in_pieces(random_binary, monkeypatch):
    monkeypatch.setattr("core.evaluation.draws.CELLS_AT_ONCE", 60 * 7)
    assert [len(piece) for piece in draw_weights(random_binary(0), 20, seed=0)] == [7, 7, 6]
    assert bootstrap_metrics(random_binary(0), {"Pneumonia": 0.5}, ["f1"], 20, 0)["f1"].shape == (20,)
