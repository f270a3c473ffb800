"""Every metric under whole-number weights against scikit-learn with `sample_weight`, with ties and missing classes."""

from functools import partial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics as sk

from core.evaluation.metrics import LABEL_METRICS, evaluate, metrics_of
from core.evaluation.predictions import Predictions
from core.evaluation.weighted_metrics import weighted_label_metrics, weighted_metrics

MANY = settings(max_examples=60, deadline=None)
OF_DECISIONS = {"precision": sk.precision_score, "sensitivity": sk.recall_score, "f1": sk.f1_score}
OF_SCORES = {"roc_auc": sk.roc_auc_score, "average_precision": sk.average_precision_score}


def _predictions(task, y_true, y_score):
    labels = tuple(f"label {column}" for column in range(y_true.shape[1]))
    return Predictions(task, "test", labels, np.arange(len(y_true)).astype(str), None, y_true, y_score)


def _grid(draw, shape, top):
    return draw(arrays(np.int64, shape, elements=st.integers(0, top)))


def _times(draw, n):
    times = _grid(draw, (draw(st.integers(1, 3)), n), 3)
    times[:, draw(st.integers(0, n - 1))] += 1  # no draw is empty
    return times


@st.composite
def findings(draw, fewest=2):
    """Predictions, thresholds and weights of 1 to 20 images with `fewest` to 4 labels, on a coarse grid."""
    shape = (draw(st.integers(1, 20)), draw(st.integers(fewest, 4)))
    task = "binary" if shape[1] == 1 else "multilabel"
    predictions = _predictions(task, _grid(draw, shape, 1), _grid(draw, shape, 8) / 8)
    thresholds = {label: draw(st.integers(0, 8)) / 8 for label in predictions.labels}
    return predictions, thresholds, _times(draw, shape[0])


@st.composite
def classes(draw):
    """Predictions and weights of 1 to 20 images of 2 to 4 classes, of which some may be missing."""
    n, count = draw(st.integers(1, 20)), draw(st.integers(2, 4))
    scores = _grid(draw, (n, count), 4) + 1
    predictions = _predictions("multiclass", np.eye(count)[_grid(draw, n, count - 1)], scores / scores.sum(axis=1, keepdims=True))
    return predictions, _times(draw, n)


def _label_oracle(y_true, y_score, decided, weight):
    """LABEL_METRICS of (n,) arrays by scikit-learn; nan where it has nothing to divide by."""
    kept = {"sample_weight": weight}
    both, all_decisions = np.unique(y_true).size == 2, np.unique(decided).size == 2
    found, found_without = (sk.recall_score(y_true, decided, pos_label=label, zero_division=np.nan, **kept) for label in (1, 0))
    return {
        "accuracy": sk.accuracy_score(y_true, decided, **kept),
        "balanced_accuracy": sk.balanced_accuracy_score(y_true, decided, **kept) if both else np.nan,
        "sensitivity": found,
        "specificity": found_without,
        "precision": sk.precision_score(y_true, decided, zero_division=np.nan, **kept),
        "npv": sk.precision_score(y_true, decided, pos_label=0, zero_division=np.nan, **kept),
        "f1": sk.f1_score(y_true, decided, zero_division=np.nan, **kept),
        "mcc": sk.matthews_corrcoef(y_true, decided, **kept) if both and all_decisions else np.nan,
        "youden": sk.balanced_accuracy_score(y_true, decided, adjusted=True, **kept) if both else np.nan,
        "decision_roc_auc": sk.roc_auc_score(y_true, decided, **kept) if both else np.nan,
        "roc_auc": sk.roc_auc_score(y_true, y_score, **kept) if both else np.nan,
        "average_precision": sk.average_precision_score(y_true, y_score, **kept) if y_true.any() else np.nan,
        "brier": sk.brier_score_loss(y_true, y_score, pos_label=1, **kept),
        "log_loss": sk.log_loss(y_true, y_score, labels=[0, 1], **kept),
    }


def _mean_of_both(oracles, y_true, name):
    """Mean over the labels with both classes, where an undefined rate counts 0 beside one that is defined."""
    both = [column for column, truth in enumerate(y_true.T) if np.unique(truth).size == 2]
    values = [oracles[column][name] for column in both]
    return np.nan if np.isnan(values).all() else np.nan_to_num(values).mean()


def _average_oracle(y_true, y_score, decided, weight):
    """Averages of (n, L) arrays by scikit-learn, without those that its own convention leaves undefined."""
    both, found = y_true.any(axis=0) & ~y_true.all(axis=0), y_true.any(axis=0)
    told = {}
    for name, metric in OF_DECISIONS.items():
        of = partial(metric, y_true, decided, sample_weight=weight)
        told[f"micro_{name}"] = of(average="micro", zero_division=np.nan)
        defined = found & (decided.any(axis=0) | (name != "precision"))
        told[f"weighted_{name}"] = of(average="weighted", zero_division=0) if defined.any() else np.nan
        told[f"samples_{name}"] = of(average="samples", zero_division=0)
    for name, metric in OF_SCORES.items():
        pooled = 0 < y_true.sum() < (y_true.size if name == "roc_auc" else np.inf)
        told[f"micro_{name}"] = metric(y_true, y_score, average="micro", sample_weight=weight) if pooled else np.nan
        columns = [metric(y_true[:, one], y_score[:, one], sample_weight=weight) for one in np.flatnonzero(both)]
        told[f"macro_{name}"] = np.mean(columns) if columns else np.nan
        told[f"weighted_{name}"] = np.average(columns, weights=weight @ y_true[:, both]) if columns else np.nan
    return told


