import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    confusion_matrix,
    f1_score,
    matthews_corrcoef,
    precision_score,
    recall_score,
    roc_auc_score,
)

from core.evaluation.label_sweep import sweep_labels
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES
from core.evaluation.thresholds import sweep


def _multilabel(y_true, y_score):
    y_true, y_score = np.asarray(y_true), np.asarray(y_score, dtype=np.float32)
    labels = tuple(f"finding {column}" for column in range(y_true.shape[1]))
    return Predictions("multilabel", "test", labels, np.arange(len(y_true)), None, y_true, y_score)


cases = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(st.integers(0, 1), min_size=3, max_size=3), min_size=n, max_size=n),
        st.lists(st.lists(st.sampled_from([-0.0, 0.0, 0.1, 0.3, 0.5, 0.9, 1.0]), min_size=3, max_size=3), min_size=n, max_size=n),
    )
)


@settings(max_examples=150, deadline=None)
@given(cases)
def test_counts_and_areas_are_those_of_scikit_learn(case):
    predictions, thresholds = _multilabel(*case), np.array([0.0, 0.1, 0.30000001, 0.5, 0.7, 1.0])
    found = sweep_labels(predictions, thresholds)
    for column, (true, score) in enumerate(zip(predictions.y_true.T, predictions.y_score.T, strict=True)):
        for place, threshold in enumerate(thresholds):
            cells = confusion_matrix(true, score >= np.float32(threshold), labels=[0, 1]).ravel()
            counts = found.counts.at((column, place))
            assert (counts.tn, counts.fp, counts.fn, counts.tp) == tuple(cells)
        both = 0 < true.sum() < true.size
        assert found.roc_auc[column] == pytest.approx(roc_auc_score(true, score) if both else np.nan, nan_ok=True, abs=1e-12)
        expected = average_precision_score(true, score) if true.any() else np.nan
        assert found.average_precision[column] == pytest.approx(expected, nan_ok=True, abs=1e-12)


def test_metrics_are_those_of_scikit_learn(random_multilabel):
    predictions = random_multilabel(3, n=300)
    found = sweep_labels(predictions, np.linspace(0.05, 0.95, 10))
    peers = {
        "f1": f1_score,
        "precision": precision_score,
        "sensitivity": recall_score,
        "accuracy": accuracy_score,
        "mcc": matthews_corrcoef,
    }
    for name, peer in peers.items():
        for column, (true, score) in enumerate(zip(predictions.y_true.T, predictions.y_score.T, strict=True)):
            expected = [peer(true, score >= np.float32(threshold)) for threshold in found.thresholds]
            known = ~np.isnan(found.metrics[name][column])
            assert known.sum() >= 6
            np.testing.assert_allclose(found.metrics[name][column][known], np.array(expected)[known], atol=1e-12)


def test_a_sweep_of_all_labels_is_the_sweep_of_each(random_multiclass):
    predictions = random_multiclass(0)
    found = sweep_labels(predictions, np.arange(101) / 100)
    assert tuple(found.metrics) == tuple(RATES)
    for column, label in enumerate(predictions.labels):
        alone = sweep(*predictions.column(label), points=101)
        np.testing.assert_array_equal(found.counts.tp[column], alone.counts.tp)
        for name in RATES:
            np.testing.assert_array_equal(found.metrics[name][column], alone.metrics[name])


def test_a_label_that_no_image_has_is_not_a_number_and_not_a_crash():
    found = sweep_labels(_multilabel([[0, 1], [0, 0]], [[0.2, 0.9], [0.4, 0.1]]), np.array([0.5]))
    assert np.isnan(found.roc_auc[0]) and np.isnan(found.average_precision[0])
    assert found.roc_auc[1] == found.average_precision[1] == 1


def test_the_order_of_thresholds_and_rows_does_not_matter(random_multilabel):
    predictions, thresholds = random_multilabel(0), np.linspace(0, 1, 21)
    there, back = sweep_labels(predictions, thresholds), sweep_labels(predictions.select(np.arange(80)[::-1]), thresholds[::-1])
    np.testing.assert_array_equal(there.counts.fp, back.counts.fp[:, ::-1])
    np.testing.assert_array_equal(there.roc_auc, back.roc_auc)