def _check(found, oracle, draw):
    for name, expected in oracle.items():
        np.testing.assert_allclose(found[name][draw], expected, rtol=2e-5, atol=1e-7, err_msg=name)


def _drawn(times, *arrays):
    """The images that a draw holds, and how often."""
    kept = times > 0
    return *(array[kept] for array in arrays), times[kept]


@MANY
@given(findings(fewest=1))
def test_each_label_has_the_metrics_of_scikit_learn(case):
    predictions, thresholds, times = case
    found = weighted_label_metrics(predictions, thresholds, times, LABEL_METRICS)
    decided = predictions.y_score >= np.array(list(thresholds.values()))
    for draw, weight in enumerate(times):
        for column in range(len(predictions.labels)):
            parts = (predictions.y_true[:, column], predictions.y_score[:, column], decided[:, column].astype(int))
            _check(found, _label_oracle(*_drawn(weight, *parts)), (draw, column))


@MANY
@given(findings(fewest=1))
def test_a_binary_task_has_the_metrics_of_its_label(case):
    predictions, thresholds, times = case
    label = predictions.labels[0]
    one = predictions.of_label(label)
    whole = weighted_metrics(one, {label: thresholds[label]}, times, metrics_of("binary"))
    found = weighted_label_metrics(predictions, thresholds, times, LABEL_METRICS)
    assert list(whole) == list(LABEL_METRICS)
    for name, values in whole.items():
        np.testing.assert_allclose(values, found[name][:, 0], rtol=1e-12, atol=1e-12, err_msg=name)


@MANY
@given(findings())
def test_findings_together_have_the_averages_of_scikit_learn(case):
    predictions, thresholds, times = case
    found = weighted_metrics(predictions, thresholds, times, metrics_of("multilabel"))
    decided = (predictions.y_score >= np.array(list(thresholds.values()))).astype(int)
    for draw, weight in enumerate(times):
        y_true, y_score, called, kept = _drawn(weight, predictions.y_true, predictions.y_score, decided)
        oracles = [_label_oracle(*columns, kept) for columns in zip(y_true.T, y_score.T, called.T, strict=True)]
        _check(found, _average_oracle(y_true, y_score, called, kept), draw)
        means = {name: _mean_of_both(oracles, y_true, name) for name in oracles[0] if name != "accuracy"}
        _check(found, means | {f"macro_{name}": means[name] for name in OF_DECISIONS}, draw)
        hamming = 1 - sk.hamming_loss(y_true, called, sample_weight=kept)
        subset = sk.accuracy_score(y_true, called, sample_weight=kept)
        _check(found, {"accuracy": hamming, "hamming_accuracy": hamming, "subset_accuracy": subset}, draw)


@MANY
@given(classes())
def test_classes_together_have_the_metrics_of_scikit_learn(case):
    predictions, times = case
    found = weighted_metrics(predictions, {}, times, metrics_of("multiclass"))
    for draw, weight in enumerate(times):
        y_true, y_score, kept = _drawn(weight, predictions.y_true, predictions.y_score)
        truth, best = y_true.argmax(axis=1), y_score.argmax(axis=1)
        called = np.eye(y_true.shape[1], dtype=int)[best]
        oracles = [_label_oracle(*columns, kept) for columns in zip(y_true.T, y_score.T, called.T, strict=True)]
        averages = _average_oracle(y_true, y_score, called, kept)
        _check(found, {name: value for name, value in averages.items() if not name.startswith("samples")}, draw)
        means = {name: _mean_of_both(oracles, y_true, name) for name in oracles[0]}
        for name in ("sensitivity", "specificity", "precision", "npv", "f1", "youden", "decision_roc_auc", "roc_auc"):
            _check(found, {name: means[name]}, draw)
        mixed = np.unique(truth).size > 1 and np.unique(best).size > 1
        distribution = y_score.astype(np.float64) / y_score.sum(axis=1, keepdims=True, dtype=np.float64)
        whole = {
            "accuracy": sk.accuracy_score(truth, best, sample_weight=kept),
            "balanced_accuracy": means["sensitivity"],
            "mcc": sk.matthews_corrcoef(truth, best, sample_weight=kept) if mixed else np.nan,
            "log_loss": sk.log_loss(truth, distribution, labels=np.arange(y_true.shape[1]), sample_weight=kept),
            "brier": np.average(((y_score - y_true) ** 2).sum(axis=1), weights=kept),
        }
        _check(found, whole, draw)


@MANY
@given(classes())
def test_micro_averages_of_classes_are_the_accuracy(case):
    predictions, times = case
    names = ["accuracy", *(f"micro_{name}" for name in OF_DECISIONS)]
    accuracy, *others = weighted_metrics(predictions, {}, times, names).values()
    for other in others:
        np.testing.assert_allclose(other, accuracy)


@MANY
@given(findings())
def test_weights_of_any_dtype_and_order_give_the_same_numbers(case):
    predictions, thresholds, times = case
    names = metrics_of(predictions.task)
    expected = weighted_metrics(predictions, thresholds, times, names)
    for other in (times.astype(np.uint16), np.asfortranarray(times, dtype=np.float32)):
        for name, values in weighted_metrics(predictions, thresholds, other, names).items():
            np.testing.assert_allclose(values, expected[name], rtol=1e-12, atol=1e-12, err_msg=name)


@MANY
@given(findings())
def test_a_draw_of_ones_is_the_plain_value(case):
    predictions, thresholds, _ = case
    ones = np.ones((1, predictions.n), dtype=int)
    drawn = weighted_metrics(predictions, thresholds, ones, metrics_of("multilabel"))
    plain = evaluate(predictions, thresholds)
    assert {name: None if np.isnan(values[0]) else float(values[0]) for name, values in drawn.items()} == plain
